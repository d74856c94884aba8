// The one writer: owns the data directory, feeds the machine, writes what comes out. Runs in a thread of its own (writer-thread.ts).
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { LiveMessage, StreamNow } from '../api/plant.ts';
import { PumjilError } from '../errors.ts';
import { openEmbeddedHistory } from '../history/embedded/history.ts';
import { type HistoryBlock, isSuperseded } from '../history/history.ts';
import type { JournalFiles } from '../journal/files.ts';
import { DISK_FAILED, type Entry, type Seq } from '../journal/journal.ts';
import { openJournal } from '../journal/segments.ts';
import { type BlockBuilder, blockBuilder, historyBlock, isEmptyBlock } from './block.ts';
import { machineClock } from './clock.ts';
import { type Committed, createCommit } from './commit.ts';
import { createDedupe, identities } from './dedupe.ts';
import { createMachine } from './machine.ts';
import type { WriterLimits, WriterOptions, WriterState } from './messages.ts';
import { streamNow } from './now.ts';
import { createPictures } from './pictures.ts';
import { createReviser, type Reviser } from './reviser.ts';
import { createRoom } from './room.ts';
import { createWarnings } from './warnings.ts';

/** A block is written when it holds this many entries or is this old. */
const BLOCK_ENTRIES = 2000;
const BLOCK_MS = 100;
const SNAPSHOT_MS = 60_000;
const SNAPSHOT_TRIES = 10;
/** Entries whose replay is worth a snapshot at once: a plant that is killed again and again must not start slower each time. */
const LONG_REPLAY = 2000;
const WRITE_AGAIN_MS = 1000;
/** Rows that may wait in memory while the history cannot be written; beyond it nothing more is accepted. */
const WAITING_ROWS = 1_000_000;

export interface Outputs {
  readonly seq: Seq;
  readonly live: readonly LiveMessage[];
  readonly streams: readonly StreamNow[];
  readonly newSeries: readonly string[];
  readonly state: WriterState;
}

export interface Writer {
  append(entry: Entry): Promise<Committed>;
  /** Puts other limits in force. */
  setLimits(limits: WriterLimits): void;
  state(): WriterState;
  streams(): readonly StreamNow[];
  seriesIds(): readonly string[];
  lastSourceMs(): Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** The plant's time, ms. */
  clock(): number;
  readonly history: ReturnType<typeof openEmbeddedHistory>;
  /** Writes what waits, takes a snapshot, closes everything. */
  close(): Promise<void>;
}

/**
 * Opens (or creates) a data directory: newest valid snapshot, then the rest of the journal, then ready.
 *
 * @param publish called after each block is written, with what it brought forth
 * @param fs the disk of the journal; default that of this machine
 * @throws PumjilError DATA_DIR_UNWRITABLE, DATA_DIR_LOCKED, HISTORY_DAMAGED
 */
export async function openWriter(
  options: WriterOptions,
  publish: (outputs: Outputs) => void,
  fs?: JournalFiles,
): Promise<Writer> {
  try {
    mkdirSync(options.dataDir, { recursive: true });
  } catch (cause) {
    throw new PumjilError('DATA_DIR_UNWRITABLE', {
      message: `${options.dataDir}: the data directory cannot be created`,
      hint: 'Choose another data_dir or give this user the right to write there.',
      cause,
    });
  }
  const history = openEmbeddedHistory({ file: join(options.dataDir, 'plant.db'), outbox: options.outbox });
  const machine = createMachine();
  const dedupe = createDedupe();
  let cursor = await history.cursor();
  const warnings = createWarnings(() => clock());
  const journal = await openJournal({
    folder: join(options.dataDir, 'journal'),
    maxBytes: options.maxBytes,
    seenSeq: cursor,
    makeRoom: (downToBytes) => room.make(downToBytes),
    onDiskFailed: warnings.diskFailed,
    ...(fs === undefined ? {} : { fs }),
  }).catch(async (error: unknown) => {
    await history.close();
    throw error;
  });
  let block: BlockBuilder = blockBuilder();
  let entriesInBlock = 0;
  let blockTimer: NodeJS.Timeout | undefined;
  let tickTimer: NodeJS.Timeout | undefined;
  let snapshotTimer: NodeJS.Timeout | undefined;
  let isClosing = false;
  // Fingerprints that no snapshot has yet: kept when a snapshot fails, for only the next one then brings them back.
  let unsavedPrints: Uint32Array<ArrayBuffer> = new Uint32Array(0);
  // Accepted rows of the entries up to `cursor`.
  let writtenRows = 0;
  let writing: Promise<void> = Promise.resolve();
  const awaiting: { seq: Seq; resolve: () => void }[] = [];
  let failure: string | null = null;
  const untilFailure: (() => void)[] = [];
  let reviser: Reviser | undefined;
  const pictures = createPictures(now, (streams) =>
    publish({ seq: cursor, live: [], streams, newSeries: [], state: stateNow() }),
  );

  let clock = machineClock(0);
  const room = createRoom({
    history,
    journal,
    limits: options,
    hasOutbox: options.outbox,
    seq: () => machine.state.seq,
    // A plant.db that takes nothing is not waited for: the journal would hang with it.
    snapshot: () =>
      failure === null
        ? Promise.race([snapshot(), new Promise<void>((resolve) => untilFailure.push(resolve))])
        : Promise.resolve(),
    now: () => clock(),
  });
  const replayed = await replay();
  // A plant whose wall clock was set back while it stood goes on after its last entry.
  clock = machineClock(machine.state.nowMs);

  const commit = createCommit(journal, dedupe, (seq, entry) => {
    machine.apply(seq, entry, block);
    entriesInBlock += 1;
    if (entriesInBlock >= BLOCK_ENTRIES) void flush();
    else blockTimer ??= setTimeout(() => void flush(), BLOCK_MS);
  });

  /** Returns the number of entries gone through. */
  async function replay(): Promise<number> {
    let entries = 0;
    const snapshot = history.latestSnapshot();
    let from = 1;
    if (snapshot !== undefined) {
      try {
        machine.restore(snapshot.bytes);
        from = snapshot.seq + 1;
      } catch {
        // Another layout: replay from what the journal keeps; the machine starts empty.
        from = Math.max(1, journal.stats().first);
      }
      for (const bytes of history.blobs('dedupe'))
        dedupe.load(new Uint32Array(bytes.slice().buffer), machine.state.nowMs);
    }
    writtenRows = acceptedRows();
    for await (const { seq, entry } of journal.read(from)) {
      entries += 1;
      if (entry.kind === 'values')
        for (const key of identities(entry.adapter, entry.batch)) dedupe.remember(key, entry.batch.receivedMs);
      machine.apply(seq, entry, block);
      if (seq <= cursor) {
        // Written before the stop.
        if (!isEmptyBlock(block)) block = blockBuilder();
        writtenRows = acceptedRows();
        continue;
      }
      entriesInBlock += 1;
      if (entriesInBlock >= BLOCK_ENTRIES) await write();
    }
    if (machine.state.seq <= cursor) block = blockBuilder();
    await write();
    return entries;
  }

  /** Writes the block with its cursor in one transaction, then tells the others. */
  async function write(): Promise<void> {
    clearTimeout(blockTimer);
    blockTimer = undefined;
    const seq = machine.state.seq;
    if (seq <= cursor && isEmptyBlock(block)) return;
    const full = block;
    const accepted = acceptedRows();
    block = blockBuilder();
    entriesInBlock = 0;
    await written({ ...historyBlock(full, seq), accepted: accepted - writtenRows });
    cursor = seq;
    writtenRows = accepted;
    room.shrinkOutbox();
    pictures.touch(full.touched);
    publish({
      seq,
      live: liveMessages(full),
      streams: pictures.due(awaiting.length > 0),
      newSeries: full.series.map((series) => series.id),
      state: stateNow(),
    });
    while (awaiting.length > 0 && (awaiting[0]?.seq ?? Infinity) <= seq) awaiting.shift()?.resolve();
    armTick();
    reviser?.look();
  }

  /** A block that cannot be written is kept and tried again: what follows it must not overtake it. */
  async function written(out: HistoryBlock): Promise<void> {
    for (;;) {
      try {
        await history.append(out);
        failure = null;
        return;
      } catch (error) {
        failure = error instanceof Error ? error.message : String(error);
        for (const tell of untilFailure.splice(0)) tell();
        if (isClosing) throw error;
        await new Promise((resolve) => setTimeout(resolve, WRITE_AGAIN_MS));
      }
    }
  }

  /** Blocks are written one after the other. */
  function flush(): Promise<void> {
    clearTimeout(blockTimer);
    blockTimer = undefined;
    writing = writing.then(write).catch(() => undefined);
    return writing;
  }

  function acceptedRows(): number {
    let n = 0;
    for (const counts of machine.state.adapters.values()) n += counts.accepted;
    return n;
  }

  function now(series: number): StreamNow | undefined {
    return streamNow(machine, series);
  }

  function liveMessages(full: BlockBuilder): LiveMessage[] {
    const live: LiveMessage[] = [];
    for (const point of full.points)
      if (!isSuperseded(point, full.revisions))
        live.push({ type: 'point', seq: point.seq, stream: machine.state.series[point.series]?.id ?? '', point });
    for (const event of full.events) live.push({ type: 'event', seq: event.seq, event });
    for (const alarm of full.alarms.values()) live.push({ type: 'alarm', seq: alarm.seq, alarm });
    return live.sort((a, b) => a.seq - b.seq);
  }

  function stateNow(): WriterState {
    const stats = journal.stats();
    const adapters: Record<string, WriterState['adapters'][string]> = {};
    const openGaps: Record<string, WriterState['openGaps'][string]> = {};
    let received = 0;
    let duplicate = 0;
    let refused = 0;
    let accepted = 0;
    for (const [id, counts] of machine.state.adapters) {
      received += counts.received;
      duplicate += counts.duplicate;
      refused += counts.refused;
      accepted += counts.accepted;
      if (counts.openGapMs !== null) openGaps[id] = { fromMs: counts.openGapMs, reason: counts.openGapReason };
      const openMs = counts.openGapMs === null ? 0 : Math.max(0, clock() - counts.openGapMs);
      adapters[id] = {
        lastValueMs: counts.lastValueMs === 0 ? null : counts.lastValueMs,
        received: counts.received,
        accepted: counts.accepted,
        duplicate: counts.duplicate,
        refused: counts.refused,
        gapSeconds: (counts.gapMs + openMs) / 1000,
      };
    }
    const whereabouts = room.whereabouts(accepted, writtenRows);
    const because = failure ?? room.refusal()?.message ?? warnings.notReadyBecause();
    return {
      ready: because === null,
      notReadyBecause: because,
      adapters,
      journal: {
        firstSeq: stats.first,
        lastSeq: stats.last,
        bytes: stats.bytes,
        damage: stats.damage.map((found) => `${found.segment}: ${found.what}`),
      },
      openGaps,
      cursor,
      sinkCursors: history.sinkCursors(),
      balance: { received, accepted, duplicate, refused, ...whereabouts },
      warnings: warnings.rows(whereabouts.lost),
      eventsByKind: Object.fromEntries(machine.state.events),
      pointsTotal: machine.state.points,
      eventHash: machine.state.eventHash,
      planHash: machine.state.planHash,
    };
  }

  /** Appends a tick when the next deadline falls due. */
  function armTick(): void {
    clearTimeout(tickTimer);
    const due = machine.deadlineMs();
    if (!Number.isFinite(due) || isClosing) return;
    tickTimer = setTimeout(
      () => {
        // The timer runs by a clock that is not ours: after a step back it is early.
        if (clock() < due) armTick();
        else void commit.append({ kind: 'tick', atMs: clock() }).catch(() => armTick());
      },
      Math.min(Math.max(0, due - clock()), 2_000_000_000),
    );
  }

  async function snapshot(): Promise<void> {
    // Entries may come in while a block is written; a snapshot is of a moment at which everything is.
    for (let i = 0; i < SNAPSHOT_TRIES; i++) {
      await flush();
      if (machine.state.seq === cursor) break;
    }
    const seq = machine.state.seq;
    if (seq === 0 || seq !== cursor) return;
    unsavedPrints = joined(unsavedPrints, dedupe.drain());
    const bytes = new Uint8Array(unsavedPrints.buffer, 0, unsavedPrints.byteLength);
    const isFlushed = room.needsFlushedSnapshots();
    history.saveSnapshot(seq, machine.snapshot(), bytes.length === 0 ? undefined : bytes, isFlushed);
    if (isFlushed) room.saved(seq);
    unsavedPrints = new Uint32Array(0);
    await room.trim();
  }

  function armSnapshot(afterMs: number): void {
    // One that fails is made up for by the next.
    const take = () => snapshot().catch(() => undefined);
    snapshotTimer = setTimeout(() => void take().then(() => !isClosing && armSnapshot(SNAPSHOT_MS)), afterMs);
  }

  armTick();
  armSnapshot(replayed > LONG_REPLAY ? 0 : SNAPSHOT_MS);
  reviser = createReviser({ machine, history, append: (entry) => commit.append(entry), now: clock });
  reviser.look();

  return {
    async append(entry) {
      if (failure !== null && block.measurements.length > WAITING_ROWS)
        throw new PumjilError('JOURNAL_FULL', {
          message: `the history cannot be written (${failure}) and ${block.measurements.length} values wait`,
          hint: 'Free space on the disk of data_dir; collection goes on by itself.',
          retryable: true,
        });
      // People and the plant's own time go on; what brings data waits, gaps too: they are put together while they wait.
      const refusal = entry.kind === 'values' || entry.kind === 'gap' ? room.refusal() : undefined;
      if (refusal !== undefined) throw refusal;
      const committed = await commit.append(entry);
      if (entry.kind === 'command' && entry.alarm === DISK_FAILED) warnings.acknowledge();
      if (entry.kind !== 'values') {
        // Commands are answered once applied and written, so that the next question sees them.
        await new Promise<void>((resolve) => {
          if (cursor >= committed.seq) return resolve();
          awaiting.push({ seq: committed.seq, resolve });
          void flush();
        });
      }
      return committed;
    },
    setLimits(limits) {
      room.set(limits);
      journal.setMaxBytes(limits.maxBytes);
    },
    state: stateNow,
    streams: () => [...machine.state.streams.keys()].map((series) => now(series)).filter((s) => s !== undefined),
    seriesIds: () => machine.state.series.map((series) => series.id),
    lastSourceMs() {
      const out: Record<string, Record<string, number>> = {};
      for (const [id, counts] of machine.state.adapters) out[id] = Object.fromEntries(counts.lastSourceMs);
      return out;
    },
    clock,
    history,
    async close() {
      isClosing = true;
      reviser?.close();
      pictures.close();
      clearTimeout(tickTimer);
      clearTimeout(snapshotTimer);
      // What is on its way to the disk belongs to this life.
      while (commit.inFlight > 0) await new Promise((next) => setImmediate(next));
      await snapshot().catch(() => undefined);
      await journal.close();
      await history.close();
    },
  };
}

function joined(a: Uint32Array<ArrayBuffer>, b: Uint32Array): Uint32Array<ArrayBuffer> {
  const both = new Uint32Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
