// Checks a data directory against itself: one uninterrupted replay of the journal beside what the running system wrote.
import { join } from 'node:path';
import { openEmbeddedHistory } from '../history/embedded/history.ts';
import { openReader } from '../history/embedded/reader.ts';
import type { PointRow } from '../history/history.ts';
import { openJournal } from '../journal/segments.ts';
import { blockBuilder } from './block.ts';
import { createMachine } from './machine.ts';

export interface SeriesSum {
  readonly count: number;
  /** Sum of the good finite values, in order of acceptance. */
  readonly sum: number;
  /** Sum of the bit patterns of those values modulo 2^64: the same in any order, whatever their sizes. */
  readonly bits: bigint;
}

export interface Verification {
  readonly firstSeq: number;
  readonly lastSeq: number;
  readonly damage: readonly string[];
  /** Event hash of an uninterrupted replay. */
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
 * Replays the whole journal of a stopped plant from its first entry through a fresh machine and compares the result with plant.db.
 *
 * @throws PumjilError DATA_DIR_LOCKED while a plant runs on it
 */
export async function verifyDataDir(dataDir: string): Promise<Verification> {
  const journal = await openJournal({ folder: join(dataDir, 'journal') });
  try {
    const stats = journal.stats();
    const machine = createMachine();
    const snapshot = await readSnapshot(dataDir);
    let hashThere = '';
    const series = new Map<number, { count: number; sum: number; bits: bigint }>();
    const alarmIds = new Set<string>();
    const standing = new Map<number, StandingPoint[]>();
    let points = 0;
    for await (const { seq, entry } of journal.read(1)) {
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
    const differences = compare(dataDir, machine.state.seq, named, alarmIds);
    const pointsOf = new Map<string, readonly StandingPoint[]>();
    for (const [ix, rows] of standing) pointsOf.set(machine.state.series[ix]?.id ?? String(ix), rows);
    differences.push(...comparePoints(dataDir, pointsOf));
    if (snapshot !== null && hashThere !== snapshot.eventHash)
      differences.push(
        `at entry ${snapshot.seq} the running system had the event hash ${snapshot.eventHash}, a replay has ${hashThere}`,
      );
    if (balance.received !== balance.accepted + balance.duplicate + balance.refused)
      differences.push(
        `received ${balance.received} is not accepted ${balance.accepted} + duplicate ${balance.duplicate} + refused ${balance.refused}`,
      );
    return {
      firstSeq: stats.first,
      lastSeq: stats.last,
      damage: stats.damage.map((found) => `${found.segment}: ${found.what}`),
      eventHash: machine.state.eventHash,
      snapshot,
      series: named,
      alarmIds: [...alarmIds],
      points,
      balance,
      differences,
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
function comparePoints(dataDir: string, series: ReadonlyMap<string, readonly StandingPoint[]>): string[] {
  const differences: string[] = [];
  const reader = openReader(join(dataDir, 'plant.db'));
  const textOf = (p: StandingPoint) => `${p.seq}.${p.ordinal} ${p.lane} ${p.timeMs} ${p.value} ${p.limitsVersion}`;
  try {
    for (const [id, expected] of series) {
      const range = { fromMs: Number.MIN_SAFE_INTEGER, toMs: Number.MAX_SAFE_INTEGER };
      const rows = reader.points({ series: id, ...range, limit: expected.length + 1000 });
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

async function readSnapshot(dataDir: string): Promise<Verification['snapshot']> {
  const history = openEmbeddedHistory({ file: join(dataDir, 'plant.db') });
  try {
    const found = history.latestSnapshot();
    if (found === undefined) return null;
    const machine = createMachine();
    machine.restore(found.bytes);
    return { seq: found.seq, eventHash: machine.state.eventHash };
  } finally {
    await history.close();
  }
}

function compare(
  dataDir: string,
  seq: number,
  series: ReadonlyMap<string, SeriesSum>,
  alarmIds: ReadonlySet<string>,
): string[] {
  const differences: string[] = [];
  const reader = openReader(join(dataDir, 'plant.db'));
  try {
    const cursor = reader.cursor();
    if (cursor !== seq) differences.push(`the history ends at entry ${cursor}, the journal at ${seq}`);
    for (const [id, expected] of series) {
      const rows = reader.measurements({
        series: id,
        fromMs: Number.MIN_SAFE_INTEGER,
        toMs: Number.MAX_SAFE_INTEGER,
        limit: expected.count + 1000,
      });
      const ids = new Set(rows.map((row) => row.id));
      let bits = 0n;
      for (const row of rows) if (!Number.isNaN(row.value)) bits = BigInt.asUintN(64, bits + bitsOf(row.value));
      if (ids.size !== rows.length)
        differences.push(`${id}: ${rows.length - ids.size} measurements stand twice in the history`);
      if (rows.length !== expected.count)
        differences.push(`${id}: ${rows.length} measurements in the history, ${expected.count} in the journal`);
      if (bits !== expected.bits) differences.push(`${id}: the values in the history are not those of the journal`);
    }
    const stored = reader.alarms({ limit: alarmIds.size + 1000 }).map((alarm) => alarm.id);
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

function bitsOf(value: number): bigint {
  return new BigUint64Array(Float64Array.of(value).buffer)[0] ?? 0n;
}
