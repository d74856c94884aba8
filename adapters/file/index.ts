// The file adapter: takes CSV files from a watched folder, each whole or not at all.
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type Batch, type Context, defineAdapter, type Gap, type OpenBatch } from '../../src/component.ts';
import { codeOf, type Folders, foldersOf, moveInto, openFolders, watchStillness, writeMistakes } from './folder.ts';
import { type CheckedFile, checkFile, readBatches } from './import.ts';
import { type FileSettings, fileSettings } from './settings.ts';
import { createDecoders } from './text-decoder.ts';

/** Files whose check runs while the one before them is handed over. */
const CHECKED_AHEAD = 4;
/** Batches on their way to the journal at the same time. */
const MOST_WAITING = 16;

export default defineAdapter<FileSettings>({
  settings: fileSettings,
  async probe(settings, context) {
    await openFolders(foldersOf(settings), context.id);
  },
  collect: (settings, context) => collect(settings, context),
  tags: (settings) => (typeof settings.mapping.value === 'string' ? undefined : Object.keys(settings.mapping.value)),
  exempt: {
    A11: 'The source is a folder: taking a file means moving it to done or rejected, its content is never written.',
  },
});

/** The journal's side of a file: what was handed over and what became of it. */
interface Handover {
  waiting: number;
  isComplete: boolean;
  isRefused: boolean;
}

async function* collect(settings: FileSettings, context: Context): AsyncGenerator<Batch | Gap> {
  const folders = foldersOf(settings);
  const stillness = watchStillness(folders, settings);
  const desk = openDesk(folders, settings, context);
  await openFolders(folders, context.id);
  context.connected(folders.inbox);
  // Closes what an earlier run may have left open; files wait where they are, so no time went unobserved.
  const durableMs = context.lastDurableMs();
  if (durableMs !== undefined) yield { ...gapOf(durableMs, durableMs), reason: 'restart' };
  let lastSeenMs = context.now();
  let lostMs: number | undefined;
  try {
    while (!context.signal.aborted) {
      let names: string[] = [];
      try {
        names = await stillness.ready(performance.now());
        lastSeenMs = context.now();
        if (lostMs !== undefined) {
          await openFolders(folders, context.id);
          // Files carry their own times and wait where they are: the link came back, no time went unobserved.
          yield gapOf(lostMs, lostMs);
          lostMs = undefined;
          context.connected(folders.inbox);
        }
      } catch {
        if (lostMs === undefined) {
          lostMs = lastSeenMs;
          yield gapOf(lostMs, null);
        }
      }
      const waiting = names.filter((name) => !desk.isBusy(name));
      for (const [i, name] of waiting.entries()) {
        if (context.signal.aborted) break;
        for (const next of waiting.slice(i, i + CHECKED_AHEAD)) desk.check(next);
        yield* desk.take(name);
      }
      await desk.moveRest();
      await pause(settings.every_ms, undefined, { signal: context.signal }).catch(() => undefined);
    }
  } finally {
    await desk.settle();
  }
}

function gapOf(fromMs: number, toMs: number | null): Gap {
  return { kind: 'gap', tags: [], fromMs, toMs, reason: 'folder_unreachable' };
}

/** Hands files over and moves them when the journal has them. */
function openDesk(folders: Folders, settings: FileSettings, context: Context) {
  const decoders = createDecoders();
  const busy = new Set<string>();
  const moves = new Set<Promise<void>>();
  const stuck = new Set<string>();
  const checks = new Map<string, Promise<CheckedFile | string>>();
  let waiting = 0;
  let pausedUntilMs = 0;
  let wake: (() => void) | undefined;
  const ring = () => {
    wake?.();
    wake = undefined;
  };
  context.signal.addEventListener('abort', ring);

  function hand(batch: OpenBatch, name: string, file: Handover): Batch {
    waiting += 1;
    file.waiting += 1;
    const settle = (): boolean => {
      waiting -= 1;
      file.waiting -= 1;
      ring();
      return file.isComplete && file.waiting === 0;
    };
    return Object.assign(batch, {
      ack(): void {
        if (settle()) finish(name, file);
      },
      refuse(): void {
        file.isRefused = true;
        if (settle()) finish(name, file);
      },
    });
  }

  /** Called when every batch of a file is answered. */
  function finish(name: string, file: Handover): void {
    if (file.isRefused) {
      // It stays where it is and is read again; what the journal already has it knows by hash and row.
      pausedUntilMs = performance.now() + Math.max(1000, settings.every_ms);
      busy.delete(name);
      return;
    }
    const moving = moveToDone(name).finally(() => moves.delete(moving));
    moves.add(moving);
  }

  async function moveToDone(name: string): Promise<void> {
    try {
      await moveInto(join(folders.inbox, name), folders.done);
      stuck.delete(name);
      busy.delete(name);
    } catch (error) {
      if (codeOf(error) === 'ENOENT') {
        stuck.delete(name);
        busy.delete(name);
        return;
      }
      // Another program holds it open; it stays busy, so that it is not read twice, and is tried again.
      if (!stuck.has(name)) context.log.warn({ file: name, why: codeOf(error) }, 'file stored but not moved');
      stuck.add(name);
    }
  }

  async function reject(name: string, checked: CheckedFile): Promise<void> {
    const first = checked.mistakes[0];
    const where = first === undefined ? name : `${name}: line ${first.line}: ${first.en}`;
    context.refused(Math.max(1, checked.records), 'file_rejected', where);
    context.log.warn({ file: name, mistakes: checked.mistakes.length, first: where }, 'file rejected');
    try {
      await writeMistakes(await moveInto(join(folders.inbox, name), folders.rejected), checked.mistakes);
    } catch (error) {
      context.log.warn({ file: name, why: codeOf(error) }, 'rejected file not moved');
      return;
    }
    busy.delete(name);
  }

  /** Begins the check of a file. */
  function check(name: string): void {
    if (checks.has(name) || performance.now() < pausedUntilMs) return;
    checks.set(name, checkFile(join(folders.inbox, name), settings, context, decoders).catch(codeOf));
  }

  async function* take(name: string): AsyncGenerator<Batch> {
    const checked = await checks.get(name);
    checks.delete(name);
    if (checked === undefined) return;
    if (typeof checked === 'string') {
      // Held open by another program, or gone again: the next look decides.
      context.log.debug({ file: name, why: checked }, 'file not readable yet');
      return;
    }
    busy.add(name);
    if (checked.mistakes.length > 0) {
      await reject(name, checked);
      return;
    }
    const file: Handover = { waiting: 0, isComplete: false, isRefused: false };
    try {
      for await (const batch of readBatches(checked, settings, context, decoders)) {
        if (context.signal.aborted) return;
        if (batch === undefined) {
          context.log.warn({ file: name }, 'file changed while it was read');
          file.isRefused = true;
          break;
        }
        yield hand(batch, name, file);
        while (waiting >= MOST_WAITING && !context.signal.aborted) {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
        if (file.isRefused) break;
      }
    } catch (error) {
      if (context.signal.aborted) return;
      context.log.warn({ file: name, why: codeOf(error) }, 'file not read to its end');
      file.isRefused = true;
    }
    file.isComplete = true;
    if (file.waiting === 0) finish(name, file);
  }

  return {
    isBusy: (name: string): boolean => busy.has(name),
    check,
    take,
    async moveRest(): Promise<void> {
      for (const name of stuck) await moveToDone(name);
    },
    async settle(): Promise<void> {
      context.signal.removeEventListener('abort', ring);
      await Promise.all([...moves, ...checks.values()]);
    },
  };
}
