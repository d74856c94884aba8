// How a stream is judged: its chart and rules, compiled once for all streams that are alike.
import { PumjilError } from '../errors.ts';
import type { Chart, ChartKernel } from './chart.ts';
import { CHARTS } from './charts/registry.ts';
import { LIMIT_RULE, parseRule, printRule } from './rule.ts';
import { compileRules, type RuleKernel } from './rule-kernel.ts';
import type { StreamSpec } from './stream.ts';

/** Rule id shown where a stream's set has no `1 of 1 beyond 3 sigma` of its own. */
const LIMIT_ID = 'R1';
const LIMIT_SENTENCE = printRule(LIMIT_RULE);

/** Number of variables for which the layout of multivariate charts is written down. */
const LAYOUT_VARIABLES = 3;

/** How streams of one chart, settings and set of rules are judged; shared by all of them, so that it stays in the cache. */
export interface Judge {
  readonly chart: Chart;
  readonly kernel: ChartKernel;
  readonly rules: RuleKernel;
  /** Ids of lane 0 by bit, and of the others. */
  readonly ids: readonly string[];
  readonly limitIds: readonly string[];
  /** Slots before the chart's state. */
  readonly chartOffset: number;
  /** Slots of one stream. */
  readonly slots: number;
}

/**
 * Compiles how streams like this one are judged.
 *
 * @param header slots of a stream before the registers of its rules
 * @throws PumjilError CONFIG_INVALID for an unknown chart or setting, RULE_INVALID for a rule that is none
 */
export function compileJudge(spec: StreamSpec, header: number): Judge {
  const { use, ...rest } = spec.chart;
  const chart = CHARTS[use];
  if (chart === undefined)
    throw invalid(`There is no chart "${use}".`, `Use one of: ${Object.keys(CHARTS).join(', ')}.`);
  const settings = chart.settings.safeParse(rest);
  if (!settings.success) {
    const why = settings.error.issues[0]?.message ?? 'settings not understood';
    throw invalid(`Chart ${use}: ${why}.`, `Settings given: ${JSON.stringify(rest)}.`);
  }
  const isMultivariate = chart.isMultivariate === true;
  if (isMultivariate !== (spec.variables?.length ?? 1) > 1)
    throw invalid(
      `Chart ${use} judges ${isMultivariate ? 'several variables together' : 'one variable'}, not ${spec.variables?.length ?? 1}.`,
      'Use t2, mewma or pca for two or more variables, and any other chart for one.',
    );
  const kernel = chart.compile(settings.data, spec.variables?.length);
  const parsed = spec.rules.map(({ sentence }) => parseRule(sentence));
  const rules = compileRules(chart.runRules ? parsed : []);
  const limitIds = [spec.rules[parsed.findIndex((rule) => printRule(rule) === LIMIT_SENTENCE)]?.id ?? LIMIT_ID];
  const ids = chart.runRules ? spec.rules.map(({ id }) => id) : limitIds;
  const chartOffset = header + Math.ceil(rules.width / 2);
  // Whole cache lines: 8 slots of 8 bytes.
  const slots = Math.ceil((chartOffset + kernel.width) / 8) * 8;
  return { chart, kernel, rules, ids, limitIds, chartOffset, slots };
}

/** Checks what belongs to the single stream: its subgroup size and where its limits start. Throws PumjilError CONFIG_INVALID. */
export function checkSpec(spec: StreamSpec, { chart, kernel }: Judge): void {
  const { use } = spec.chart;
  if (chart.maxSize !== undefined && spec.size > chart.maxSize)
    throw invalid(
      `Chart ${use} takes subgroups of at most ${chart.maxSize}, not ${spec.size}.`,
      'Use xbar-s for large subgroups.',
    );
  if ('sigma' in spec.limits) checkLimits(use, kernel, spec.limits.centre, spec.limits.sigma);
  else if (!(Number.isInteger(spec.limits.baseline) && spec.limits.baseline >= 1))
    throw invalid(
      `A baseline of ${spec.limits.baseline} subgroups is not possible.`,
      'Use 20 to 30 subgroups; i-mr and ewma need at least 2.',
    );
}

/** Throws PumjilError CONFIG_INVALID for limits that a chart cannot use. */
export function checkLimits(use: string, kernel: ChartKernel, centre: number, sigma: number): void {
  const isOnScale = kernel.transform === 'none' || centre > 0;
  if (Number.isFinite(centre) && sigma >= 0 && sigma < Number.POSITIVE_INFINITY && isOnScale) return;
  throw invalid(
    `Chart ${use} cannot use limits with centre ${centre} and sigma ${sigma}.`,
    'Give a finite centre (above 0 on the ln scale) and a sigma of the individual values of at least 0.',
  );
}

/** What decides how a stream's points come out and what holds at them, as text to compare. */
export function judgement({ chart, rules, limits, size, variables }: StreamSpec): string {
  return JSON.stringify([chart, rules, limits, size, variables]);
}

/** Names and widths of all charts, for the layout hash of a snapshot. */
export function layoutOfCharts(): string {
  return Object.entries(CHARTS)
    .map(
      ([name, chart]) =>
        `${name}(${chart.lanes.join()} ${chart.compile(chart.settings.parse({}), LAYOUT_VARIABLES).width})`,
    )
    .join(' ');
}

function invalid(message: string, hint: string): PumjilError {
  return new PumjilError('CONFIG_INVALID', { message, hint });
}
