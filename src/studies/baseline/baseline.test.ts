import { expect, test } from 'vitest';
import { runStudy } from '../run-study.ts';

/** 30 subgroups of 4 with mean 50 and range 6; some moved. */
function groups(moved: Readonly<Record<number, number>> = {}): number[][] {
  return Array.from({ length: 30 }, (_, i) => {
    const at = 50 + ((i * 7) % 5) - 2 + (moved[i + 1] ?? 0);
    return [at - 3, at - 1, at + 1, at + 3];
  });
}

test('a stable baseline proposes centre and sigma, and changes nothing', () => {
  const result = runStudy('baseline', { subgroups: groups() });
  expect(result).toMatchObject({ stable: true, proposals: [], used: 30, change_point: null, verdict: { ok: true } });
  expect(result.proposal).toMatchObject({ centre: 50, estimator: 'uwave_r', subgroups: 30, provisional: false });
});

test('points beyond are proposals with their statistic; each exclusion needs a reason and is a step of its own', () => {
  const subgroups = groups({ 5: 40, 20: -30 });
  const first = runStudy('baseline', { subgroups });
  expect(first).toMatchObject({ stable: false, proposal: null, excluded: [] });
  expect(
    (first.proposals as { sample: number; statistic: string }[]).map(({ sample, statistic }) => [sample, statistic]),
  ).toEqual([
    [5, 'mean'],
    [20, 'mean'],
  ]);
  expect(() => runStudy('baseline', { subgroups, exclude: [{ sample: 5 }] })).toThrow(/exclude\[0\].reason/);
  expect(() => runStudy('baseline', { subgroups, exclude: [{ sample: 5, reason: ' ' }] })).toThrow(/reason/);
  expect(() => runStudy('baseline', { subgroups, exclude: [{ sample: 31, reason: 'x' }] })).toThrow(/no sample 31/);
  const exclude = [
    { sample: 5, reason: 'tool broke' },
    { sample: 20, reason: 'wrong lot' },
  ];
  const last = runStudy('baseline', { subgroups, exclude });
  expect(last).toMatchObject({ stable: true, excluded: exclude, used: 28 });
  expect(
    (last.steps as { excluded: number[]; beyond: number[] }[]).map(({ excluded, beyond }) => [excluded, beyond]),
  ).toEqual([
    [[], [5, 20]],
    [[5], [20]],
    [[5, 20], []],
  ]);
});

test('a step of the level is found and not proposed over; named stages get limits of their own, the last is proposed', () => {
  const moved = Object.fromEntries(Array.from({ length: 12 }, (_, i) => [19 + i, 8]));
  const plain = runStudy('baseline', { subgroups: groups(moved) });
  expect(plain).toMatchObject({ stable: false, proposal: null, change_point: { after: 18 } });
  const staged = runStudy('baseline', { subgroups: groups(moved), stages: [{ from: 19, name: 'new mould' }] });
  expect(staged).toMatchObject({ stable: true, used: 12, proposal: { provisional: true } });
  const [before, after] = staged.stages as { name: string; from: number; to: number; centre: number }[];
  expect(before).toMatchObject({ name: 'start', from: 1, to: 18 });
  expect(after).toMatchObject({ name: 'new mould', from: 19, to: 30 });
  expect(after!.centre - before!.centre).toBeGreaterThan(7);
});

test('single values give every estimator of individuals, subgroups those within as well', () => {
  const values = [10, 12, 9, 11, 13, 8, 10, 12, 11, 9];
  const single = runStudy('baseline', { values, estimator: 'median_mr' }).estimates as Record<string, number | null>;
  // Moving ranges 2 3 2 2 5 2 2 1 2: median 2, whose normal value is 0.9538726.
  expect(single.median_mr).toBeCloseTo(2 / 0.953872552417, 9);
  expect(single.mr).toBeCloseTo(21 / 9 / 1.1283791670955126, 12);
  expect(single.rmsdf).toBeNull();
  const grouped = runStudy('baseline', { subgroups: groups() }).estimates as Record<string, number | null>;
  expect(grouped.mr).toBeNull();
  expect(grouped.uwave_r).toBeCloseTo(6 / 2.058750746, 9);
  expect(grouped.uwave_sd).toBeCloseTo(Math.sqrt(20 / 3) / 0.9213177319235613, 9);
});

test('what tells no spread proposes nothing and says so', () => {
  for (const input of [{ values: [5] }, { values: [null, null] }, { subgroups: [[1], [null]] }])
    expect(runStudy('baseline', input)).toMatchObject({ stable: null, proposal: null, verdict: { ok: null } });
  expect(() => runStudy('baseline', {})).toThrow(/subgroups: missing/);
  expect(() => runStudy('baseline', { values: [1], subgroups: [[1]] })).toThrow(/values: given beside/);
});
