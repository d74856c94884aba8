// Whether the plant takes measurements: the writer's own word, and what the journal said last.
import { PumjilError } from '../errors.ts';
import type { WriterState } from './messages.ts';
import type { Writer } from './writer-core.ts';

/** Time between two looks, ms. */
const LOOK_EVERY_MS = 1000;

export interface Readiness {
  /** Passes an append on and remembers how the journal took it. */
  watched<T>(append: Promise<T>): Promise<T>;
  /** The state with the journal's last word. */
  of(state: WriterState): WriterState;
  close(): void;
}

/**
 * Looks once a second whether the writer is still ready. While the journal takes nothing it is asked with a tick: a plant whose
 * senders have gone away because it was not ready must notice by itself that the disk has room again. An outbox that is full
 * is not asked: the writer itself knows when a sink has emptied it.
 *
 * @param changed called with the state when the reason why the plant is not ready, a warning, or what waits for a sink has changed
 */
export function createReadiness(writer: Writer, changed: (state: WriterState) => void): Readiness {
  let journalSays: string | null = null;
  let told = '';
  let isAsking = false;
  let isClosed = false;

  const readiness: Readiness = {
    async watched(append) {
      const before = journalSays;
      try {
        const taken = await append;
        journalSays = null;
        return taken;
      } catch (error) {
        if (error instanceof PumjilError && error.code.startsWith('JOURNAL_')) journalSays = error.message;
        throw error;
      } finally {
        if (!isClosed && journalSays !== before) tell();
      }
    },
    of(state) {
      const because = state.notReadyBecause ?? journalSays;
      return { ...state, ready: because === null && state.ready, notReadyBecause: because };
    },
    close() {
      isClosed = true;
      clearInterval(timer);
    },
  };

  async function ask(): Promise<void> {
    isAsking = true;
    await readiness.watched(writer.append({ kind: 'tick', atMs: writer.clock() })).catch(() => undefined);
    isAsking = false;
  }

  function look(): void {
    if (journalSays !== null && !isAsking && writer.state().notReadyBecause === null) void ask();
    tell();
  }

  function tell(): void {
    const state = readiness.of(writer.state());
    const { notReadyBecause, warnings, sinkCursors, balance } = state;
    const words = JSON.stringify([notReadyBecause, warnings, sinkCursors, balance.waiting, balance.lost]);
    if (words === told) return;
    told = words;
    changed(state);
  }

  const timer = setInterval(look, LOOK_EVERY_MS);
  return readiness;
}
