// Worked companies of the evaluation model, whose figures were made by another program (qm/examples); and the rules one by one.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { evidenceOf } from '../../test/contract/indicator.ts';
import { assessInfrastructure } from './assess.ts';
import type { ClaimedLevel } from './level.ts';
import { type EvaluationModel, loadModel, loadReferences } from './model.ts';

const model = loadModel();
const shared = join(process.env.PUMJIL_SHARED ?? join(import.meta.dirname, '../../../shared'), 'qm');
const isThere = existsSync(shared);

interface Example {
  readonly input: {
    readonly profile: { readonly industry: string };
    readonly evidence: Readonly<Record<string, number | null>>;
    readonly answers: Readonly<Record<string, ClaimedLevel>>;
  };
  readonly expected: {
    readonly indicators: Readonly<Record<string, { status: string; level: number | null; value: number | null }>>;
    readonly dimensions: Readonly<Record<string, number | null>>;
    readonly dimension_hold: readonly string[];
    readonly areas: Readonly<Record<string, number>>;
  };
}

for (const name of ['EX1', 'EX2', 'EX3', 'EX4']) {
  test.skipIf(!isThere)(`${name}: levels, values, dimensions and area score agree with the worked company`, () => {
    const { input, expected } = JSON.parse(readFileSync(join(shared, 'examples', `${name}.json`), 'utf8')) as Example;
    const evidence = evidenceOf(model, input.evidence);
    const { area, indicators } = assessInfrastructure(evidence, input.profile, model, { claims: input.answers });
    expect(indicators.length).toBe(21);
    for (const { id, status, level, value } of indicators) {
      const wanted = expected.indicators[id]!;
      const rounded = value === null ? null : Math.round(value * 1e4) / 1e4;
      const wantedStatus = wanted.status === 'hybrid' ? 'computed' : wanted.status;
      expect({ id, status, level, value: rounded }).toEqual({
        id,
        status: wantedStatus,
        level: wanted.level,
        value: wanted.value,
      });
    }
    for (const { id, score, held } of area.dimensions)
      expect({ id, score, held }).toEqual({
        id,
        score: expected.dimensions[id],
        held: expected.dimension_hold.includes(id),
      });
    expect(area.score).toBe(expected.areas.INF);
  });
}

test.skipIf(!isThere)('the model carried here has the figures of the model it was taken from', () => {
  const whole = parse(readFileSync(join(shared, 'model.yaml'), 'utf8')) as {
    readonly dimensions: readonly { id: string; area: string; weight: number }[];
    readonly indicators: EvaluationModel['indicators'];
  };
  const dimensions = whole.dimensions.filter((d) => d.area === 'INF');
  expect(model.dimensions.map((d) => [d.id, d.weight])).toEqual(dimensions.map((d) => [d.id, d.weight]));
  const ids = new Set(dimensions.map((d) => d.id));
  expect(model.indicators).toMatchObject(
    whole.indicators
      .filter((i) => ids.has(i.dimension))
      .map(({ id, weight, thresholds, compute, min_evidence, on_missing, direction, levels }) => ({
        id,
        weight,
        thresholds,
        compute,
        min_evidence,
        on_missing,
        direction,
        levels,
      })),
  );
});

test('the figures for reference are those of the policy, section III-1', () => {
  expect(loadReferences().map((r) => r.value)).toEqual([45.7, 70, 41, 51.5, 37.9]);
});

function one(id: string, values: Readonly<Record<string, number | null>>) {
  return assessInfrastructure(evidenceOf(model, values), { industry: 'other' }, model).indicators.find(
    (i) => i.id === id,
  )!;
}

test('a value on a threshold has passed it, in both directions', () => {
  const spc = { chars_spc: 10, chars_critical: 10 };
  expect(one('CON-1', { tags_critical_live: 8, tags_critical_total: 10 }).level).toBe(4);
  expect(one('CON-1', { tags_critical_live: 79, tags_critical_total: 100 }).level).toBe(3);
  expect(one('RSP-1', { ack_minutes_median: 10, alarms_quality: 30, ...spc }).level).toBe(4);
  expect(one('RSP-1', { ack_minutes_median: 10.1, alarms_quality: 30, ...spc }).level).toBe(3);
});

test('fast reaction counts little while hardly anything is monitored', () => {
  const fast = { ack_minutes_median: 1, alarms_quality: 50 };
  expect(one('RSP-1', { ...fast, chars_spc: 1, chars_critical: 10 })).toMatchObject({ level: 2, value: 1 });
  expect(one('RSP-1', fast).level).toBe(2);
  expect(one('RSP-1', { ...fast, chars_spc: 3, chars_critical: 10 }).level).toBe(5);
});

test('a hybrid indicator that is only measured reaches level 3 at most', () => {
  expect(one('CON-4', { samples_recovered: 100, samples_buffered: 100 })).toMatchObject({ level: 3, value: 100 });
});

test('the next step says how much is missing', () => {
  const next = one('CON-1', { tags_critical_live: 11, tags_critical_total: 14 }).next;
  expect(next).toEqual({ ko: '수준 4: 80% 이상 (지금 78.6%), 1건 더', en: 'Level 4: 80% or more (now 78.6%), 1 more' });
  expect(one('CON-1', { tags_critical_live: 14, tags_critical_total: 14 }).next).toBeNull();
});

test('nothing observed is no score at all, not a score of zero', () => {
  const { area } = assessInfrastructure({}, { industry: 'other' }, model);
  expect(area).toMatchObject({ score: null, coverage: 0 });
  expect(area.dimensions.every((d) => d.score === null && d.held && d.stage === null)).toBe(true);
});
