// What every adapter must do (DESIGN section 9, A1 to A11), against its own testbed. An adapter gets these tests by existing:
// adapters/<name>/{index.ts, testbed.ts, sample.yaml}. A line it cannot have is exempted with a reason in `adapter.exempt`.
// The testbed is started once and shared; its settings must be valid for several connections one after another.
import { mkdirSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { type Adapter, ERROR_CATALOGUE, type ExpectedRow, PumjilError, type Testbed } from '../../src/component.ts';
import { type TestContext, testContext } from './context.ts';
import { undescribed } from './schema.ts';
import { type DeliveredRow, type Supervised, type SuperviseOptions, supervise } from './supervise.ts';

/** The lines of the contract, in the order in which they run. */
export const ADAPTER_CONTRACT = {
  A1: 'probe of a device that is not there fails in time, with a code and a hint',
  A2: 'values, units, texts, contexts and device times arrive as the device made them',
  A3: 'an abort ends collect within 1 s and leaves no handle open',
  A4: 'a cut becomes a gap, values come back by themselves, the gap is closed at both ends, nothing else is lost',
  A5: 'a device fault becomes bad quality and NaN with a reason, never a number',
  A6: 'a slow consumer costs bounded memory, and what was dropped is declared and counted',
  A7: 'an unacknowledged record comes again, an acknowledged one does not',
  A8: 'an unknown setting is refused by name, the sample is valid, every setting is described',
  A9: 'random bytes never crash it, and values come afterwards',
  A10: 'two instances share nothing',
  A11: 'it never writes to the device',
} as const;

export type ContractLine = keyof typeof ADAPTER_CONTRACT;

export interface AdapterContractFiles {
  /** Text of sample.yaml: a whole `adapters: { id: { use: … } }` fragment, or the settings of one instance. */
  readonly sampleYaml: string;
  /** A folder for the testbeds, removed by the caller. */
  readonly folder: string;
}

/** Bytes the memory of the process may grow while a consumer stands still. */
const SLOW_CONSUMER_BYTES = 64 * 1024 * 1024;

/** Registers the tests A1 to A11 of one adapter. */
export function adapterContract(
  name: string,
  adapter: Adapter<unknown>,
  startTestbed: (folder: string) => Promise<Testbed>,
  { sampleYaml, folder }: AdapterContractFiles,
): void {
  let testbed: Testbed;
  const contexts: TestContext[] = [];
  let instances = 0;

  beforeAll(async () => {
    testbed = await startTestbed(folder);
  }, 60_000);

  afterAll(async () => {
    for (const context of contexts) context.dispose();
    await testbed.stop();
  }, 30_000);

  function open(bed: Testbed = testbed, from?: TestContext): TestContext {
    instances += 1;
    const context = testContext(`${name}${instances}`, from === undefined ? {} : { folder: from.folder });
    const durable = from?.lastDurableMs();
    if (durable !== undefined) context.setDurableMs(durable);
    contexts.push(context);
    bed.attach?.(context);
    return context;
  }

  async function start(context: TestContext, bed: Testbed = testbed, options?: SuperviseOptions): Promise<Supervised> {
    const running = supervise(adapter, adapter.settings.parse(bed.settings), context, options);
    await running.until('context.connected() or context.receive()', () => isThere(context));
    return running;
  }

  function line(id: ContractLine, body: () => Promise<void> | void, limitMs = 30_000): void {
    const reason = adapter.exempt?.[id];
    const title = `${name} ${id}: ${ADAPTER_CONTRACT[id]}`;
    if (reason === undefined) test(title, body, limitMs);
    else test.skip(`${title} (exempt: ${reason})`, () => undefined);
  }

  line('A1', async () => {
    const settings = adapter.settings.parse(testbed.absent);
    const began = performance.now();
    const error = await adapter.probe(settings, open()).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(performance.now() - began).toBeLessThan(10_000);
    expect(error).toBeInstanceOf(PumjilError);
    const told = error as PumjilError;
    expect(Object.keys(ERROR_CATALOGUE)).toContain(told.code);
    expect(told.message.length).toBeGreaterThan(10);
    expect(told.hint.length).toBeGreaterThan(10);
    await adapter.probe(adapter.settings.parse(testbed.settings), open());
  });

  line('A2', async () => {
    const running = await start(open());
    for (let record = 0; record < 5; record++) await arrive(running, await testbed.emit());
    await running.stop();
  });

  line('A3', async () => {
    const before = openHandles();
    const running = await start(open());
    await arrive(running, await testbed.emit());
    expect(await running.stop()).toBeLessThan(1000);
    const idle = supervise(adapter, adapter.settings.parse(testbed.absent), open());
    expect(await idle.stop()).toBeLessThan(1000);
    await settled(() => openHandles() <= before, `${openHandles()} handles are open, ${before} before`);
  });

  line('A4', async () => {
    const context = open();
    const running = await start(context);
    await arrive(running, await testbed.emit());
    const seenGaps = running.gaps.length;
    const seenRetries = running.retries.length;
    const cutMs = Date.now();
    await testbed.cut();
    await running.until('an open gap, or a retryable error', () => {
      const opened = running.gaps.slice(seenGaps).some((gap) => gap.toMs === null);
      return opened || running.retries.length > seenRetries;
    });
    const restoredMs = Date.now();
    await testbed.restore();
    const closed = await running.until('a gap with both ends over the cut', () =>
      running.gaps.slice(seenGaps).find(
        (gap) =>
          gap.toMs !== null &&
          gap.fromMs <= cutMs + 50 &&
          // A source that keeps what it could not deliver (broker session, files) closes with no length: nothing is missing.
          (gap.toMs >= restoredMs || gap.toMs === gap.fromMs),
      ),
    );
    expect(closed.reason).toMatch(/^[a-z][a-z0-9_]*$/);
    for (let record = 0; record < 3; record++) await arrive(running, await testbed.emit());
    expect(running.gaps.at(-1)?.toMs).not.toBeNull();
    await running.stop();
  });

  line('A5', async () => {
    if (testbed.fault === undefined)
      throw new Error('the testbed has no fault(): write it, or exempt A5 with a reason');
    const running = await start(open());
    await arrive(running, await testbed.emit());
    const expected = await testbed.fault();
    expect(expected.length).toBeGreaterThan(0);
    const bad = await running.until('the bad rows', () => found(running.rows, expected));
    for (const row of bad) {
      expect(row.quality).toBe(2);
      expect(row.value).toBeNaN();
      expect(row.reason).toMatch(/^[a-z][A-Za-z0-9_]*$/);
    }
    await arrive(running, await testbed.emit());
    await running.stop();
  });

  line('A6', async () => {
    const running = await start(open());
    await arrive(running, await testbed.emit());
    running.hold();
    const before = process.memoryUsage();
    const emitted: ExpectedRow[] = [];
    const until = performance.now() + 3000;
    while (performance.now() < until && emitted.length < 20_000) emitted.push(...(await testbed.emit()));
    const after = process.memoryUsage();
    const growth = after.heapUsed + after.external - before.heapUsed - before.external;
    expect(growth).toBeLessThan(SLOW_CONSUMER_BYTES);
    running.resume();
    await arrive(running, await testbed.emit());
    await running.until('every record emitted meanwhile delivered, or declared missing', () => {
      const absent = emitted.length - count(running.rows, emitted);
      const declared = running.gaps.reduce((sum, gap) => sum + (gap.missing ?? 0), 0);
      return declared >= absent;
    });
    await running.stop();
  });

  line('A7', async () => {
    if (testbed.redeliver === undefined || testbed.acknowledged === undefined) {
      throw new Error('the testbed has no redeliver() and acknowledged(): write them, or exempt A7 with a reason');
    }
    const { redeliver, acknowledged } = { redeliver: testbed.redeliver, acknowledged: testbed.acknowledged };
    const context = open();
    const running = await start(context, testbed, { acknowledge: false });
    const emitting = testbed.emit();
    const expected = await Promise.race([emitting, failAfter(10_000, 'emit() waits for the acknowledgement')]);
    await arrive(running, expected);
    expect(acknowledged.call(testbed)).toBe(false);
    const first = running.rows.length;
    const again = redeliver.call(testbed);
    await running.until('the unacknowledged record again', () => found(running.rows.slice(first), expected), 15_000);
    running.acknowledge();
    await running.until('the source to see the acknowledgement', () => {
      running.acknowledge();
      return acknowledged.call(testbed);
    });
    await again;
    await running.stop();
    const next = await start(open(testbed, context));
    await arrive(next, await testbed.emit());
    expect(count(next.rows, expected)).toBe(0);
    await next.stop();
  });

  line('A8', () => {
    const refused = adapter.settings.safeParse({ ...(testbed.settings as object), no_such_setting: 1 });
    expect(refused.success).toBe(false);
    expect(refused.error?.message).toContain('no_such_setting');
    const samples = sampleSettings(name, sampleYaml);
    expect(samples.length).toBeGreaterThan(0);
    for (const sample of samples) expect(adapter.settings.safeParse(sample).error?.message).toBeUndefined();
    expect(undescribed(adapter.settings)).toEqual([]);
  });

  line(
    'A9',
    async () => {
      if (testbed.garbage === undefined)
        throw new Error('the testbed has no garbage(): write it, or exempt A9 with a reason');
      const running = await start(open());
      await arrive(running, await testbed.emit());
      const random = noise(0x5eed);
      for (const length of [1, 3, 8, 13, 64, 255, 1024, 4096]) {
        await testbed.garbage(Uint8Array.from({ length }, () => random() * 256));
      }
      await arriveEventually(running, testbed);
      await running.stop();
    },
    60_000,
  );

  line(
    'A10',
    async () => {
      mkdirSync(`${folder}-second`, { recursive: true });
      const other = await startTestbed(`${folder}-second`);
      try {
        const [a, b] = [await start(open()), await start(open(other), other)];
        const ours = await testbed.emit();
        const theirs = await other.emit();
        await arrive(a, ours);
        await arrive(b, theirs);
        expect(await a.stop()).toBeLessThan(1000);
        await arrive(b, await other.emit());
        expect(b.retries).toEqual([]);
        await b.stop();
      } finally {
        await other.stop();
      }
    },
    60_000,
  );

  line('A11', () => {
    expect(testbed.writes()).toBe(0);
  });
}

function isThere(context: TestContext): boolean {
  return context.connections.length > 0 || context.isReceiving();
}

async function arrive(running: Supervised, expected: readonly ExpectedRow[]): Promise<void> {
  await running
    .until(`rows ${describe(expected)}`, () => found(running.rows, expected))
    .catch((error: Error) => {
      throw new Error(`${error.message}; last rows: ${describe(running.rows.slice(-6))}`, { cause: error.cause });
    });
}

/** After damage the first record may fall into the reconnection: emits until one arrives whole. */
async function arriveEventually(running: Supervised, testbed: Testbed): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const expected = await testbed.emit();
    try {
      await running.until('a record after the damage', () => found(running.rows, expected), 2000);
      return;
    } catch (error) {
      if (attempt === 10) throw error;
    }
  }
}

/** The delivered rows that answer to the expected ones, or undefined while one is absent. */
function found(rows: readonly DeliveredRow[], expected: readonly ExpectedRow[]): DeliveredRow[] | undefined {
  const matches: DeliveredRow[] = [];
  for (const want of expected) {
    const match = rows.findLast((row) => matchesRow(row, want));
    if (match === undefined) return undefined;
    matches.push(match);
  }
  return matches;
}

function count(rows: readonly DeliveredRow[], expected: readonly ExpectedRow[]): number {
  const byTag = Map.groupBy(rows, (row) => row.tag);
  return expected.filter((want) => byTag.get(want.tag)?.some((row) => matchesRow(row, want))).length;
}

function matchesRow(row: DeliveredRow, want: ExpectedRow): boolean {
  if (row.tag !== want.tag || row.quality !== want.quality || !Object.is(row.value, want.value)) return false;
  if (want.timeMs !== undefined && Math.abs(row.timeMs - want.timeMs) > 0.001) return false;
  if (want.text !== undefined && row.text !== want.text) return false;
  return Object.entries(want.context ?? {}).every(([key, value]) => row.context[key] === value);
}

function describe(
  rows: readonly {
    tag: string;
    value: number;
    quality: number;
    timeMs?: number;
    text?: string | undefined;
    reason?: string | undefined;
  }[],
): string {
  const shown = rows.map(
    (row) =>
      `${row.tag}=${row.text ?? row.value}/${row.quality}@${row.timeMs ?? '-'}${row.reason ? ` ${row.reason}` : ''}`,
  );
  return `[${shown.join(', ')}]`;
}

function openHandles(): number {
  const kinds = ['TCPSocketWrap', 'TLSWrap', 'TCPServerWrap', 'FSEventWrap', 'PipeWrap', 'UDPWrap'];
  return process.getActiveResourcesInfo().filter((kind) => kinds.includes(kind)).length;
}

async function settled(look: () => boolean, otherwise: string, limitMs = 2000): Promise<void> {
  const deadline = performance.now() + limitMs;
  while (!look()) {
    if (performance.now() > deadline) throw new Error(otherwise);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function failAfter(ms: number, message: string): Promise<never> {
  return new Promise((_, reject) => setTimeout(() => reject(new Error(message)), ms).unref());
}

function sampleSettings(name: string, yaml: string): unknown[] {
  const document = parse(yaml) as Record<string, unknown>;
  const instances = 'adapters' in document ? Object.values(document.adapters as object) : [document];
  return instances
    .filter((instance: { use?: string }) => instance.use === undefined || instance.use === name)
    .map(({ use: _, ...settings }: { use?: string }) => settings);
}

/** Marsaglia's xorshift32: the same bytes in every run. */
function noise(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}
