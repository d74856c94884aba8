import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type ClosedSubgroup, createSubgroups, type SubgroupKind } from './subgroup.ts';

interface Plan {
  readonly size: number;
  readonly every_s?: number | undefined;
  readonly close_on: readonly string[];
  readonly partial: 'judge' | 'discard';
  readonly kind?: SubgroupKind;
}

function taken(closed: readonly ClosedSubgroup[]) {
  return closed.map(({ x, size, length, changed: _, ...rest }) => ({
    ...rest,
    length,
    x: [...x.subarray(0, length)],
    size: [...size.subarray(0, length)],
  }));
}

const FIVE: Plan = { size: 3, close_on: [], partial: 'judge' };

test('a subgroup closes when it is full, missing members included', () => {
  const subgroups = createSubgroups();
  const ix = subgroups.open(FIVE);
  expect(subgroups.add(ix, 1, 1, 100, [])).toEqual([]);
  expect(subgroups.add(ix, Number.NaN, 1, 200, [])).toEqual([]);
  expect(taken(subgroups.add(ix, 3, 1, 300, []))).toEqual([
    {
      x: [1, Number.NaN, 3],
      size: [1, 1, 1],
      length: 3,
      firstMs: 100,
      timeMs: 300,
      members: 3,
      present: 2,
      partial: false,
      discarded: false,
      closedBy: 'size',
    },
  ]);
  expect(subgroups.deadlineMs(ix)).toBe(Number.POSITIVE_INFINITY);
});

test('a changed key closes the open subgroup before the member is added', () => {
  const subgroups = createSubgroups();
  const ix = subgroups.open({ ...FIVE, close_on: ['lot', 'tool'] });
  subgroups.add(ix, 1, 1, 100, ['A', 't1']);
  expect(taken(subgroups.add(ix, 2, 1, 200, ['A', 't2']))).toMatchObject([
    { x: [1], timeMs: 100, partial: true, discarded: false, closedBy: 'key' },
  ]);
});

test('the first subgroup after a changed key says so, over a missing one and a discarded one, and over a snapshot', () => {
  const plan: Plan = { size: 2, close_on: ['tool'], partial: 'discard' };
  const subgroups = createSubgroups();
  const ix = subgroups.open(plan);
  const changes = (tool: string, timeMs: number) =>
    subgroups.add(ix, timeMs, 1, timeMs, [tool]).map(({ discarded, changed }) => [discarded, changed]);
  changes('T1', 1);
  expect(changes('T1', 2)).toEqual([[false, false]]);
  changes('T2', 3);
  // The only piece of T2 closes unfinished and is discarded: the change is still to be told.
  expect(changes('T3', 4)).toEqual([[true, true]]);
  const restored = createSubgroups();
  restored.restore(subgroups.snapshot());
  expect(restored.add(ix, 5, 1, 5, ['T3'])[0]).toMatchObject({ discarded: false, changed: true });
  expect(changes('T3', 5)).toEqual([[false, true]]);
  changes('T3', 6);
  expect(changes('T3', 7)).toEqual([[false, false]]);
});

test('with a size of one a changed key and the size close two at once', () => {
  const subgroups = createSubgroups();
  const ix = subgroups.open({ size: 2, close_on: ['lot'], partial: 'discard' });
  subgroups.add(ix, 1, 1, 100, ['A']);
  subgroups.reconfigure(ix, { size: 1, close_on: ['lot'], partial: 'judge' });
  expect(taken(subgroups.add(ix, 2, 1, 200, ['B'])).map(({ x, closedBy }) => [x, closedBy])).toEqual([
    [[1], 'key'],
    [[2], 'size'],
  ]);
});

test('time closes by the next member or by a tick, and a discarded part is told as such', () => {
  const subgroups = createSubgroups();
  const ix = subgroups.open({ ...FIVE, every_s: 60, partial: 'discard' });
  subgroups.add(ix, 1, 1, 1000, []);
  expect(subgroups.deadlineMs(ix)).toBe(61_000);
  expect(subgroups.tick(ix, 60_999)).toEqual([]);
  expect(taken(subgroups.tick(ix, 61_000))).toMatchObject([
    { x: [1], partial: true, discarded: true, closedBy: 'time' },
  ]);
  expect(subgroups.tick(ix, 90_000)).toEqual([]);
  subgroups.add(ix, 2, 1, 100_000, []);
  expect(taken(subgroups.add(ix, 3, 1, 160_000, []))).toMatchObject([{ x: [2], timeMs: 100_000 }]);
  expect(taken(subgroups.flush(ix))).toMatchObject([{ x: [3], firstMs: 160_000, closedBy: 'flush' }]);
  expect(subgroups.flush(ix)).toEqual([]);
});

test('counts are summed to one row; a record without a value does not take part', () => {
  const subgroups = createSubgroups();
  const ix = subgroups.open({ ...FIVE, kind: 'attributes' });
  subgroups.add(ix, 2, 50, 100, []);
  subgroups.add(ix, Number.NaN, 60, 200, []);
  expect(taken(subgroups.add(ix, 1, 40, 300, []))).toMatchObject([
    { x: [3], size: [90], length: 1, members: 3, present: 2 },
  ]);
  for (let i = 0; i < 2; i++) subgroups.add(ix, Number.NaN, 50, 400, []);
  expect(taken(subgroups.add(ix, Number.NaN, 50, 500, []))).toMatchObject([
    { x: [Number.NaN], size: [Number.NaN], length: 1, present: 0 },
  ]);
});

test('an impossible plan is refused', () => {
  for (const plan of [
    { ...FIVE, size: 0 },
    { ...FIVE, size: 2.5 },
    { ...FIVE, every_s: 0 },
  ])
    expect(() => createSubgroups().open(plan)).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
  expect(() => createSubgroups().add(0, 1, 1, 0, [])).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
});

/** The plain definition: one array of members, closed by looking at it. */
function plain(plan: Plan) {
  let members: { value: number; size: number; timeMs: number; keys: readonly string[] }[] = [];
  const close = (closedBy: ClosedSubgroup['closedBy']) => {
    const all = members;
    members = [];
    const good = all.filter(
      ({ value, size }) => !Number.isNaN(value) && !(plan.kind === 'attributes' && Number.isNaN(size)),
    );
    const sum = (pick: 'value' | 'size') =>
      good.length === 0 ? Number.NaN : good.reduce((total, member) => total + member[pick], 0);
    const isCounted = plan.kind === 'attributes';
    const partial = all.length < plan.size;
    return {
      x: isCounted ? [sum('value')] : all.map(({ value }) => value),
      size: isCounted ? [sum('size')] : all.map(() => 1),
      length: isCounted ? 1 : all.length,
      firstMs: all[0]!.timeMs,
      timeMs: all.at(-1)!.timeMs,
      members: all.length,
      present: good.length,
      partial,
      discarded: partial && plan.partial === 'discard',
      closedBy,
    };
  };
  const due = () =>
    members.length === 0 || plan.every_s === undefined
      ? Number.POSITIVE_INFINITY
      : members[0]!.timeMs + 1000 * plan.every_s;
  return {
    due,
    add(value: number, size: number, timeMs: number, keys: readonly string[]) {
      const closed = [];
      if (members.length > 0 && members[0]!.keys.join('|') !== keys.join('|')) closed.push(close('key'));
      else if (timeMs >= due()) closed.push(close('time'));
      members.push({ value, size, timeMs, keys });
      if (members.length >= plan.size) closed.push(close('size'));
      return closed;
    },
    tick: (nowMs: number) => (nowMs >= due() ? [close('time')] : []),
    flush: () => (members.length > 0 ? [close('flush')] : []),
  };
}

const anyPlan: fc.Arbitrary<Plan> = fc.record({
  size: fc.integer({ min: 1, max: 7 }),
  every_s: fc.option(fc.integer({ min: 1, max: 6 }), { nil: undefined }),
  close_on: fc.constant(['lot']),
  partial: fc.constantFrom('judge', 'discard'),
  kind: fc.constantFrom('variables', 'attributes'),
});

const anyAction = fc.record({
  stream: fc.nat(2),
  what: fc.constantFrom('add', 'add', 'add', 'add', 'add', 'add', 'tick', 'flush', 'restart'),
  value: fc.oneof({ weight: 8, arbitrary: fc.integer({ min: 0, max: 9 }) }, fc.constant(Number.NaN)),
  size: fc.oneof({ weight: 8, arbitrary: fc.integer({ min: 10, max: 99 }) }, fc.constant(Number.NaN)),
  pauseMs: fc.integer({ min: -500, max: 2500 }),
  lot: fc.constantFrom('A', 'A', 'A', 'B'),
});

test('many streams agree with the plain definition, through snapshots and restores', () => {
  fc.assert(
    fc.property(fc.tuple(anyPlan, anyPlan, anyPlan), fc.array(anyAction, { maxLength: 80 }), (plans, actions) => {
      let subgroups = createSubgroups();
      const streams = plans.map((plan) => ({ ix: subgroups.open(plan), oracle: plain(plan) }));
      let nowMs = 0;
      for (const { stream, what, value, size, pauseMs, lot } of actions) {
        nowMs += pauseMs;
        const { ix, oracle } = streams[stream]!;
        if (what === 'restart') {
          const bytes = subgroups.snapshot();
          subgroups = createSubgroups();
          subgroups.restore(bytes);
          expect(subgroups.snapshot()).toEqual(bytes);
        } else if (what === 'tick') expect(taken(subgroups.tick(ix, nowMs))).toEqual(oracle.tick(nowMs));
        else if (what === 'flush') expect(taken(subgroups.flush(ix))).toEqual(oracle.flush());
        else expect(taken(subgroups.add(ix, value, size, nowMs, [lot]))).toEqual(oracle.add(value, size, nowMs, [lot]));
        expect(subgroups.deadlineMs(ix)).toBe(oracle.due());
      }
    }),
    { numRuns: 500 },
  );
});

test('vectors stand row by row; one with a missing number is missing, and still takes its place; a snapshot loses none', () => {
  const plan = { size: 3, close_on: ['lot'], partial: 'judge', variables: 2 } as const;
  const subgroups = createSubgroups();
  const ix = subgroups.open(plan);
  subgroups.addVector(ix, Float64Array.of(1, 10), 100, ['A']);
  subgroups.addVector(ix, Float64Array.of(2, Number.NaN), 200, ['A']);
  const other = createSubgroups();
  other.restore(subgroups.snapshot());
  const third = createSubgroups();
  third.open(plan);
  third.load(0, subgroups.save(ix));
  const closed = [subgroups, other, third].map((each) => taken(each.addVector(0, Float64Array.of(3, 30), 300, ['A'])));
  expect(closed[0]).toMatchObject([
    { x: [1, 10, 2, Number.NaN, 3, 30], length: 6, members: 3, present: 2, partial: false, closedBy: 'size' },
  ]);
  expect(closed[1]).toEqual(closed[0]);
  expect(closed[2]).toEqual(closed[0]);
  subgroups.addVector(ix, Float64Array.of(4, 40), 400, ['A']);
  expect(taken(subgroups.addVector(ix, Float64Array.of(5, 50), 500, ['B']))).toMatchObject([
    { x: [4, 40], members: 1, partial: true, closedBy: 'key' },
  ]);
});
