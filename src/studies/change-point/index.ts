// When did the mean step? One change, normal, common variance.
import { z } from 'zod';
import { present } from '../../spc/math/sample.ts';
import { independence, normality } from '../assumptions.ts';
import { column } from '../column.ts';
import { figure, figures, values } from '../fields.ts';
import { conclusion, defineStudy, type Verdict } from '../study.ts';
import { criticalLogRatio, findStep, type Step } from './step.ts';

const input = z.object({
  values,
  model: z
    .string()
    .max(200)
    .optional()
    .describe('One step of the mean, normal, common variance: the only model so far.'),
  alpha: z.number().gt(0).lt(1).default(0.01).describe('Chance of seeing a change where there is none.'),
});

const output = z.object({
  tau: z.int().nullable().describe('Last sample before the change.'),
  mean_before: figure,
  mean_after: figure,
  sse_no_change: figure,
  sse_with_change: figure,
  ssb: figure.describe('What the change explains.'),
  max_log_lr: figure.describe('Logarithm of the likelihood ratio, sigma unknown.'),
  critical_log_lr: figure.describe('Value that it exceeds by chance with probability alpha; an upper bound.'),
  cusum_of_mean: figures.describe('Cumulative sum of value less mean.'),
  taylor_tau: z.int().nullable().describe('Sample at which that sum is largest in size.'),
  taylor_range: figure,
  ...conclusion,
});

const REFERENCE =
  'Samuel, Pignatiello & Calvin (1998), Quality Engineering 10, 521; Hinkley (1970), Biometrika 57, 1; Taylor (2000)';

export default defineStudy({
  title: { en: 'Change point: when did the mean step?', ko: '변화점: 평균이 언제 바뀌었는가' },
  input,
  output,
  reference: REFERENCE,
  run(asked: z.infer<typeof input>): z.infer<typeof output> {
    const all = column(asked.values);
    const x = present(all);
    // Sample numbers count missing values too.
    const numbers = Array.from(all, (value, i) => (Number.isNaN(value) ? 0 : i + 1)).filter((i) => i > 0);
    const found = findStep(x);
    const critical = criticalLogRatio(asked.alpha, x.length);
    return {
      tau: found.tau === 0 ? Number.NaN : (numbers[found.tau - 1] ?? Number.NaN),
      mean_before: found.before,
      mean_after: found.after,
      sse_no_change: found.whole,
      sse_with_change: found.rest,
      ssb: found.explained,
      max_log_lr: found.logRatio,
      critical_log_lr: critical,
      cusum_of_mean: spread(found.cusum, all),
      taylor_tau: found.taylor === 0 ? Number.NaN : (numbers[found.taylor - 1] ?? Number.NaN),
      taylor_range: found.range,
      verdict: stepVerdict(found, numbers, critical, asked.alpha),
      assumptions: [independence(x), normality(x)],
      source: REFERENCE,
    };
  },
});

function spread(cusum: Float64Array, all: Float64Array): number[] {
  let k = 0;
  return Array.from(all, (value) => (Number.isNaN(value) ? Number.NaN : (cusum[k++] ?? Number.NaN)));
}

function stepVerdict(found: Step, numbers: readonly number[], critical: number, alpha: number): Verdict {
  if (Number.isNaN(found.logRatio) || Number.isNaN(critical))
    return {
      ok: null,
      en: 'No change can be told: fewer than five values, or all are equal.',
      ko: '변화를 판단할 수 없음: 값이 다섯 개 미만이거나 모두 같습니다.',
    };
  const at = numbers[found.tau - 1];
  if (found.logRatio <= critical)
    return {
      ok: true,
      en: `No step of the mean (log likelihood ratio ${found.logRatio.toFixed(2)}, by chance up to ${critical.toFixed(2)} at alpha ${alpha}).`,
      ko: `평균의 변화 없음(로그우도비 ${found.logRatio.toFixed(2)}, 우연의 상한 ${critical.toFixed(2)}, alpha ${alpha}).`,
    };
  return {
    ok: false,
    en: `The mean stepped after sample ${at}, from ${short(found.before)} to ${short(found.after)}: judge the two stages apart.`,
    ko: `${at}번째 이후 평균이 ${short(found.before)}에서 ${short(found.after)}(으)로 바뀌었습니다. 두 단계를 따로 판정하십시오.`,
  };
}

function short(x: number): string {
  return String(Number(x.toPrecision(6)));
}
