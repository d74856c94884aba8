// Values of one stream in production order: within `lateness_ms` they wait for older ones, later ones come too late for the chart.
import type { CharacteristicPlan } from '../config/plan.ts';
import type { Machinery } from './machinery.ts';
import { passTime } from './past.ts';
import type { StreamState, WaitingValue } from './state.ts';
import { chart } from './stream-step.ts';

/** Values that may wait in one stream; a source whose clock jumps must not fill the memory. */
const WAITING_LIMIT = 10_000;

/** Takes one value; charts it and what waited, once nothing older is expected. */
export function inOrder(
  m: Machinery,
  characteristic: CharacteristicPlan,
  stream: StreamState,
  next: WaitingValue,
): void {
  if (next.timeMs < stream.lastMs) {
    // Production order is gone: the value is kept and counted, the chart does not go backwards.
    stream.late += 1;
    return;
  }
  const latenessMs = m.state.plan?.lateness_ms ?? 0;
  if (latenessMs === 0) {
    take(m, characteristic, stream, next);
    return;
  }
  let at = stream.waiting.length;
  while (at > 0 && (stream.waiting[at - 1]?.timeMs ?? 0) > next.timeMs) at -= 1;
  stream.waiting.splice(at, 0, next);
  const newestMs = stream.waiting[stream.waiting.length - 1]?.timeMs ?? next.timeMs;
  release(m, stream, newestMs - latenessMs, WAITING_LIMIT);
}

/** Charts what waits up to and including `untilMs`, and everything beyond `most` waiting values. */
export function release(m: Machinery, stream: StreamState, untilMs: number, most = Number.POSITIVE_INFINITY): void {
  const characteristic = m.routing.characteristic(stream.characteristic);
  if (characteristic === undefined) return;
  while (stream.waiting.length > 0) {
    const oldest = stream.waiting[0];
    if (oldest === undefined || (oldest.timeMs > untilMs && stream.waiting.length <= most)) return;
    stream.waiting.shift();
    take(m, characteristic, stream, oldest);
  }
}

/** When the oldest waiting value falls due, ms; Infinity when none waits. */
export function releaseDueMs(m: Machinery, stream: StreamState): number {
  const oldest = stream.waiting[0];
  return oldest === undefined ? Number.POSITIVE_INFINITY : oldest.timeMs + (m.state.plan?.lateness_ms ?? 0);
}

/** Charts one value: those of a stream come here in order of their time. */
export function take(m: Machinery, characteristic: CharacteristicPlan, stream: StreamState, next: WaitingValue): void {
  if (stream.past !== null && next.timeMs > stream.lastMs) passTime(m, stream, stream.past, next.timeMs);
  stream.lastMs = next.timeMs;
  chart(m, characteristic, stream, next.value, next.size, next.timeMs, next.context, next.vector);
}
