// What figures of control charts rest on, checked on the data themselves and said in words.
import { addTo, totalOf } from '../spc/math/compensated.ts';
import { normalTail } from '../spc/math/normal.ts';
import { deviationOf, meanOf, present } from '../spc/math/sample.ts';
import { sumOf } from './column.ts';
import type { Assumption } from './study.ts';

/** Enough points behind the limits. */
export function enoughPoints(n: number, least: number): Assumption {
  const holds = n >= least;
  return {
    name: 'sample_size',
    holds,
    en: holds
      ? `${n} points stand behind the limits.`
      : `Only ${n} points stand behind the limits; ${least} or more make them firm. Treat them as provisional.`,
    ko: holds
      ? `관리한계에 ${n}개 점이 쓰였습니다.`
      : `관리한계에 ${n}개 점만 쓰였습니다. ${least}개 이상이 필요하므로 잠정 한계로 보십시오.`,
  };
}

/**
 * Lag-1 autocorrelation, divisor N and overall mean; NaN for fewer than three values or a constant series.
 *
 * @see Box, Jenkins & Reinsel, Time Series Analysis, 4th ed. (2008), 2.1.5
 * @example
 * lag1Autocorrelation(Float64Array.of(1, 2, 3, 4, 5)); // => 0.4
 */
export function lag1Autocorrelation(x: Float64Array): number {
  const values = present(x);
  const centre = meanOf(values);
  const sigma = deviationOf(values);
  if (values.length < 3 || !(sigma > 0)) return Number.NaN;
  const total = new Float64Array(2);
  let before = ((values[0] ?? 0) - centre) / sigma;
  for (let i = 1; i < values.length; i++) {
    const now = ((values[i] ?? 0) - centre) / sigma;
    addTo(total, 0, before * now);
    before = now;
  }
  return totalOf(total, 0) / (values.length - 1);
}

/** Neighbouring points do not depend on each other. */
export function independence(x: Float64Array): Assumption {
  const n = present(x).length;
  const r = lag1Autocorrelation(x);
  const limit = 1.96 / Math.sqrt(n);
  if (Number.isNaN(r) || n < 10)
    return {
      name: 'independence',
      holds: null,
      en: 'Independence of neighbouring points cannot be judged from so few values.',
      ko: '값이 적어 이웃한 점의 독립성을 판단할 수 없습니다.',
    };
  const holds = Math.abs(r) <= limit;
  const figures = `r₁ = ${r.toFixed(3)}, ±${limit.toFixed(3)}`;
  return {
    name: 'independence',
    holds,
    en: holds
      ? `Neighbouring points are not correlated (${figures}).`
      : `Neighbouring points are correlated (${figures}): limits from moving ranges are too narrow. Sample less often or use a residual chart.`,
    ko: holds
      ? `이웃한 점 사이에 상관이 없습니다(${figures}).`
      : `이웃한 점이 상관됩니다(${figures}). 이동범위로 구한 한계가 좁습니다. 샘플링 간격을 늘리거나 잔차 관리도를 쓰십시오.`,
  };
}

/** Every nth value is tested beyond so many: a million would call any real process not normal. */
const MOST_TESTED = 5000;

/**
 * p-value of the Anderson-Darling test of normality with mean and sigma estimated; NaN for fewer than eight values or no spread.
 *
 * @see Stephens in D'Agostino & Stephens, Goodness-of-Fit Techniques (1986), table 4.9
 */
export function normalityP(x: Float64Array): number {
  const all = present(x);
  const step = Math.ceil(all.length / MOST_TESTED);
  const values = all.filter((_, i) => i % step === 0).sort();
  const n = values.length;
  const sigma = deviationOf(values);
  if (n < 8 || !(sigma > 0)) return Number.NaN;
  const centre = meanOf(values);
  const z = values.map((value) => (value - centre) / sigma);
  const terms = z.map((low, i) => {
    const high = z[n - 1 - i] ?? 0;
    return (2 * i + 1) * (Math.log(normalTail(-low)) + Math.log(normalTail(high)));
  });
  const a = (-n - sumOf(terms) / n) * (1 + 0.75 / n + 2.25 / (n * n));
  if (a < 0.2) return 1 - Math.exp(-13.436 + 101.14 * a - 223.73 * a * a);
  if (a < 0.34) return 1 - Math.exp(-8.318 + 42.796 * a - 59.938 * a * a);
  if (a < 0.6) return Math.exp(0.9177 - 4.279 * a - 1.38 * a * a);
  return a < 10 ? Math.exp(1.2937 - 5.709 * a + 0.0186 * a * a) : 3.7e-24;
}

/** Individual values come from a normal distribution, as far as the data tell. */
export function normality(x: Float64Array): Assumption {
  const p = normalityP(x);
  if (Number.isNaN(p))
    return {
      name: 'normality',
      holds: null,
      en: 'Normality cannot be judged from so few or equal values.',
      ko: '값이 적거나 모두 같아 정규성을 판단할 수 없습니다.',
    };
  const holds = p >= 0.05;
  const figures = `Anderson–Darling p = ${p < 0.001 ? '< 0.001' : p.toFixed(3)}`;
  return {
    name: 'normality',
    holds,
    en: holds
      ? `Nothing speaks against normality (${figures}).`
      : `The values are not normal (${figures}): false alarms will differ from 0.27 %. Use percentile limits or the scale ln.`,
    ko: holds
      ? `정규성에 어긋나지 않습니다(${figures}).`
      : `정규분포가 아닙니다(${figures}). 오경보율이 0.27 %와 다릅니다. 백분위수 한계나 ln 척도를 쓰십시오.`,
  };
}

/** Counts scatter as much as their distribution says: neither more nor less. */
export function plainDispersion(chiSquare: number, df: number, upperP: number): Assumption {
  if (!(df >= 1) || Number.isNaN(upperP))
    return {
      name: 'dispersion',
      holds: null,
      en: 'Dispersion of the counts cannot be judged from a single subgroup.',
      ko: '한 군만으로는 산포를 판단할 수 없습니다.',
    };
  const ratio = (chiSquare / df).toFixed(2);
  const holds = upperP >= 0.01 && upperP <= 0.99;
  return {
    name: 'dispersion',
    holds,
    en: holds
      ? `The counts scatter as their distribution says (ratio ${ratio}).`
      : `The counts scatter ${upperP < 0.01 ? 'more' : 'less'} than their distribution says (ratio ${ratio}): use the Laney chart p′ or u′.`,
    ko: holds
      ? `산포가 분포와 맞습니다(비 ${ratio}).`
      : `산포가 분포보다 ${upperP < 0.01 ? '큽니다' : '작습니다'}(비 ${ratio}). Laney p′/u′ 관리도를 쓰십시오.`,
  };
}
