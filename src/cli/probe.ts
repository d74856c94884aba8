// Connects every adapter once, as `pumjil check --probe` shows it.
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Context, type Log, openBatch, PumjilError } from '../component.ts';
import type { Components } from '../config/components.ts';
import type { AdapterPlan, Plan } from '../config/plan.ts';

export interface ProbeResult {
  readonly adapter: string;
  readonly use: string;
  readonly isReachable: boolean;
  /** What the device said of itself; empty when it said nothing. */
  readonly detail: string;
  readonly milliseconds: number;
  readonly error: { readonly code: string; readonly message: string; readonly hint: string } | null;
}

/** No adapter may take longer, whatever its own timeouts are. */
const DEADLINE_MS = 30_000;

/**
 * Probes adapters, all at the same time; the answers come in the order of the file.
 *
 * @param only id of the one to probe; all when undefined
 * Each uses its folder below data_dir, where certificates lie; where that cannot be written, a temporary one.
 */
export async function probeAdapters(
  plan: Plan,
  components: Components,
  only: string | undefined,
  signal: AbortSignal,
): Promise<readonly ProbeResult[]> {
  const wanted = plan.adapters.filter((adapter) => only === undefined || adapter.id === only);
  return Promise.all(
    wanted.map((adapter) => probeOne(adapter, components, join(plan.data_dir, 'adapters', adapter.id), signal)),
  );
}

async function probeOne(
  plan: AdapterPlan,
  components: Components,
  own: string,
  outer: AbortSignal,
): Promise<ProbeResult> {
  const started = performance.now();
  const scratch = await mkdir(own, { recursive: true }).then(
    () => undefined,
    () => mkdtemp(join(tmpdir(), 'pumjil-probe-')),
  );
  const controller = new AbortController();
  let detail = '';
  const result = (error: ProbeResult['error']): ProbeResult => ({
    adapter: plan.id,
    use: plan.use,
    isReachable: error === null,
    detail,
    milliseconds: Math.round(performance.now() - started),
    error,
  });
  let timer: NodeJS.Timeout | undefined;
  try {
    const component = components.adapters.get(plan.use);
    if (component === undefined) throw new Error(`no adapter of kind ${plan.use}`);
    const adapter = await component.load();
    const context = probeContext(plan.id, scratch ?? own, AbortSignal.any([controller.signal, outer]), (text) => {
      detail = text;
    });
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(tooLate(plan.id)), DEADLINE_MS);
    });
    await Promise.race([adapter.probe(plan.settings, context), late]);
    return result(null);
  } catch (error) {
    if (error instanceof PumjilError) return result({ code: error.code, message: error.message, hint: error.hint });
    const message = `${plan.id}: ${error instanceof Error ? error.message : String(error)}`;
    return result({ code: 'ADAPTER_PROTOCOL', message, hint: 'This is a fault of the adapter. Please report it.' });
  } finally {
    clearTimeout(timer);
    controller.abort();
    if (scratch !== undefined) await rm(scratch, { recursive: true, force: true });
  }
}

function tooLate(id: string): PumjilError {
  return new PumjilError('ADAPTER_TIMEOUT', {
    message: `${id}: no result within ${DEADLINE_MS / 1000} s`,
    hint: 'Check address, firewall and whether the device is on.',
    retryable: true,
  });
}

function probeContext(id: string, folder: string, signal: AbortSignal, connected: (detail: string) => void): Context {
  const names: string[] = [];
  const silent: Log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
  return {
    id,
    signal,
    log: silent,
    folder,
    now: Date.now,
    tag(name) {
      const known = names.indexOf(name);
      if (known >= 0) return known;
      names.push(name);
      return names.length - 1;
    },
    batch: (capacity) => openBatch(names, Date.now(), capacity),
    lastDurableMs: () => undefined,
    connected: (detail = '') => connected(detail),
    refused: () => undefined,
    receive: () => undefined,
  };
}
