// A supervisor's context for tests: everything an adapter tells it is collected, everything it asks for can be set.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Context, type Delivery, type DeliveryReply, type Log, openBatch } from '../../src/component.ts';

export interface LogLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly fields: Readonly<Record<string, unknown>>;
  readonly message: string;
}

export interface Refusal {
  readonly count: number;
  readonly reason: string;
  readonly sample: string | undefined;
}

export interface TestContextOptions {
  /** Uses this folder instead of a new temporary one; `dispose` then leaves it alone. */
  readonly folder?: string;
  /** Durable source times (ms since 1970) at the start: by tag, and `''` for any tag. */
  readonly durableMs?: Readonly<Record<string, number>>;
  /** Clock, ms since 1970; default the real one. */
  readonly now?: () => number;
}

export interface TestContext extends Context {
  readonly controller: AbortController;
  /** Names of the tags by index, in the order the adapter asked for them. */
  readonly tagNames: readonly string[];
  readonly logs: readonly LogLine[];
  readonly refusals: readonly Refusal[];
  /** One entry for every call of `connected`. */
  readonly connections: readonly string[];
  abort(): void;
  /** Sets what `lastDurableMs` answers, for one tag or, without a name, for any tag of the instance. */
  setDurableMs(ms: number | undefined, tag?: string): void;
  /** Posts to the handler given to `receive`; 503 while there is none or after the abort, as the server answers. */
  deliver(delivery: Delivery): Promise<DeliveryReply>;
  /** True once the adapter takes deliveries (`receive`). */
  isReceiving(): boolean;
  /** Aborts and removes the temporary folder. */
  dispose(): void;
}

/**
 * A context for one instance of an adapter.
 *
 * @example
 * const context = testContext('press3');
 * context.tag('cushion'); // => 0
 * context.dispose();
 */
export function testContext(id: string, options: TestContextOptions = {}): TestContext {
  const controller = new AbortController();
  const ownFolder = options.folder === undefined;
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), `pumjil-${id}-`));
  const tagNames: string[] = [];
  const tagIndex = new Map<string, number>();
  const logs: LogLine[] = [];
  const refusals: Refusal[] = [];
  const connections: string[] = [];
  const durable = new Map<string, number>(Object.entries(options.durableMs ?? {}));
  const now = options.now ?? (() => Date.now());
  let handler: ((delivery: Delivery) => Promise<DeliveryReply>) | undefined;

  const write =
    (level: LogLine['level']) =>
    (fields: object, message: string): void => {
      logs.push({ level, fields: { ...fields }, message });
    };
  const log: Log = { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };

  return {
    id,
    folder,
    log,
    controller,
    signal: controller.signal,
    tagNames,
    logs,
    refusals,
    connections,
    now,
    tag(name) {
      const known = tagIndex.get(name);
      if (known !== undefined) return known;
      tagNames.push(name);
      tagIndex.set(name, tagNames.length - 1);
      return tagNames.length - 1;
    },
    batch: (capacity) => openBatch(tagNames, now(), capacity),
    lastDurableMs: (tag) => durable.get(tag ?? ''),
    connected(detail) {
      connections.push(detail ?? '');
    },
    refused(count, reason, sample) {
      refusals.push({ count, reason, sample });
    },
    receive(given) {
      handler = given;
    },
    abort: () => controller.abort(),
    setDurableMs(ms, tag = '') {
      if (ms === undefined) durable.delete(tag);
      else durable.set(tag, ms);
    },
    async deliver(delivery) {
      if (handler === undefined || controller.signal.aborted) return { status: 503, body: null };
      return handler(delivery);
    },
    isReceiving: () => handler !== undefined,
    dispose() {
      controller.abort();
      if (ownFolder) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
