// From what a source delivers to durations between events.
import { type Columns, OWN } from '../../chart.ts';

/** How the source tells of events; see the setting `input`. */
export type Input = 'durations' | 'readings' | 'times' | 'counts';

/** State slot: exposure since the last event (`counts`), or its reading or time (NaN = none). */
export const LAST = OWN;

const MS = { s: 1000, min: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** Takes the events of one subgroup: their number to `found[0]`, their total time to `found[1]`. */
export type Reader = (
  state: Float64Array,
  at: number,
  columns: Columns,
  from: number,
  to: number,
  found: Float64Array,
) => void;

/** What slot LAST holds before the first event. */
export function noTimeYet(input: Input): number {
  return input === 'counts' ? 0 : Number.NaN;
}

/** The reader of one kind of source. */
export function readerOf({ input, time_unit }: { readonly input: Input; readonly time_unit: keyof typeof MS }): Reader {
  if (input === 'counts') return readCounts;
  if (input === 'readings') return readReadings;
  if (input === 'durations') return readDurations;
  const unit = MS[time_unit];
  return (state, at, columns, from, to, found) => {
    found.fill(0);
    const now = (columns.timeMs ?? Number.NaN) / unit;
    for (let i = from; i < to; i++) {
      if (Number.isNaN(columns.x[i]!) || columns.x[i] === 0 || Number.isNaN(now)) continue;
      addEvent(state, at, now, found);
    }
  };
}

function readDurations(
  _state: Float64Array,
  _at: number,
  columns: Columns,
  from: number,
  to: number,
  found: Float64Array,
): void {
  found.fill(0);
  for (let i = from; i < to; i++) {
    const duration = columns.x[i]!;
    if (!(duration >= 0 && duration < Number.POSITIVE_INFINITY)) continue;
    found[0] = found[0]! + 1;
    found[1] = found[1]! + duration;
  }
}

function readReadings(
  state: Float64Array,
  at: number,
  columns: Columns,
  from: number,
  to: number,
  found: Float64Array,
): void {
  found.fill(0);
  for (let i = from; i < to; i++) {
    const reading = columns.x[i]!;
    if (Number.isFinite(reading)) addEvent(state, at, reading, found);
  }
}

/** An event on a running clock; the first one, and one after the clock was set back, has no time before it. */
function addEvent(state: Float64Array, at: number, reading: number, found: Float64Array): void {
  const duration = reading - state[at + LAST]!;
  state[at + LAST] = reading;
  if (!(duration >= 0)) return;
  found[0] = found[0]! + 1;
  found[1] = found[1]! + duration;
}

function readCounts(
  state: Float64Array,
  at: number,
  columns: Columns,
  from: number,
  to: number,
  found: Float64Array,
): void {
  found.fill(0);
  let open = state[at + LAST]!;
  for (let i = from; i < to; i++) {
    const events = columns.x[i]!;
    const time = columns.size[i]!;
    if (!(events >= 0 && events < Number.POSITIVE_INFINITY && time > 0)) continue;
    open += time;
    if (events === 0) continue;
    found[0] = found[0]! + events;
    found[1] = found[1]! + open;
    open = 0;
  }
  state[at + LAST] = open;
}
