// Keeps journal and outbox inside the operator's limits, and tells where the accepted values are.
import type { Health } from '../api/plant.ts';
import { PumjilError } from '../errors.ts';
import type { EmbeddedHistory } from '../history/embedded/history.ts';
import type { Journal, Seq } from '../journal/journal.ts';
import type { WriterLimits } from './messages.ts';

/** Oldest outbox blocks that are never dropped: the sink takes so many at a time and may be sending them. */
const IN_HAND_BLOCKS = 8;
/** Part of the limit that the outbox keeps when its oldest blocks are dropped: not every block shall have to drop one. */
const KEPT = 15 / 16;

export interface RoomOptions {
  readonly history: EmbeddedHistory;
  readonly journal: Journal;
  readonly limits: WriterLimits;
  /** True when a sink takes its blocks from the outbox. */
  readonly hasOutbox: boolean;
  /** Last entry the machine has. */
  seq(): Seq;
  /** Takes a snapshot, or ends without one when plant.db takes nothing. */
  snapshot(): Promise<void>;
  /** ms since 1970. */
  now(): number;
}

export interface Room {
  limits(): WriterLimits;
  set(limits: WriterLimits): void;
  /** A snapshot that is on the disk: the journal may be trimmed up to it. */
  saved(seq: Seq): void;
  /** True when snapshots must be on the disk before the journal relies on them. */
  needsFlushedSnapshots(): boolean;
  /** Forgets journal segments older than keep_days, but never past the oldest snapshot. A sink does not need them: it has its outbox. */
  trim(): Promise<void>;
  /** Makes the journal smaller where the operator allows it: beyond keep_days, with drop_oldest up to the newest snapshot. */
  make(downToBytes: number): Promise<void>;
  /** With drop_oldest: drops the oldest outbox blocks when the limit is passed. Called after each block. */
  shrinkOutbox(): void;
  /** With stop: why nothing more is accepted, or undefined while there is room in the outbox. */
  refusal(): PumjilError | undefined;
  /**
   * Where the accepted values are.
   *
   * @param written of them those in plant.db
   */
  whereabouts(
    accepted: number,
    written: number,
  ): Pick<Health['balance'], 'stored' | 'waiting' | 'quarantined' | 'lost'>;
}

/** The limits of one data directory. */
export function createRoom(options: RoomOptions): Room {
  const { history, journal, hasOutbox } = options;
  let limits = options.limits;
  let savedSeq = 0;

  async function trim(): Promise<void> {
    const keepFrom = history.seqAt(options.now() - limits.keepMs);
    if (keepFrom === undefined) return;
    // A plant that stands still takes no newer ones in their place; to start anew only the newest is needed.
    history.forgetSnapshots(keepFrom);
    const oldest = history.oldestSnapshotSeq();
    if (oldest !== undefined) await journal.trim(Math.min(oldest, keepFrom));
  }

  const isDropping = (): boolean => limits.whenFull === 'drop_oldest';

  return {
    limits: () => limits,
    set(next) {
      limits = next;
    },
    saved(seq) {
      savedSeq = seq;
    },
    needsFlushedSnapshots: isDropping,
    trim,
    async make(downToBytes) {
      await trim().catch(() => undefined);
      if (!isDropping()) return;
      // Nothing is lost by it: what came of these entries is in plant.db, on the disk with the snapshot.
      if (savedSeq > 0) await journal.trim(history.oldestSnapshotSeq() ?? 0, downToBytes);
      if (journal.stats().bytes <= downToBytes) return;
      if (savedSeq < options.seq()) await options.snapshot();
      if (savedSeq === 0) return;
      history.forgetSnapshots(savedSeq);
      await journal.trim(history.oldestSnapshotSeq() ?? 0, downToBytes);
    },
    shrinkOutbox() {
      if (!hasOutbox || !isDropping() || history.outboxSize().bytes <= limits.maxBytes) return;
      try {
        history.dropOutbox(limits.maxBytes * KEPT, IN_HAND_BLOCKS);
      } catch {
        // plant.db takes nothing at the moment: after the next block.
      }
    },
    refusal() {
      if (!hasOutbox || isDropping() || history.outboxSize().bytes < limits.maxBytes) return undefined;
      return new PumjilError('JOURNAL_FULL', {
        message: `InfluxDB does not keep up: what waits for it in plant.db has reached the limit of ${limits.maxBytes} bytes`,
        hint: 'Start InfluxDB again or mend the way to it; collection goes on by itself. Or raise journal.max_gb, or set journal.when_full to drop_oldest.',
        retryable: true,
      });
    },
    whereabouts(accepted, written) {
      const unwritten = accepted - written;
      if (!hasOutbox) return { stored: written, waiting: unwritten, quarantined: 0, lost: 0 };
      const { values } = history.outboxSize();
      const lost = history.lost();
      const taken = Math.max(0, written - values - lost);
      // Refused lines are counted, and one value may stand in several.
      const quarantined = Math.min(history.quarantined(), taken);
      return { stored: taken - quarantined, waiting: unwritten + values, quarantined, lost };
    },
  };
}
