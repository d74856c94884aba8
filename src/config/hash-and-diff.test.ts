import fc from 'fast-check';
import { expect, test } from 'vitest';
import { planDiff } from './diff.ts';
import { canonicalJson, enginePlan, planHash } from './hash.ts';
import type { CharacteristicPlan, Plan } from './plan.ts';

function characteristic(id: string, changes: Partial<CharacteristicPlan> = {}): CharacteristicPlan {
  return {
    id,
    name: { ko: id, en: id },
    unit: 'mm',
    class: 'standard',
    line: '',
    station: '',
    from: { tag: 'one/x' },
    context: {},
    split_by: [],
    spec: {},
    by_part: {},
    plausible: {},
    sample: { take: 1, of: 1 },
    subgroup: { size: 1, close_on: [], partial: 'judge' },
    chart: { use: 'i-mr' },
    rules: [],
    limits: { baseline: 25 },
    ...changes,
  };
}

const PLAN: Plan = {
  plant: {
    id: 'a',
    name: { ko: 'a', en: 'a' },
    timezone: 'Asia/Seoul',
    language: 'ko',
    size: 'small',
    industry: 'other',
  },
  shifts: [],
  adapters: [
    { id: 'one', use: 'modbus', settings: { host: 'h', password: 'geheim' } },
    { id: 'two', use: 'http', settings: { token: 'geheim' } },
  ],
  characteristics: [characteristic('c'), characteristic('d')],
  lateness_ms: 2000,
  server: { host: '127.0.0.1', port: 8080 },
  data_dir: '/data',
  history: { use: 'embedded' },
  journal: { max_gb: 20, keep_days: 7, when_full: 'stop' },
};

test('the order in which keys were written does not change the canonical text', () => {
  const shuffled = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(shuffled);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value)
        .reverse()
        .map(([key, each]) => [key, shuffled(each)]),
    );
  };
  fc.assert(fc.property(fc.jsonValue(), (data) => canonicalJson(shuffled(data)) === canonicalJson(data)));
});

test('the canonical text is JSON of the same data', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (data) => {
      expect(JSON.parse(canonicalJson(data))).toEqual(JSON.parse(JSON.stringify(data)));
    }),
  );
});

test('neither secrets nor addresses get into the engine plan, nor do they change its hash', () => {
  expect(canonicalJson(enginePlan(PLAN))).not.toContain('geheim');
  const moved: Plan = {
    ...PLAN,
    data_dir: '/other',
    adapters: PLAN.adapters.map((each) => ({ ...each, settings: {} })),
  };
  expect(planHash(moved)).toBe(planHash(PLAN));
  expect(planHash(enginePlan(PLAN))).toBe(planHash(PLAN));
  expect(planHash({ ...PLAN, lateness_ms: 1 })).not.toBe(planHash(PLAN));
  expect(planHash(PLAN)).toMatch(/^[0-9a-f]{64}$/);
});

test('a plan does not differ from itself', () => {
  expect(planDiff(PLAN, structuredClone(PLAN))).toMatchObject({ isEmpty: true, needsRestart: false, sections: [] });
});

test('only what changed is named: added, removed, changed', () => {
  const after: Plan = {
    ...PLAN,
    adapters: [
      { id: 'one', use: 'modbus', settings: { host: 'h', password: 'other' } },
      { id: 'three', use: 'http', settings: {} },
    ],
    characteristics: [
      characteristic('d'),
      characteristic('c', { subgroup: { size: 5, close_on: [], partial: 'judge' } }),
    ],
  };
  expect(planDiff(PLAN, after)).toEqual({
    adapters: { added: ['three'], removed: ['two'], changed: ['one'], unchanged: [] },
    characteristics: { added: [], removed: [], changed: ['c'], unchanged: ['d'] },
    sections: [],
    needsRestart: false,
    isEmpty: false,
  });
});

test('a changed port waits for a restart, a changed shift or limit of the journal does not', () => {
  expect(planDiff(PLAN, { ...PLAN, server: { ...PLAN.server, port: 1 } })).toMatchObject({
    sections: ['server'],
    needsRestart: true,
  });
  expect(planDiff(PLAN, { ...PLAN, journal: { ...PLAN.journal, max_gb: 40 } })).toMatchObject({
    sections: ['journal'],
    needsRestart: false,
  });
  const shifts = [{ id: 'D', from: '08:00', to: '20:00', breaks: [], days: [] }];
  expect(planDiff(PLAN, { ...PLAN, shifts })).toMatchObject({
    sections: ['shifts'],
    needsRestart: false,
    isEmpty: false,
  });
});
