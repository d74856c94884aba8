// Checks a data directory against itself: one uninterrupted replay of the journal beside what the running system wrote.
import { join } from 'node:path';
import { openEmbeddedHistory, type Snapshot } from '../history/embedded/history.ts';
import { openReader } from '../history/embedded/reader.ts';
import type { PointRow } from '../history/history.ts';
import { openJournal } from '../journal/segments.ts';
import { blockBuilder } from './block.ts';
import { createMachine } from './machine.ts';

/** Rows asked for where it is not known how many lie before those that are compared. */
const ALL_ROWS = 1_000_000_000;

export interface SeriesSum {
  readonly count: number;
  /** Sum of the good finite values, in order of acceptance. */
  readonly sum: number;
  /** Sum of the bit patterns of those values modulo 2^64: the same in any order, whatever their sizes. */
  readonly bits: bigint;
}

export interface Verification {
  /**
   * First entry that was replayed and compared: 1, or the one after the oldest snapshot when earlier entries are no longer kept.
   * Null when the journal does not reach back to a snapshot: then the replay began with nothing and compares with nothing.
   */
  readonly comparedFrom: number | null;
  readonly firstSeq: number;
  readonly lastSeq: number;
  readonly damage: readonly string[];
  /** Event hash of a replay from there, without an interruption. */
  readonly eventHash: string;
  /** Entry and event hash of the newest snapshot: what the running system had come to; null when there is none. */
  readonly snapshot: { readonly seq: number; readonly eventHash: string } | null;
  /** Measurements by series as the replay makes them. */
  readonly series: ReadonlyMap<string, SeriesSum>;
  readonly alarmIds: readonly string[];
  readonly points: number;
  readonly balance: {
    readonly received: number;
    readonly accepted: number;
    readonly duplicate: number;
    readonly refused: number;
  };
  /** What does not agree with the history, as sentences; empty when all does. */
  readonly differences: readonly string[];
}

/**
 * Replays the journal of a stopped plant through a fresh machine and compares the result with plant.db: from its first entry,
 * or from the oldest snapshot when the first entry is no longer kept.
 *
 * @throws PumjilError DATA_DIR_LOCKED while a plant runs on it
 */
export async function verifyDataDir(dataDir: string): Promise<Verification> {
  const journal = await openJournal({ folder: join(dataDir, 'journal') });
  try {
    const stats = journal.stats();
    const machine = createMachine();
    const { newest: snapshot, oldest } = await readSnapshots(dataDir);
    const isWhole = stats.first <= 1;
    const reachesBack = !isWhole && oldest !== undefined && oldest.seq + 1 >= stats.first;
    if (reachesBack) machine.restore(oldest.bytes);
    const from = reachesBack ? oldest.seq + 1 : 1;
    const comparedFrom = isWhole || reachesBack ? from : null;
    let hashThere = machine.state.seq === snapshot?.seq ? machine.state.eventHash : '';
    const series = new Map<number, { count: number; sum: number; bits: bigint }>();
    const alarmIds = new Set<string>();
    const standing = new Map<number, StandingPoint[]>();
    let points = 0;
    for await (const { seq, entry } of journal.read(from)) {
      const out = blockBuilder();
      machine.apply(seq, entry, out);
      if (seq === snapshot?.seq) hashThere = machine.state.eventHash;
      points += out.points.length;
      for (const point of out.points) pushPoint(standing, point);
      // An entry brings forth at most one revision of a series; its own points come after it.
      for (const { series: ix, fromMs } of out.revisions)
        standing.set(
          ix,
          (standing.get(ix) ?? []).filter((point) => point.seq === seq || point.timeMs < fromMs),
        );
      for (const id of out.alarms.keys()) alarmIds.add(id);
      const columns = out.measurements;
      for (let i = 0; i < columns.length; i++) {
        const ix = columns.series[i] ?? -1;
        const tally = series.get(ix) ?? { count: 0, sum: 0, bits: 0n };
        tally.count += 1;
        const value = columns.value[i] ?? Number.NaN;
        if (!Number.isNaN(value)) {
          tally.sum += value;
          tally.bits = BigInt.asUintN(64, tally.bits + bitsOf(value));
        }
        series.set(ix, tally);
      }
    }
    const balance = { received: 0, accepted: 0, duplicate: 0, refused: 0 };
    for (const counts of machine.state.adapters.values()) {
      balance.received += counts.received;
      balance.accepted += counts.accepted;
      balance.duplicate += counts.duplicate;
      balance.refused += counts.refused;
    }
    const named = new Map<string, SeriesSum>();
    for (const [ix, tally] of series) named.set(machine.state.series[ix]?.id ?? String(ix), tally);
    const differences = compare(dataDir, machine.state.seq, from, named, alarmIds);
    const pointsOf = new Map<string, readonly StandingPoint[]>();
    for (const [ix, rows] of standing) pointsOf.set(machine.state.series[ix]?.id ?? String(ix), rows);
    differences.push(...comparePoints(dataDir, from, pointsOf));
    if (snapshot !== null && hashThere !== snapshot.eventHash)
      differences.push(
        `at entry ${snapshot.seq} the running system had the event hash ${snapshot.eventHash}, a replay has ${hashThere}`,
      );
    if (balance.received !== balance.accepted + balance.duplicate + balance.refused)
      differences.push(
        `received ${balance.received} is not accepted ${balance.accepted} + duplicate ${balance.duplicate} + refused ${balance.refused}`,
      );
    return {
      comparedFrom,
      firstSeq: stats.first,
      lastSeq: stats.last,
      damage: stats.damage.map((found) => `${found.segment}: ${found.what}`),
      eventHash: machine.state.eventHash,
      snapshot,
      series: named,
      alarmIds: [...alarmIds],
      points,
      balance,
      differences: comparedFrom === null ? [] : differences,
    };
  } finally {
    await journal.close();
  }
}

/** A point as the replay leaves it. */
interface StandingPoint {
  readonly seq: number;
  readonly ordinal: number;
  readonly lane: number;
  readonly timeMs: number;
  readonly value: number;
  readonly limitsVersion: number;
}

function pushPoint(standing: Map<number, StandingPoint[]>, point: PointRow): void {
  const rows = standing.get(point.series) ?? [];
  const { seq, ordinal, lane, timeMs, value, limitsVersion } = point;
  rows.push({ seq, ordinal, lane, timeMs, value, limitsVersion });
  standing.set(point.series, rows);
}

/** The points that stand, superseded ones left out, against those that the history shows. */
function comparePoints(dataDir: string, from: number, series: ReadonlyMap<string, readonly StandingPoint[]>): string[] {
  const differences: string[] = [];
  const reader = openReader(join(dataDir, 'plant.db'));
  const textOf = (p: StandingPoint) => `${p.seq}.${p.ordinal} ${p.lane} ${p.timeMs} ${p.value} ${p.limitsVersion}`;
  try {
    for (const [id, expected] of series) {
      const range = { fromMs: Number.MIN_SAFE_INTEGER, toMs: Number.MAX_SAFE_INTEGER };
      // What an entry before `from` brought forth is not replayed.
      const limit = from === 1 ? expected.length + 1000 : ALL_ROWS;
      const rows = reader.points({ series: id, ...range, limit }).filter((point) => point.seq >= from);
      const wanted = new Set(expected.map(textOf));
      const known = new Set(rows.map(textOf));
      const missing = [...wanted].filter((text) => !known.has(text));
      const extra = rows.length - (wanted.size - missing.length);
      if (missing.length > 0)
        differences.push(`${id}: ${missing.length} points missing in the history, the first is ${missing[0]}`);
      if (extra > 0) differences.push(`${id}: ${extra} points in the history that a replay does not have`);
    }
  } finally {
    reader.close();
  }
  return differences;
}

async function readSnapshots(
  dataDir: string,
): Promise<{ readonly newest: Verification['snapshot']; readonly oldest: Snapshot | undefined }> {
  const history = openEmbeddedHistory({ file: join(dataDir, 'plant.db') });
  try {
    const found = history.latestSnapshot();
    if (found === undefined) return { newest: null, oldest: undefined };
    const machine = createMachine();
    machine.restore(found.bytes);
    return { newest: { seq: found.seq, eventHash: machine.state.eventHash }, oldest: history.oldestSnapshot() };
  } finally {
    await history.close();
  }
}

function compare(
  dataDir: string,
  seq: number,
  from: number,
  series: ReadonlyMap<string, SeriesSum>,
  alarmIds: ReadonlySet<string>,
): string[] {
  const differences: string[] = [];
  const reader = openReader(join(dataDir, 'plant.db'));
  try {
    const cursor = reader.cursor();
    if (cursor !== seq) differences.push(`the history ends at entry ${cursor}, the journal at ${seq}`);
    for (const [id, expected] of series) {
      const rows = reader
        .measurements({
          series: id,
          fromMs: Number.MIN_SAFE_INTEGER,
          toMs: Number.MAX_SAFE_INTEGER,
          limit: from === 1 ? expected.count + 1000 : ALL_ROWS,
        })
        .filter((row) => seqOf(row.id) >= from);
      const ids = new Set(rows.map((row) => row.id));
      let bits = 0n;
      for (const row of rows) if (!Number.isNaN(row.value)) bits = BigInt.asUintN(64, bits + bitsOf(row.value));
      if (ids.size !== rows.length)
        differences.push(`${id}: ${rows.length - ids.size} measurements stand twice in the history`);
      if (rows.length !== expected.count)
        differences.push(`${id}: ${rows.length} measurements in the history, ${expected.count} in the journal`);
      if (bits !== expected.bits) differences.push(`${id}: the values in the history are not those of the journal`);
    }
    const stored = reader
      .alarms({ limit: from === 1 ? alarmIds.size + 1000 : ALL_ROWS })
      .map((alarm) => alarm.id)
      // An alarm is named after the event that raised it.
      .filter((id) => seqOf(id) >= from || alarmIds.has(id));
    if (stored.length !== new Set(stored).size) differences.push('an alarm id stands twice in the history');
    const missing = [...alarmIds].filter((id) => !stored.includes(id));
    if (missing.length > 0) differences.push(`alarms missing in the history: ${missing.slice(0, 5).join(', ')}`);
    if (stored.length !== alarmIds.size)
      differences.push(`${stored.length} alarms in the history, ${alarmIds.size} by replay`);
  } finally {
    reader.close();
  }
  return differences;
}

function seqOf(id: string): number {
  return Number(id.slice(0, id.indexOf('.')));
}

function bitsOf(value: number): bigint {
  return new BigUint64Array(Float64Array.of(value).buffer)[0] ?? 0n;
}
