// The tests that tell one chart from another.
import { fUpper } from '../../spc/math/beta.ts';
import { extremes, meanOf, present } from '../../spc/math/sample.ts';
import { lag1Autocorrelation, normalityP } from '../assumptions.ts';
import { column, countOf, sumOf } from '../column.ts';
import { summariseSubgroups } from '../control-chart/subgroup-summary.ts';
import type { CountColumns } from '../counts.ts';

/** Tests of normality and of means speak at this level only: a chart forgives small departures. */
const ALPHA = 0.001;

/** One test: `speaks` tells that it speaks against the plain chart; null = too few values to tell. */
export interface Reason {
  readonly test: string;
  readonly statistic: number;
  readonly limit: number;
  readonly speaks: boolean | null;
  readonly en: string;
  readonly ko: string;
}

export interface Choice {
  readonly chart: string;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly alternatives: readonly string[];
  readonly split: boolean;
  readonly reasons: readonly Reason[];
}

/** The chart for counts. */
export function chooseForCounts(
  { counts, sizes }: CountColumns,
  { statistic, df, p }: { readonly statistic: number; readonly df: number; readonly p: number },
  isFraction: boolean,
  hasSizes: boolean,
): Choice {
  const expected = meanOf(counts);
  const isRare = expected < 1;
  const isOver = Number.isNaN(p) ? null : p < 0.01 && statistic > df;
  const reasons: Reason[] = [
    {
      test: 'expected_count',
      statistic: expected,
      limit: 1,
      speaks: Number.isNaN(expected) ? null : isRare,
      en: isRare
        ? `A subgroup expects only ${expected.toFixed(2)} counts, so most points are zero.`
        : `A subgroup expects ${expected.toFixed(2)} counts.`,
      ko: isRare
        ? `군당 기대 개수가 ${expected.toFixed(2)}뿐이라 대부분의 점이 0입니다.`
        : `군당 기대 개수는 ${expected.toFixed(2)}입니다.`,
    },
    {
      test: 'overdispersion',
      statistic: p,
      limit: 0.01,
      speaks: isOver,
      en: `Variance of the counts is ${(statistic / df).toFixed(2)} times what their distribution says (p = ${shortP(p)}).`,
      ko: `계수의 분산이 분포의 ${(statistic / df).toFixed(2)}배입니다(p = ${shortP(p)}).`,
    },
  ];
  if (isRare)
    return {
      chart: isFraction ? 'g' : 't',
      settings: {},
      alternatives: isFraction ? ['bernoulli-cusum'] : ['g'],
      split: false,
      reasons,
    };
  const isOneSize = sizes.every((n) => Number.isNaN(n) || n === present(sizes)[0]);
  const plain = isFraction ? (isOneSize ? 'np' : 'p') : hasSizes && !isOneSize ? 'u' : hasSizes ? 'u' : 'c';
  const laney = isFraction ? 'laney-p' : 'laney-u';
  return {
    chart: isOver === true ? laney : plain,
    settings: {},
    alternatives: isOver === true ? [plain] : plain === 'np' ? ['p'] : [laney],
    split: false,
    reasons,
  };
}

/** The chart for single values. */
export function chooseForValues(x: Float64Array): Choice {
  const values = present(x);
  const trend = trendOf(values);
  const rest = trend.residuals;
  const raw = autocorrelationReason(values, false);
  const isTrend = trend.reason.speaks === true;
  const lag = isTrend ? autocorrelationReason(rest, true) : raw;
  const shape = shapeReason(isTrend ? rest : values);
  const reasons = [trend.reason, lag, shape.reason];
  const plain = { settings: {}, split: false, reasons };
  if (lag.speaks === true) return { ...plain, chart: 'residual', alternatives: ['ewma', 'i-mr'] };
  if (isTrend) return { ...plain, chart: 'tool-wear', alternatives: ['residual', 'i-mr'] };
  if (shape.reason.speaks === true)
    return shape.isLogNormal
      ? { ...plain, chart: 'i-mr', settings: { transform: 'ln' }, alternatives: ['percentile'] }
      : { ...plain, chart: 'percentile', alternatives: ['i-mr'] };
  return { ...plain, chart: 'i-mr', alternatives: ['ewma', 'cusum'] };
}

/** The chart for subgroups. */
export function chooseForSubgroups(groups: readonly (readonly (number | null)[])[], hasPositions: boolean): Choice {
  const all = summariseSubgroups(groups);
  const most = extremes(all.sizes).most;
  if (!(most > 1)) return chooseForValues(all.mean);
  const between = betweenReason(groups);
  const position = positionReason(groups, hasPositions);
  const lag = autocorrelationReason(present(all.mean), false);
  const reasons = [position, between, lag];
  const isEven = all.sizes.every((n) => n === most);
  const plain = most <= 10 && isEven ? 'xbar-r' : 'xbar-s';
  const split = position.speaks === true;
  if (split) return { chart: 'i-mr', settings: {}, alternatives: [plain, 'three-way'], split, reasons };
  if (between.speaks === true) return { chart: 'three-way', settings: {}, alternatives: [plain], split, reasons };
  return { chart: plain, settings: {}, alternatives: ['ewma', 'cusum'], split, reasons };
}

function autocorrelationReason(x: Float64Array, isDetrended: boolean): Reason {
  const r = lag1Autocorrelation(x);
  const limit = 1.96 / Math.sqrt(x.length);
  const of = isDetrended ? { en: ' after the trend', ko: '(추세 제거 후)' } : { en: '', ko: '' };
  const figures = `r₁ = ${r.toFixed(2)}, ±${limit.toFixed(2)}`;
  const speaks = x.length < 20 || Number.isNaN(r) ? null : Math.abs(r) > limit;
  return {
    test: 'autocorrelation',
    statistic: r,
    limit,
    speaks,
    en:
      speaks === true
        ? `Neighbouring points${of.en} are correlated (${figures}).`
        : `Neighbouring points${of.en} are not seen to be correlated (${figures}).`,
    ko:
      speaks === true
        ? `이웃한 점이 상관됩니다${of.ko}(${figures}).`
        : `이웃한 점의 상관이 보이지 않습니다${of.ko}(${figures}).`,
  };
}

/** A steady drift: the regression on time explains most of the scatter. */
function trendOf(x: Float64Array): { readonly reason: Reason; readonly residuals: Float64Array } {
  const n = x.length;
  const middle = (n - 1) / 2;
  const centre = meanOf(x);
  const { least, most } = extremes(x);
  const unit = most - least > 0 ? most - least : 1;
  const y = x.map((value) => (value - centre) / unit);
  const slope = sumOf(y.map((value, i) => value * (i - middle))) / sumOf(y.map((_, i) => (i - middle) ** 2));
  const whole = sumOf(y.map((value) => value * value));
  const residuals = y.map((value, i) => (value - slope * (i - middle)) * unit);
  const share = whole > 0 ? 1 - sumOf(residuals.map((value) => (value / unit) ** 2)) / whole : 0;
  const speaks = n < 20 ? null : share > 0.5;
  return {
    residuals,
    reason: {
      test: 'trend',
      statistic: share,
      limit: 0.5,
      speaks,
      en: `A straight trend explains ${(100 * share).toFixed(0)} % of the scatter.`,
      ko: `직선 추세가 산포의 ${(100 * share).toFixed(0)} %를 설명합니다.`,
    },
  };
}

function shapeReason(x: Float64Array): { readonly reason: Reason; readonly isLogNormal: boolean } {
  const p = normalityP(x);
  const speaks = Number.isNaN(p) || x.length < 20 ? null : p < ALPHA;
  const isPositive = extremes(x).least > 0;
  const pLn = speaks === true && isPositive ? normalityP(x.map(Math.log)) : Number.NaN;
  const isLogNormal = pLn >= 0.05;
  const ln = isLogNormal
    ? { en: `, but their logarithms are (p = ${shortP(pLn)})`, ko: `, 로그는 정규(p = ${shortP(pLn)})` }
    : { en: '', ko: '' };
  return {
    isLogNormal,
    reason: {
      test: 'normality',
      statistic: p,
      limit: ALPHA,
      speaks,
      en:
        speaks === true
          ? `The values are not normal (p = ${shortP(p)})${ln.en}.`
          : `Nothing speaks against normality (p = ${shortP(p)}).`,
      ko:
        speaks === true
          ? `정규분포가 아닙니다(p = ${shortP(p)})${ln.ko}.`
          : `정규성에 어긋나지 않습니다(p = ${shortP(p)}).`,
    },
  };
}

/** One-way analysis of variance: do the means scatter more than the members explain? */
function betweenReason(groups: readonly (readonly (number | null)[])[]): Reason {
  const { sizes, mean, deviation } = summariseSubgroups(groups);
  const total = sumOf(sizes);
  const k = countOf(mean);
  const centre = sumOf(mean.map((x, i) => x * ((sizes[i] ?? 0) / total)));
  const unit = extremes(deviation).most > 0 ? extremes(deviation).most : 1;
  const between = sumOf(mean.map((x, i) => (sizes[i] ?? 0) * ((x - centre) / unit) ** 2)) / (k - 1);
  const within = sumOf(deviation.map((s, i) => ((sizes[i] ?? 0) - 1) * (s / unit) ** 2)) / (total - k);
  const f = between / within;
  const p = fUpper(f, k - 1, total - k);
  return anovaReason('between_within', f, p, {
    en: [
      'The subgroup means scatter more than the members explain',
      'The members explain the scatter of the subgroup means',
    ],
    ko: ['군 평균의 산포가 군내 산포로 설명되지 않습니다', '군 평균의 산포가 군내 산포로 설명됩니다'],
  });
}

/** Two-way analysis without replication: does the place in the subgroup matter? */
function positionReason(groups: readonly (readonly (number | null)[])[], isNamed: boolean): Reason {
  const words = {
    en: [
      'Members of one place (cavity, head) differ from those of the others: they are mixed in one subgroup',
      'The places in a subgroup do not differ',
    ],
    ko: ['군 안의 위치(캐비티, 헤드)마다 값이 다릅니다: 한 군에 섞여 있습니다', '군 안의 위치에 따른 차이가 없습니다'],
  } as const;
  const n = groups[0]?.length ?? 0;
  const whole = groups.filter((members) => members.length === n && members.every((x) => x !== null)).map(column);
  const m = whole.length;
  if (n < 2 || m < 5 || (!isNamed && n > 12)) return anovaReason('positions', Number.NaN, Number.NaN, words);
  const rows = whole.map(meanOf);
  const places = Array.from({ length: n }, (_, j) => meanOf(Float64Array.from(whole, (x) => x[j] ?? 0)));
  const centre = meanOf(Float64Array.from(rows));
  const { least, most } = extremes(Float64Array.from(whole.flatMap((x) => Array.from(x))));
  const unit = most > least ? most - least : 1;
  const effect = (m * sumOf(Float64Array.from(places, (x) => ((x - centre) / unit) ** 2))) / (n - 1);
  const rest = whole.map((x, i) =>
    sumOf(x.map((value, j) => ((value - (rows[i] ?? 0) - (places[j] ?? 0) + centre) / unit) ** 2)),
  );
  const error = sumOf(Float64Array.from(rest)) / ((n - 1) * (m - 1));
  const f = effect / error;
  return anovaReason('positions', f, fUpper(f, n - 1, (n - 1) * (m - 1)), words);
}

function anovaReason(
  test: string,
  f: number,
  p: number,
  words: { readonly en: readonly [string, string]; readonly ko: readonly [string, string] },
): Reason {
  const speaks = Number.isNaN(p) ? null : p < ALPHA;
  const figures = Number.isNaN(p) ? 'F –' : `F = ${f.toFixed(2)}, p = ${shortP(p)}`;
  const i = speaks === true ? 0 : 1;
  return {
    test,
    statistic: p,
    limit: ALPHA,
    speaks,
    en: `${words.en[i]} (${figures}).`,
    ko: `${words.ko[i]}(${figures}).`,
  };
}

function shortP(p: number): string {
  return p < 0.001 ? '< 0.001' : p.toFixed(3);
}
