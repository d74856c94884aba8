// The studies against the streaming engine: two implementations, one answer.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createEngine } from '../../spc/engine.ts';
import { runStudy } from '../run-study.ts';

/** Limits that the engine freezes from all subgroups, and its points judged by them. */
function streamed(use: string, subgroups: readonly (readonly number[])[], sizes?: readonly number[]) {
  const engine = createEngine();
  const spec = { chart: { use }, rules: [], spec: {}, size: Math.max(...subgroups.map((x) => x.length)) };
  const data = subgroups.map((x, i) => ({
    x: Float64Array.from(x),
    size: Float64Array.from(x, () => sizes?.[i] ?? 1),
    length: x.length,
    timeMs: 0,
  }));
  const learner = engine.open({ ...spec, limits: { baseline: subgroups.length } });
  for (const one of data) engine.step(learner, one);
  const { centre, sigma } = engine.limits(learner);
  const judge = engine.open({ ...spec, limits: { centre, sigma } });
  return { centre, sigma, lanes: data.map((one) => engine.step(judge, one).lanes.map((lane) => ({ ...lane }))) };
}

const member = fc.integer({ min: -500, max: 500 }).map((x) => x / 10);

function near(found: unknown, expected: number): void {
  expect(Math.abs((found as number) - expected)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(expected)));
}

test('individuals: centre, sigma and limits agree on random series', () => {
  fc.assert(
    fc.property(fc.array(member, { minLength: 3, maxLength: 40 }), (values) => {
      const study = runStudy('control-chart', { chart: 'i-mr', values });
      const { centre, sigma, lanes } = streamed(
        'i-mr',
        values.map((x) => [x]),
      );
      near(study.center, centre);
      near(study.sigma_hat, sigma);
      near(study.ucl, lanes[0]![0]!.upper);
      near(study.mr_ucl, lanes[1]![1]!.upper);
    }),
  );
});

for (const use of ['xbar-r', 'xbar-s'] as const)
  test(`${use}: means, spreads and stepped limits agree on subgroups of any size`, () => {
    const group = fc.array(member, { minLength: 2, maxLength: 6 });
    fc.assert(
      fc.property(fc.array(group, { minLength: 2, maxLength: 20 }), (subgroups) => {
        const study = runStudy('control-chart', { chart: use, subgroups });
        const { sigma, lanes } = streamed(use, subgroups);
        near(study.sigma_hat, sigma);
        const limits = study.xbar_chart as { ucl: number | number[] };
        const spreads = study[use === 'xbar-r' ? 'r_chart' : 's_chart'] as {
          ucl: number | number[];
          lcl: number | number[];
        };
        lanes.forEach(([mean, spread], i) => {
          near(Array.isArray(limits.ucl) ? limits.ucl[i] : limits.ucl, mean!.upper);
          near(Array.isArray(spreads.ucl) ? spreads.ucl[i] : spreads.ucl, spread!.upper);
          near(Array.isArray(spreads.lcl) ? spreads.lcl[i] : spreads.lcl, spread!.lower);
        });
      }),
    );
  });

for (const use of ['p', 'u'] as const)
  test(`${use}: rates and stepped limits agree`, () => {
    const row = fc.tuple(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 20, max: 200 }));
    fc.assert(
      fc.property(fc.array(row, { minLength: 2, maxLength: 20 }), (rows) => {
        fc.pre(rows.some(([x]) => x > 0));
        const counts = rows.map(([x]) => x);
        const sizes = rows.map(([, n]) => n);
        const study = runStudy('control-chart', { chart: use, counts, sizes });
        const { centre, lanes } = streamed(
          use,
          counts.map((x) => [x]),
          sizes,
        );
        near(study.center, centre);
        lanes.forEach(([point], i) => {
          near((study.statistic as number[])[i], point!.value);
          near((study.ucl as number[])[i], point!.upper);
          near((study.lcl as number[])[i], point!.lower);
        });
      }),
    );
  });

test('ewma: averages and exact limits agree', () => {
  fc.assert(
    fc.property(fc.array(member, { minLength: 1, maxLength: 40 }), fc.constantFrom(0.05, 0.2, 1), (values, lambda) => {
      const study = runStudy('control-chart', { chart: 'ewma', values, target: 1, sigma: 2, lambda, L: 2.7 });
      const engine = createEngine();
      const chart = { use: 'ewma', lambda, width: 2.7 };
      const ix = engine.open({ chart, rules: [], spec: {}, limits: { centre: 1, sigma: 2 }, size: 1 });
      values.forEach((x, i) => {
        const [point] = engine.step(ix, {
          x: Float64Array.of(x),
          size: Float64Array.of(1),
          length: 1,
          timeMs: 0,
        }).lanes;
        near((study.ewma as number[])[i], point!.value);
        near((study.ucl as number[])[i], point!.upper);
      });
    }),
  );
});
