// What a live message changes in what the screens already know.
import type { AlarmJson, EventJson, StreamJson } from '../../../src/api/contract.ts';

/** Other points, other limits, another plan: what is shown is no longer true. */
const CHANGING: ReadonlySet<EventJson['kind']> = new Set(['revision', 'exclude', 'limits', 'config']);

/** True for an event that changes what was already shown of its stream, or of all streams. */
export function isChanging(event: EventJson): boolean {
  return CHANGING.has(event.kind);
}

/** True for an event that changes what was already shown of this stream. */
export function changesStream(event: EventJson, stream: string): boolean {
  return isChanging(event) && (event.stream === stream || event.stream === null);
}

/** A stream with one more point. */
export function withPoint(row: StreamJson, point: StreamJson['lastPoints'][number]): StreamJson {
  const others = row.lastPoints.filter((known) => known.lane !== point.lane);
  const isNewer = row.lastTimeMs === null || point.timeMs > row.lastTimeMs;
  return {
    ...row,
    lastPoints: [...others, point].sort((a, b) => a.lane - b.lane),
    lastTimeMs: isNewer ? point.timeMs : row.lastTimeMs,
  };
}

/** Puts an alarm in its place; a closed one leaves it. */
export function applyAlarm(streams: Map<string, StreamJson>, alarms: Map<string, AlarmJson>, alarm: AlarmJson): void {
  const isOpen = alarm.state !== 'closed';
  if (isOpen) alarms.set(alarm.id, alarm);
  else alarms.delete(alarm.id);
  const row = alarm.stream === null ? undefined : streams.get(alarm.stream);
  if (row === undefined) return;
  const others = row.openAlarms.filter((id) => id !== alarm.id);
  streams.set(row.id, { ...row, openAlarms: isOpen ? [...others, alarm.id] : others });
}
