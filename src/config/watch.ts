// Follows the configuration file and tells what a change means.
import { createHash } from 'node:crypto';
import { type FSWatcher, watch } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { PumjilError } from '../errors.ts';
import type { Components } from './components.ts';
import type { Environment } from './fill-in.ts';
import { loadPlan } from './load.ts';
import type { Plan } from './plan.ts';

export interface WatchOptions {
  readonly path: string;
  readonly components: Components;
  readonly env: Environment;
  /** A changed file without mistakes. The next change waits until the promise settles. */
  onPlan(plan: Plan): void | Promise<void>;
  /** A changed file with mistakes (CONFIG_INVALID), or one that has gone (CONFIG_UNREADABLE): keep what is in force. Told once for each content. */
  onProblems(error: PumjilError): void | Promise<void>;
  /** Quiet time after a change before the file is read, ms. */
  readonly debounceMs?: number;
  /** Time between two looks where the system reports no changes (network drives), ms. */
  readonly pollMs?: number;
}

export interface PlanWatch {
  /** Looks now; resolves when what was found has been told. */
  check(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Watches the folder, so that editors which write a new file and rename it are seen; looks every few seconds besides. A file is
 * taken when its content has changed and stood still for `debounceMs`; what it holds when the watch begins counts as known.
 */
export function watchPlan(options: WatchOptions): PlanWatch {
  const path = resolve(options.path);
  const debounceMs = options.debounceMs ?? 300;
  let isClosed = false;
  let last: string | undefined;
  let timer: NodeJS.Timeout | undefined;
  // One look at a time, in order.
  let work: Promise<void> = digest(path).then((found) => {
    last = found;
  });

  const look = async (): Promise<void> => {
    const found = await digest(path);
    if (isClosed || found === last) return;
    last = found;
    let plan: Plan;
    try {
      plan = await loadPlan({ path, name: options.path, components: options.components, env: options.env });
    } catch (error) {
      if (!(error instanceof PumjilError)) throw error;
      await options.onProblems(error);
      return;
    }
    await options.onPlan(plan);
  };
  const check = (): Promise<void> => {
    work = work.then(look, look);
    return work;
  };
  const soon = (): void => {
    if (isClosed) return;
    clearTimeout(timer);
    // A rejected look is told to whoever calls check() or close() next.
    timer = setTimeout(() => void check().catch(() => undefined), debounceMs);
    timer.unref();
  };
  const watcher = watchFolder(dirname(path), basename(path), soon);
  const poll = setInterval(async () => {
    if ((await digest(path)) !== last) soon();
  }, options.pollMs ?? 5000);
  poll.unref();
  return {
    check,
    async close() {
      isClosed = true;
      clearTimeout(timer);
      clearInterval(poll);
      watcher?.close();
      await work.catch(() => undefined);
    },
  };
}

function watchFolder(folder: string, name: string, onChange: () => void): FSWatcher | undefined {
  try {
    const watcher = watch(folder, { persistent: false }, (_event, changed) => {
      if (changed === null || changed === name) onChange();
    });
    // A folder that goes away leaves the regular looks.
    watcher.on('error', () => watcher.close());
    return watcher;
  } catch {
    // No watching on this file system: the regular looks are enough.
    return undefined;
  }
}

async function digest(path: string): Promise<string> {
  try {
    return createHash('sha256')
      .update(await readFile(path))
      .digest('hex');
  } catch {
    return 'unreadable';
  }
}
