// The streams of a plant with their points a day, from its data folder; and the budget as text.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { BudgetStream, Cost, Proposal, ProposedRules } from '../budget/budget.ts';
import type { Plan } from '../config/plan.ts';

/** Newest points looked at, and how far back from the newest one. */
const POINTS = 400;
const REACH_MS = 28 * 86_400_000;
const DEAREST = 10;

/**
 * Streams that have come so far; none where the plant has not run yet.
 *
 * @throws PumjilError HISTORY_DAMAGED
 */
export async function budgetStreams(plan: Plan): Promise<readonly BudgetStream[]> {
  const file = join(plan.data_dir, 'plant.db');
  if (!existsSync(file)) return [];
  const [{ openReader }, { pointsPerDay }] = await Promise.all([
    import('../history/embedded/reader.ts'),
    import('../budget/rate.ts'),
  ]);
  const calendar = { shifts: plan.shifts, timezone: plan.plant.timezone };
  const plans = new Map(plan.characteristics.map((each) => [each.id, each]));
  const reader = openReader(file);
  try {
    const series = reader.seriesRows().filter((row) => row.isStream);
    const paces = series.map(({ id }) => {
      const range = { fromMs: Number.MIN_SAFE_INTEGER, toMs: Number.MAX_SAFE_INTEGER, limit: POINTS, last: true };
      return reader.points({ series: id, ...range, lane: 0 }).map(({ timeMs }) => timeMs);
    });
    const nowMs = paces.reduce((newest, times) => Math.max(newest, times.at(-1) ?? newest), 0);
    return series.flatMap(({ id, characteristic }, i) => {
      const own = plans.get(characteristic);
      const times = (paces[i] ?? []).filter((timeMs) => timeMs >= nowMs - REACH_MS);
      return own === undefined
        ? []
        : [{ stream: id, characteristic: own, pointsPerDay: pointsPerDay(times, calendar, nowMs) }];
    });
  } finally {
    reader.close();
  }
}

/** One line: what the plan costs beside the budget. */
export function budgetLine(cost: Cost, budget: number | undefined): string {
  const known = cost.streams.length - cost.unknown;
  if (known === 0) return 'false alarms: not known yet, no points have come';
  const about = `about ${shown(cost.perDay)} a day in control, of ${known} streams`;
  const rest = cost.unknown === 0 ? '' : `, ${cost.unknown} without a price`;
  if (budget === undefined) return `false alarms: ${about}${rest}`;
  const verdict = cost.perDay <= budget ? 'inside' : 'over';
  return `false alarms: ${about}${rest}; ${verdict} the budget of ${shown(budget)} a day`;
}

/** The whole budget as text. */
export function budgetText(cost: Cost, budget: number | undefined, proposals: readonly Proposal[]): string {
  const { critical, significant, standard } = cost.byClass;
  const lines = [
    budgetLine(cost, budget),
    `  critical ${shown(critical)}, significant ${shown(significant)}, standard ${shown(standard)}`,
    ...(cost.isApproximate ? ['  some are priced as if their points were normal, or without one of their lanes'] : []),
    ...[...cost.streams]
      .filter(({ perDay }) => perDay > 0)
      .sort((a, b) => b.perDay - a.perDay)
      .slice(0, DEAREST)
      .map(
        (each) =>
          `  ${shown(each.perDay).padStart(8)} a day  ${each.stream} (${shown(each.pointsPerDay)} points a day)`,
      ),
    ...proposals.flatMap(proposalLines),
  ];
  return `${lines.join('\n')}\n`;
}

function proposalLines({ by, classes, perDay, fits }: Proposal): string[] {
  const head = by === 'sets' ? 'other rules by class' : 'one width of limits for all';
  const verdict = fits ? `${shown(perDay)} a day` : `${shown(perDay)} a day, still over the budget`;
  return [
    `proposal: ${head}, ${verdict}`,
    ...(['critical', 'significant', 'standard'] as const).map(
      (each) => `  ${each.padEnd(11)}  ${rulesText(classes[each])}`,
    ),
  ];
}

function rulesText(rules: ProposedRules | null): string {
  if (rules === null) return 'as it is';
  if (rules.set !== null) return `rules: ${rules.set}`;
  const [rule] = rules.rules;
  if (rules.sigma === 3) return 'rules: { use: standard, without: [N2] }';
  return `rules: { use: standard, without: [N1, N2], add: { ${rule?.id}: "${rule?.sentence}" } }`;
}

function shown(x: number): string {
  return x >= 100 ? x.toFixed(0) : String(Number(x.toPrecision(3)));
}
