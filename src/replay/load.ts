// Reads what a replay needs from a history.
import type { CharacteristicPlan } from '../config/plan.ts';
import { PumjilError } from '../errors.ts';
import type { AlarmRow, EventRow, MeasurementRow, PointRow, RangeQuery } from '../history/history.ts';
import { type Replay, replay } from './compare.ts';
import { type RecordedSubgroup, type ReplaySource, recordedSubgroups, storedRow } from './source.ts';
import { ask, type WhatIf } from './what-if.ts';

/** Values of one stream that a replay reads at most, the newest. */
export const MOST_VALUES = 500_000;
const MOST_POINTS = 2_000_000;
const MOST_EVENTS = 100_000;
const MOST_ALARMS = 20_000;

type Maybe<T> = T | Promise<T>;

/** The part of a history, or of a running plant, that a replay reads. */
export interface ReplayHistory {
  measurements(query: RangeQuery): Maybe<readonly MeasurementRow[]>;
  points(query: RangeQuery): Maybe<readonly PointRow[]>;
  events(query: {
    readonly kind?: string;
    readonly series?: string;
    readonly limit: number;
  }): Maybe<readonly EventRow[]>;
  alarms(query: { readonly series?: string; readonly limit: number }): Maybe<readonly AlarmRow[]>;
}

/** Which stream, and what is to be known of its plan. Plain data: it may be sent to another thread. */
export interface ReplayOf {
  readonly stream: string;
  readonly part: string;
  readonly characteristic: CharacteristicPlan;
  readonly isRecord: boolean;
  readonly latenessMs: number;
  readonly whatIf: WhatIf;
  readonly ruleSets: ReadonlyMap<string, Readonly<Record<string, string>>>;
  /** Time of the plant. */
  readonly nowMs: number;
}

/**
 * Answers a question about one stream from what the history holds. Reads only.
 *
 * @throws PumjilError REPLAY_EMPTY when nothing is stored, CONFIG_INVALID and RULE_INVALID as `ask`
 */
export async function replayFrom(history: ReplayHistory, of: ReplayOf): Promise<Replay> {
  const { characteristic, part, whatIf, nowMs } = of;
  if ('all' in characteristic.from)
    throw new PumjilError('REPLAY_EMPTY', {
      message: `${of.stream}: a chart of several values at once cannot be run again`,
      hint: 'Run its characteristics again one by one.',
    });
  const asked = ask(characteristic, part, whatIf, of.ruleSets);
  const source = await loadSource(history, of);
  if (source.rows.length === 0)
    throw new PumjilError('REPLAY_EMPTY', {
      message: `${of.stream}: no measurements are stored up to the end of the period`,
      hint: 'Choose a later end, or another stream.',
    });
  const period = {
    fromMs: whatIf.fromMs ?? Number.NEGATIVE_INFINITY,
    toMs: whatIf.toMs ?? Number.POSITIVE_INFINITY,
  };
  return replay(source, asked, period, nowMs);
}

async function loadSource(history: ReplayHistory, of: ReplayOf): Promise<ReplaySource> {
  const { stream, part, characteristic, isRecord, latenessMs, whatIf } = of;
  // What comes before the period is run as well, so that limits and histories are what they were.
  const range = (series: string, limit: number): RangeQuery => ({
    series,
    fromMs: Number.MIN_SAFE_INTEGER,
    toMs: whatIf.toMs ?? Number.MAX_SAFE_INTEGER,
    limit,
    last: true,
  });
  const rows = (await history.measurements(range(stream, MOST_VALUES + 1))).map(storedRow);
  const isCut = rows.length > MOST_VALUES;
  if (isCut) rows.shift();
  const inspectedTag = 'count' in characteristic.from ? characteristic.from.inspected : undefined;
  const inspected =
    inspectedTag === undefined ? [] : (await history.measurements(range(inspectedTag, MOST_VALUES))).map(storedRow);
  const recorded = recordedSubgroups(await history.points(range(stream, MOST_POINTS)));
  const events = [...(await history.events({ series: stream, limit: MOST_EVENTS }))];
  events.push(...(await history.events({ kind: 'config', limit: MOST_EVENTS })));
  const alarms = await history.alarms({ series: stream, limit: MOST_ALARMS });
  return {
    stream,
    characteristic,
    part,
    rows,
    inspected,
    isRecord,
    latenessMs,
    recorded: isCut ? since(recorded, rows[0]?.timeMs ?? 0) : recorded,
    events,
    alarms,
    isCut,
  };
}

function since(recorded: RecordedSubgroup[], fromMs: number): RecordedSubgroup[] {
  return recorded.filter(({ timeMs }) => timeMs >= fromMs);
}
