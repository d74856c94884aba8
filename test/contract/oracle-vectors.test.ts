// The shared oracle for charts of several variables: T² of single vectors and of subgroups, and the multivariate EWMA.
import { afterAll, expect, test } from 'vitest';
import { CENTRE, OWN, points, SIGMA } from '../../src/spc/chart.ts';
import { CHARTS } from '../../src/spc/charts/registry.ts';
import { createEngine } from '../../src/spc/engine.ts';
import { cholesky } from '../../src/spc/math/cholesky.ts';
import type { LanePoint, LimitsInForce, StreamSpec, SubgroupData } from '../../src/spc/stream.ts';
import { vectorBaseline } from '../../src/spc/vector-baseline.ts';
import { close, eachCase, members, type OracleCase, reportErrors } from './oracle-cases.ts';

afterAll(reportErrors);

const LIMIT = [{ id: 'N1', sentence: '1 of 1 beyond 3 sigma' }];

type Rows = readonly (readonly number[])[];

interface Watched {
  readonly limits: LimitsInForce;
  /** Points after the baseline, one vector or subgroup at a time. */
  readonly streamed: readonly LanePoint[];
  /** Points by the limits learnt, of the baseline too unless others are given, over one buffer that holds all. */
  readonly whole: readonly { readonly value: number; readonly upper: number }[];
  /** Departure of each variable at the last point. */
  readonly last: readonly number[];
}

/** Learns from the baseline, freezes, goes on one at a time; then `all` at once by the same limits. */
function watch(
  chart: StreamSpec['chart'],
  p: number,
  baseline: readonly SubgroupData[],
  later: readonly SubgroupData[],
  all: readonly SubgroupData[] = [...baseline, ...later],
): Watched {
  const engine = createEngine();
  const size = (baseline[0]?.length ?? p) / p;
  const variables = Array.from({ length: p }, (_, i) => `v${i + 1}`);
  const limits = { baseline: baseline.length };
  const ix = engine.open({ chart, rules: LIMIT, spec: {}, limits, size, variables });
  baseline.forEach((subgroup, i) => {
    expect(engine.step(ix, subgroup).froze).toBe(i + 1 === baseline.length);
  });
  const streamed = later.map((subgroup) => ({ ...engine.step(ix, subgroup).lanes[0]! }));
  const { use, ...rest } = chart;
  const component = CHARTS[use]!;
  const kernel = component.compile(component.settings.parse(rest), p);
  const state = new Float64Array(kernel.width);
  kernel.reset(state, 0);
  const learnt = engine.limits(ix);
  state[CENTRE] = learnt.centre;
  state[SIGMA] = learnt.sigma;
  state.set(learnt.parameters!, OWN);
  const x = Float64Array.from(all.flatMap((subgroup) => [...subgroup.x]));
  const out = points(all.length * component.lanes.length);
  let from = 0;
  all.forEach(({ length }, i) => {
    const columns = { x, size: new Float64Array(x.length).fill(1) };
    kernel.step(state, 0, columns, from, from + length, out, i * component.lanes.length);
    from += length;
  });
  const whole = all.map((_, i) => ({
    value: out.statistic[i * component.lanes.length]!,
    upper: out.upper[i * component.lanes.length]!,
  }));
  return { limits: learnt, streamed, whole, last: engine.contributions(ix, 0)?.map(({ z }) => z) ?? [] };
}

/** Subgroups given as variables[v][i][j], each with its vectors row by row. */
function subgroupsOf(variables: readonly Rows[]): SubgroupData[] {
  return variables[0]!.map((own, i) => members(own.flatMap((_, j) => variables.map((groups) => groups[i]![j]!))));
}

/** Mean and covariance as the baseline has learnt them. */
function expectLearnt(
  one: OracleCase,
  baseline: readonly SubgroupData[],
  mean: readonly number[],
  cov: Rows,
  of: 'sample' | 'successive',
): void {
  const p = mean.length;
  const learning = vectorBaseline(p, of);
  const state = new Float64Array(learning.width);
  for (const { x, length } of baseline) learning.learn(state, 0, x, 0, length);
  const learnt = learning.estimate(state, 0);
  if ('why' in learnt) throw new Error(learnt.why);
  mean.forEach((value, j) => {
    close(one, learnt.origin[j]! + learnt.shift[j]!, value, 'mean');
  });
  cov.forEach((row, i) => {
    row.forEach((value, j) => {
      close(one, learnt.correlation[i * p + j]! * learnt.sigma[i]! * learnt.sigma[j]!, value, `covariance ${i} ${j}`);
    });
  });
}

eachCase('d-t2-single', 'T² of single vectors: learnt, frozen, one at a time, and all at once', (one) => {
  const { rows, phase2_rows = [], alpha } = one.input as { rows: Rows; phase2_rows?: Rows; alpha: number };
  const e = one.expected;
  const baseline = rows.map((row) => members(row));
  const p = rows[0]!.length;
  expectLearnt(one, baseline, e.mean, e.cov, 'sample');
  expectLearnt(one, baseline, e.mean, e.cov_successive_differences, 'successive');
  const later = phase2_rows.map((row) => members(row));
  const watched = watch({ use: 't2', alpha }, p, baseline, later);
  [...e.t2, ...(e.t2_phase2 ?? [])].forEach((value: number, i) => {
    close(one, watched.whole[i]!.value, value, `t2 ${i}`);
    close(one, watched.whole[i]!.upper, e.ucl_phase2_F, 'limit');
  });
  watched.streamed.forEach((point, i) => {
    close(one, point.value, e.t2_phase2[i], `streamed t2 ${i}`);
    close(one, point.upper, e.ucl_phase2_F, 'streamed limit');
  });
  if (e.beyond_phase2 !== undefined)
    expect(watched.streamed.flatMap(({ holds }, i) => (holds === 0 ? [] : [i + 1]))).toEqual(e.beyond_phase2);
  const successive = watch({ use: 't2', alpha, covariance: 'successive' }, p, baseline, []);
  e.t2_successive_differences.forEach((value: number, i: number) => {
    close(one, successive.whole[i]!.value, value, `successive t2 ${i}`);
  });
  // Mean and covariance known: the chi-square limit.
  const engine = createEngine();
  const variables = rows[0]!.map((_, i) => `v${i}`);
  const ix = engine.open({
    chart: { use: 't2', alpha },
    rules: [],
    spec: {},
    limits: { centre: 0, sigma: 1 },
    size: 1,
    variables,
  });
  close(one, engine.step(ix, baseline[0]!).lanes[0]!.upper, e.ucl_chisq, 'known limit');
});

eachCase('d-t2-sub', 'T² of subgroups: learnt, frozen, one at a time, and all at once', (one) => {
  const { variables, alpha } = one.input as { variables: readonly Rows[]; alpha: number };
  const e = one.expected;
  const baseline = subgroupsOf(variables);
  expectLearnt(one, baseline, e.grand_mean, e.pooled_cov, 'sample');
  const watched = watch({ use: 't2', alpha }, variables.length, baseline, baseline);
  e.t2.forEach((value: number, i: number) => {
    close(one, watched.whole[i]!.value, value, `t2 ${i}`);
    close(one, watched.streamed[i]!.value, value, `streamed t2 ${i}`);
    close(one, watched.streamed[i]!.upper, e.ucl_phase2, 'limit');
  });
});

/** As few vectors as have a given mean and covariance: the mean, plus and minus each column of the Cholesky factor. */
function vectorsWith(mean: readonly number[], cov: Rows): SubgroupData[] {
  const p = mean.length;
  const sigma = cov.map((row, i) => Math.sqrt(row[i]!));
  const factor = cholesky(
    Float64Array.from(cov.flatMap((row, i) => row.map((value, j) => value / sigma[i]! / sigma[j]!))),
    p,
  )!;
  const reach = Math.sqrt((2 * p - 1) / 2);
  return mean.flatMap((_, column) =>
    [1, -1].map((side) =>
      members(mean.map((centre, i) => centre + side * reach * sigma[i]! * factor.lower[i * p + column]!)),
    ),
  );
}

for (const limits of ['exact', 'asymptotic'] as const)
  eachCase('d-mewma', `multivariate EWMA with ${limits} covariance, learnt, frozen, one at a time`, (one) => {
    const { rows, target, cov, lambda, h } = one.input as {
      rows: Rows;
      target: number[];
      cov: Rows;
      lambda: number;
      h: number;
    };
    const e = one.expected;
    const later = rows.map((row) => members(row));
    const watched = watch({ use: 'mewma', lambda, h, limits }, target.length, vectorsWith(target, cov), later, later);
    const expected = (limits === 'exact' ? e.t2_exact : e.t2_asymptotic) as number[];
    expected.forEach((value, i) => {
      close(one, watched.streamed[i]!.value, value, `statistic ${i}`);
      expect(watched.streamed[i]!.upper).toBe(h);
      // The kernel over one buffer, from its start, gives the very same.
      expect(watched.whole[i]!.value).toBe(watched.streamed[i]!.value);
    });
    const signals = watched.streamed.flatMap(({ holds }, i) => (holds === 0 ? [] : [i + 1]));
    expect(signals).toEqual(limits === 'exact' ? e.signals_exact : e.signals_asymptotic);
    const spread =
      limits === 'exact' ? (lambda * (1 - (1 - lambda) ** (2 * rows.length))) / (2 - lambda) : lambda / (2 - lambda);
    (e.final_z as number[] | undefined)?.forEach((value, j) => {
      close(one, watched.last[j]! * Math.sqrt(spread * cov[j]![j]!), value, `average ${j}`);
    });
  });

test('with lambda 1 the multivariate EWMA is T² of each vector', () => {
  const random = vectorsWith(
    [3, 7],
    [
      [2, 1],
      [1, 4],
    ],
  );
  const later = [members([4, 9]), members([1, 2]), members([3, 7])];
  const t2 = watch({ use: 't2' }, 2, random, later);
  const mewma = watch({ use: 'mewma', lambda: 1 }, 2, random, later);
  later.forEach((_, i) => {
    expect(mewma.streamed[i]!.value).toBeCloseTo(t2.streamed[i]!.value, 12);
  });
});
