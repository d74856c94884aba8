// Phase I: what limits a baseline would give, what speaks against it, and what a person may decide. It proposes; it changes nothing.
import { z } from 'zod';
import { enoughPoints, independence, normality } from '../assumptions.ts';
import { findStep, isStep } from '../change-point/step.ts';
import { column, countOf } from '../column.ts';
import { figure, nsigma, samples, subgroups, values } from '../fields.ts';
import { ruleLists } from '../rule-lists.ts';
import { conclusion, defineStudy, impossible, type Verdict } from '../study.ts';
import { ESTIMATORS, type PhaseOne, phaseOne, usualEstimator } from './phase-one.ts';

/** Fewer subgroups than this make provisional limits. */
const FIRM_SUBGROUPS = 20;
const RULES = { N1: '1 of 1 beyond 3 sigma', N2: '9 of 9 beyond 0 sigma on one side' };

const input = z.object({
  subgroups: subgroups.optional(),
  values: values.optional(),
  exclude: z
    .array(
      z.object({
        sample: z.int().min(1).describe('Sample number, counted from 1.'),
        reason: z.string().trim().min(1).max(1000).describe('Why it does not belong to the process: its cause.'),
      }),
    )
    .max(1000)
    .default([])
    .describe('Subgroups left out, in the order in which it was decided, each with its reason.'),
  stages: z
    .array(
      z.object({
        from: z.int().min(1).describe('First sample of the stage.'),
        name: z.string().min(1).max(200).describe('What was changed.'),
      }),
    )
    .max(100)
    .default([])
    .describe('Where the process was changed on purpose: each stage gets its own limits; the last one is proposed.'),
  estimator: z
    .enum(ESTIMATORS)
    .optional()
    .describe('Estimate of sigma; default mr, uwave_r up to 10 members, else uwave_sd.'),
  nsigma,
});

const beyondRow = z.object({
  sample: z.int(),
  statistic: z.enum(['mean', 'range', 'sd', 'value', 'mr']),
  value: figure,
  lower: figure,
  upper: figure,
  z: figure.describe('Departure from the centre in sigma of the statistic.'),
});

const step = z.object({
  excluded: samples.describe('Samples left out so far.'),
  used: z.int(),
  centre: figure,
  sigma: figure,
  beyond: samples,
});

const output = z.object({
  centre: figure,
  sigma: figure.describe('Sigma of the individual values by the chosen estimator.'),
  estimator: z.enum(ESTIMATORS),
  estimates: z.record(z.string(), figure).describe('Every common estimate of sigma that the data tell.'),
  subgroups: z.int(),
  used: z.int(),
  excluded: z.array(z.object({ sample: z.int(), reason: z.string() })),
  steps: z.array(step).describe('The run with nothing left out, then again after each exclusion.'),
  proposals: z
    .array(beyondRow)
    .describe('Points beyond their limits that are still used: find the cause of each; exclude only with it.'),
  rules: z.record(z.string(), samples).describe('Where run rules hold among the points used.'),
  stages: z.array(
    z.object({
      name: z.string(),
      from: z.int(),
      to: z.int(),
      used: z.int(),
      centre: figure,
      sigma: figure,
      beyond: samples,
    }),
  ),
  change_point: z
    .object({ after: z.int(), mean_before: figure, mean_after: figure, log_lr: figure })
    .nullable()
    .describe('Where the level steps, when it does by more than chance.'),
  stable: z.boolean().nullable(),
  proposal: z
    .object({
      centre: figure,
      sigma: figure,
      estimator: z.enum(ESTIMATORS),
      subgroups: z.int(),
      provisional: z.boolean(),
    })
    .nullable()
    .describe('Limits to approve; null while the baseline is not stable or tells no sigma.'),
  ...conclusion,
});

const REFERENCE =
  'ISO 7870-2:2013, 7 (Phase I); Montgomery, 7th ed. (2013), 6.2.2; Jones-Farmer, Woodall, Steiner & Champ (2014), JQT 46, 265';

export default defineStudy({
  title: {
    en: 'Baseline (Phase I): exclusions with reasons, stages, stability, proposed limits',
    ko: '기준 기간(1단계): 사유가 있는 제외, 단계, 안정성, 한계 제안',
  },
  input,
  output,
  reference: REFERENCE,
  run(asked: z.infer<typeof input>): z.infer<typeof output> {
    const all = groupsOf(asked);
    const { exclude, nsigma: width } = asked;
    const estimator = asked.estimator ?? usualEstimator(all);
    checkSamples(asked, all.length);
    const from = asked.stages.at(-1)?.from ?? 1;
    const isEarlier = (i: number): boolean => i < from;
    // Before the last stage another process ran: its points belong to their own limits.
    const earlier = all.map((_, i) => i + 1).filter(isEarlier);
    const runs: PhaseOne[] = [];
    const steps: z.infer<typeof step>[] = [];
    for (let k = 0; k <= exclude.length; k++) {
      const out = exclude.slice(0, k).map(({ sample }) => sample);
      const run = phaseOne(all, new Set([...earlier, ...out]), estimator, width);
      runs.push(run);
      steps.push({ excluded: out, used: run.used, centre: run.centre, sigma: run.sigma, beyond: samplesOf(run) });
    }
    const last = runs.at(-1) ?? phaseOne(all, new Set(earlier), estimator, width);
    const means = last.columns.mean;
    const z = means.map((x, i) => ((x - last.centre) * Math.sqrt(last.columns.sizes[i] ?? 1)) / last.sigma);
    const rules = last.sigma > 0 ? ruleLists(RULES, z, 0, 1) : {};
    const stepped = stepOf(means);
    const stable = stability(last, rules, stepped);
    return {
      centre: last.centre,
      sigma: last.sigma,
      estimator,
      estimates: last.estimates,
      subgroups: all.length,
      used: last.used,
      excluded: exclude.map(({ sample, reason }) => ({ sample, reason })),
      steps,
      proposals: [...last.beyond],
      rules,
      stages: stagesOf(asked, all, estimator),
      change_point: stepped,
      stable,
      proposal:
        stable === true
          ? {
              centre: last.centre,
              sigma: last.sigma,
              estimator,
              subgroups: last.used,
              provisional: last.used < FIRM_SUBGROUPS,
            }
          : null,
      verdict: verdict(last, rules, stepped, stable),
      assumptions: [enoughPoints(last.used, FIRM_SUBGROUPS), independence(means), normality(means)],
      source: REFERENCE,
    };
  },
});

function groupsOf(asked: z.infer<typeof input>): readonly (readonly (number | null)[])[] {
  if (asked.subgroups !== undefined && asked.values !== undefined)
    throw impossible('values', 'given beside subgroups', 'Give either subgroups or single values.');
  if (asked.subgroups !== undefined) return asked.subgroups;
  if (asked.values !== undefined) return asked.values.map((x) => [x]);
  throw impossible('subgroups', 'missing', 'Give subgroups, a list of lists, or values, a list of single values.');
}

function checkSamples({ exclude, stages }: z.infer<typeof input>, n: number): void {
  exclude.forEach(({ sample }, i) => {
    if (sample > n)
      throw impossible(
        `exclude[${i}].sample`,
        `there is no sample ${sample}, only ${n}`,
        'Samples are counted from 1.',
      );
  });
  stages.forEach(({ from }, i) => {
    if (from > n || from <= (stages[i - 1]?.from ?? 0))
      throw impossible(
        `stages[${i}].from`,
        `${from} does not follow the stage before within ${n} samples`,
        'List stages in time order.',
      );
  });
}

function stagesOf(
  asked: z.infer<typeof input>,
  all: readonly (readonly (number | null)[])[],
  estimator: PhaseOneEstimator,
) {
  const starts =
    asked.stages[0]?.from === 1 || asked.stages.length === 0
      ? asked.stages
      : [{ from: 1, name: 'start' }, ...asked.stages];
  const out = asked.exclude.map(({ sample }) => sample);
  return starts.map(({ from, name }, k) => {
    const to = (starts[k + 1]?.from ?? all.length + 1) - 1;
    const others = all.map((_, i) => i + 1).filter((i) => i < from || i > to);
    const run = phaseOne(all, new Set([...others, ...out]), estimator, asked.nsigma);
    return { name, from, to, used: run.used, centre: run.centre, sigma: run.sigma, beyond: samplesOf(run) };
  });
}
type PhaseOneEstimator = Parameters<typeof phaseOne>[2];

function samplesOf({ beyond }: PhaseOne): number[] {
  return [...new Set(beyond.map(({ sample }) => sample))];
}

/** A step of the level among the points used, when it is more than chance. */
function stepOf(means: Float64Array): z.infer<typeof output>['change_point'] {
  const numbers = Array.from(means, (_, i) => i + 1).filter((i) => !Number.isNaN(means[i - 1] ?? Number.NaN));
  const found = findStep(column(numbers.map((i) => means[i - 1] ?? null)));
  if (!isStep(found, 0.01)) return null;
  return {
    after: numbers[found.tau - 1] ?? 0,
    mean_before: found.before,
    mean_after: found.after,
    log_lr: found.logRatio,
  };
}

function stability(
  run: PhaseOne,
  rules: Readonly<Record<string, readonly number[]>>,
  stepped: z.infer<typeof output>['change_point'],
): boolean | null {
  if (!Number.isFinite(run.sigma) || countOf(run.columns.mean) < 2) return null;
  return run.beyond.length === 0 && Object.values(rules).every((list) => list.length === 0) && stepped === null;
}

function verdict(
  run: PhaseOne,
  rules: Readonly<Record<string, readonly number[]>>,
  stepped: z.infer<typeof output>['change_point'],
  stable: boolean | null,
): Verdict {
  if (stable === null)
    return {
      ok: null,
      en: 'No limits can be proposed: the data tell no spread.',
      ko: '산포를 알 수 없어 한계를 제안할 수 없습니다.',
    };
  if (stable)
    return {
      ok: true,
      en: `Stable over ${run.used} subgroups: centre ${short(run.centre)} and sigma ${short(run.sigma)} are proposed${run.used < FIRM_SUBGROUPS ? ', provisionally' : ''}.`,
      ko: `${run.used}개 군에서 안정: 중심 ${short(run.centre)}, 시그마 ${short(run.sigma)}을(를) ${run.used < FIRM_SUBGROUPS ? '잠정 ' : ''}제안합니다.`,
    };
  const why: { en: string; ko: string }[] = [];
  const beyond = samplesOf(run);
  if (beyond.length > 0)
    why.push({
      en: `samples ${beyond.slice(0, 6).join(', ')} lie beyond their limits`,
      ko: `${beyond.slice(0, 6).join(', ')}번 한계 이탈`,
    });
  if ((rules.N2?.length ?? 0) > 0)
    why.push({ en: `a run on one side ends at sample ${rules.N2?.[0]}`, ko: `${rules.N2?.[0]}번에서 한쪽 런` });
  if (stepped !== null)
    why.push({ en: `the level steps after sample ${stepped.after}`, ko: `${stepped.after}번 이후 수준 변화` });
  if (why.length === 0) why.push({ en: 'a rule holds', ko: '규칙 성립' });
  return {
    ok: false,
    en: `Not stable: ${why.map(({ en }) => en).join('; ')}. Find the causes, exclude only with a reason, or begin a stage.`,
    ko: `불안정: ${why.map(({ ko }) => ko).join('; ')}. 원인을 찾아 사유가 있을 때만 제외하거나 단계를 나누십시오.`,
  };
}

function short(x: number): string {
  return String(Number(x.toPrecision(6)));
}
