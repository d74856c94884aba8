// The answer of a replay as text, and as JSON without NaN.
import type { AlarmVerdict } from '../replay/causes.ts';
import type { Replay } from '../replay/compare.ts';
import type { Signal } from '../replay/recorded.ts';

/** Signals and alarms printed on each side, the newest; --json has more. */
const SHOWN = 12;

/** The answer with null where there is no number. */
export function replayJson(replay: Replay): unknown {
  return JSON.parse(
    JSON.stringify(replay, (_, value: unknown) =>
      typeof value === 'number' && !Number.isFinite(value) ? null : value,
    ),
  );
}

/**
 * The answer in words.
 *
 * @param timezone IANA zone in which times are written
 */
export function printReplay(replay: Replay, unit: string, timezone: string): string {
  const { limits, check, summary } = replay;
  const time = (ms: number): string =>
    new Date(ms).toLocaleString('sv-SE', { timeZone: timezone, hour12: false }).slice(0, 19);
  const lines = [
    `${replay.stream}: ${replay.points} subgroups, ${time(replay.fromMs)} to ${time(replay.toMs)}`,
    `judged with  ${replay.chart.use}, ${replay.rules.length} rules, limits ${limitsWords(replay, unit)}`,
    ...(replay.excluded > 0 ? [`             ${replay.excluded} excluded points left out`] : []),
    ...(replay.isCut ? ['             older values exist than were read'] : []),
    `signals      ${replay.recorded.signals} stand, ${replay.replayed.signals} by replay (${replay.replayed.calls} calls): ${replay.kept} kept, ${replay.gained.count} gained, ${replay.lost.count} lost`,
    ...signals('gained', replay.gained.signals, time),
    ...signals('lost', replay.lost.signals, time),
    `known causes ${summary.caught} caught (${summary.sooner} sooner, ${summary.later} later), ${summary.missed} missed`,
    ...alarms(replay.alarms, 'known_cause', time),
    `false alarms ${summary.falseAvoided} avoided, ${summary.falseKept} kept`,
    `unexplained  ${summary.unexplainedFound} found, ${summary.unexplainedMissed} not found`,
    `check        the plan in force gives ${check.equal} of ${check.points} recorded points again, to the last bit`,
  ];
  if (limits.version === 0)
    lines.push('No limits were reached: the baseline is not complete, so nothing could signal.');
  return `${lines.join('\n')}\n`;
}

function limitsWords({ limits }: Replay, unit: string): string {
  if (limits.version === 0) return 'not reached';
  const from = { recorded: 'as recorded', plan: 'as planned', typed: 'as typed', baseline: 'learnt' }[limits.from];
  const figures = `${Number(limits.centre.toPrecision(6))} ± 3·${Number(limits.sigma.toPrecision(4))} ${unit}`.trim();
  return `${from}: ${figures}${limits.subgroups > 0 ? ` from ${limits.subgroups} subgroups` : ''}`;
}

function signals(word: string, found: readonly Signal[], time: (ms: number) => string): string[] {
  const shown = found.slice(-SHOWN);
  const lines = shown.map(
    ({ timeMs, statistic, rule, sentence }) =>
      `  ${word.padEnd(6)}  ${time(timeMs)}  ${statistic.padEnd(6)}  ${rule}: ${sentence}`,
  );
  return found.length > shown.length ? [`  …       the newest ${SHOWN} of them:`, ...lines] : lines;
}

function alarms(all: readonly AlarmVerdict[], kind: AlarmVerdict['kind'], time: (ms: number) => string): string[] {
  return all
    .filter((each) => each.kind === kind)
    .slice(-SHOWN)
    .map((each) => `  ${time(each.raisedMs)}  ${each.cause}: ${each.isFound ? pace(each) : 'missed'}`);
}

function pace({ soonerMs, soonerPoints }: AlarmVerdict): string {
  const minutes = Math.round(Math.abs(soonerMs ?? 0) / 60_000);
  const points = Math.abs(soonerPoints ?? 0);
  if ((soonerMs ?? 0) === 0) return 'caught at the same point';
  return `caught ${minutes} min (${points} points) ${(soonerMs ?? 0) > 0 ? 'sooner' : 'later'}`;
}
