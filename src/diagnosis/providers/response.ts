// Response to signals: how soon, how completely, and whether the cause came back.
import type { AlarmRow } from '../../history/history.ts';
import type { Evidence } from '../level.ts';
import { counted, type Records } from '../records.ts';

const DAY_MS = 86_400_000;
/** Time in which a reaction must be recorded. */
const REACTION_LIMIT_MS = 4 * 3_600_000;
/** A closing without a cause is no reaction. */
const REACTIONS = new Set(['cause', 'comment', 'close']);

export function responseEvidence({ alarms, commands, quarterMs, nowMs }: Records): Evidence {
  const recent = alarms.filter((a) => a.raisedMs >= quarterMs && a.raisedMs < nowMs && couldBeAnswered(a));
  const firstReactionMs = new Map<unknown, number>();
  for (const { data, timeMs } of commands)
    if (REACTIONS.has(String(data.verb)) && (data.verb !== 'close' || typeof data.cause === 'string'))
      firstReactionMs.set(data.alarm, Math.min(timeMs, firstReactionMs.get(data.alarm) ?? timeMs));
  const reacted = recent.filter((alarm) => {
    const at = firstReactionMs.get(alarm.id);
    return at !== undefined && at - detectedMs(alarm) <= REACTION_LIMIT_MS;
  });
  const closed = recent.filter((a) => a.state === 'closed' && a.cause !== '');
  const item = (value: number | null, source: string) => counted(value, quarterMs, nowMs, source);
  return {
    ooc_signals: item(recent.length, 'signal alarms'),
    ooc_reacted: item(reacted.length, 'of those, with a cause, comment or closing recorded within 4 h'),
    alarms_quality: item(recent.length, 'signal alarms'),
    ack_minutes_median: {
      ...item(
        medianMinutes(recent, nowMs),
        'signal alarms, detected to acknowledged; unacknowledged after 4 h count with their age',
      ),
      n: recent.length,
    },
    alarms_closed_cause: item(closed.length, 'signal alarms closed with a cause'),
    ...recurrence(alarms, nowMs),
  };
}

function detectedMs(alarm: AlarmRow): number {
  return alarm.detectedMs ?? alarm.raisedMs;
}

/** An alarm on data that came hours late (files, imported history) says nothing about how fast people react. */
function couldBeAnswered(alarm: AlarmRow): boolean {
  return detectedMs(alarm) - alarm.raisedMs <= REACTION_LIMIT_MS;
}

/** An alarm nobody looked at counts with its age, so that ignoring alarms does not improve the figure; a fresh one does not count yet. */
function medianMinutes(alarms: readonly AlarmRow[], nowMs: number): number | null {
  const minutes = alarms
    .filter((a) => a.acknowledgedMs !== null || nowMs - detectedMs(a) >= REACTION_LIMIT_MS)
    .map((a) => ((a.acknowledgedMs ?? nowMs) - detectedMs(a)) / 60_000)
    .sort((a, b) => a - b);
  const middle = minutes.length >> 1;
  const upper = minutes[middle];
  const lower = minutes[minutes.length % 2 === 1 ? middle : middle - 1];
  return upper === undefined || lower === undefined ? null : (lower + upper) / 2;
}

/** Cases closed 90 to 270 days ago: one cause on one stream, and whether it was found again within 90 days. */
function recurrence(alarms: readonly AlarmRow[], nowMs: number): Evidence {
  const fromMs = nowMs - 270 * DAY_MS;
  const toMs = nowMs - 90 * DAY_MS;
  const withCause = alarms.filter((a) => a.cause !== '');
  const cases = new Map<string, AlarmRow>();
  for (const alarm of withCause) {
    const at = alarm.closedMs;
    if (alarm.state === 'closed' && at !== null && at >= fromMs && at < toMs) {
      const key = `${alarm.series} ${alarm.cause}`;
      if (!cases.has(key)) cases.set(key, alarm);
    }
  }
  const recurred = [...cases.values()].filter((first) =>
    withCause.some((later) => {
      const after = later.raisedMs - (first.closedMs ?? 0);
      return later.series === first.series && later.cause === first.cause && after > 0 && after <= 90 * DAY_MS;
    }),
  );
  return {
    causes_closed: counted(cases.size, fromMs, toMs, 'causes per stream closed 90 to 270 days ago'),
    causes_recurred: counted(recurred.length, fromMs, nowMs, 'of those, found again within 90 days'),
  };
}
