// The journal: bytes of an entry, and entries made durable, beside JSON lines.
import { mkdtempSync, rmSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeEntry } from '../../src/journal/codec.ts';
import type { Journal, ValuesEntry } from '../../src/journal/journal.ts';
import { openJournal } from '../../src/journal/segments.ts';
import { GOOD, openBatch } from '../../src/measurement.ts';
import { type Contender, cpuNs, median, type Report, seeded } from './measure.ts';

const TAGS = Array.from({ length: 16 }, (_, i) => `tag${i}`);
/** Appends that may wait for the same flush. */
const IN_FLIGHT = 64;

/** Encoding and durable appending of entries of 1, 16 and 256 values. */
export async function benchJournal(report: Report): Promise<void> {
  for (const rows of [1, 16, 256]) {
    const entries = Array.from({ length: 64 }, (_, i) => entryOf(rows, i));
    await benchEncode(entries, rows, report);
    await benchAppend(entries, rows, report);
  }
}

async function benchEncode(entries: readonly ValuesEntry[], rows: number, report: Report): Promise<void> {
  let bytes = 0;
  const contenders: Contender[] = [
    {
      impl: 'pumjil',
      run(n) {
        bytes = 0;
        for (let i = 0; i < n / rows; i++) bytes += encodeEntry(entries[i % entries.length]!).payload.length;
      },
    },
    {
      impl: 'JSON lines',
      run(n) {
        bytes = 0;
        for (let i = 0; i < n / rows; i++) bytes += jsonLine(entries[i % entries.length]!).length;
      },
    },
  ];
  const n = rows === 1 ? 20_000 : 50_000 - (50_000 % rows);
  const ns = await cpuNs(contenders, n);
  for (const [i, contender] of contenders.entries()) {
    const name = `encode, ${rows} values an entry`;
    report({ bench: 'journal', case: name, impl: contender.impl, value: ns[i]!, unit: 'ns/value', n });
    await contender.run(n);
    report({ bench: 'journal', case: name, impl: contender.impl, value: bytes / n, unit: 'file bytes/value', n });
  }
}

/** Durable: the journal shares a flush among all that wait; the plain form writes a line and flushes it, one after the other. */
async function benchAppend(entries: readonly ValuesEntry[], rows: number, report: Report): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'pumjil-bench-journal-'));
  const journal = await openJournal({ folder });
  const lines = await open(join(folder, 'lines.jsonl'), 'a');
  const seconds = new Map<string, number[]>();
  const contenders: Contender[] = [
    timed('pumjil', seconds, (n) => appendAll(journal, entries, n / rows)),
    timed('JSON lines', seconds, (n) => writeAll(lines, entries, n / rows)),
  ];
  const n = rows * (rows === 256 ? 128 : 1024);
  try {
    const ns = await cpuNs(contenders, n, 5);
    for (const [i, { impl }] of contenders.entries()) {
      const name = `append durably, ${rows} values an entry`;
      report({ bench: 'journal', case: name, impl, value: ns[i]!, unit: 'ns/value', n });
      // The first run warmed up.
      const wall = median(seconds.get(impl)!.slice(1));
      report({ bench: 'journal', case: name, impl, value: n / wall, unit: 'values/s', n });
    }
  } finally {
    await journal.close();
    await lines.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function timed(impl: string, seconds: Map<string, number[]>, work: (n: number) => Promise<void>): Contender {
  seconds.set(impl, []);
  return {
    impl,
    async run(n) {
      const began = performance.now();
      await work(n);
      seconds.get(impl)!.push((performance.now() - began) / 1000);
    },
  };
}

async function appendAll(journal: Journal, entries: readonly ValuesEntry[], count: number): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) await journal.append(entries[next++ % entries.length]!);
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, worker));
}

async function writeAll(file: FileHandle, entries: readonly ValuesEntry[], count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    await file.write(jsonLine(entries[i % entries.length]!));
    await file.datasync();
  }
}

function jsonLine(entry: ValuesEntry): Buffer {
  const { batch } = entry;
  const rows = Array.from({ length: batch.length }, (_, i) => ({
    tag: batch.tagNames[batch.tag[i]!],
    value: batch.value[i],
    quality: batch.quality[i],
    t: Number(batch.sourceTimeNs[i]! / 1_000_000n),
    context: batch.contexts[batch.context[i]!],
  }));
  const line = JSON.stringify({ kind: entry.kind, adapter: entry.adapter, received: entry.received, rows });
  return Buffer.from(`${line}\n`);
}

function entryOf(rows: number, seed: number): ValuesEntry {
  const random = seeded(seed + 1);
  const batch = openBatch(TAGS, 1_700_000_000_000, rows);
  for (let i = 0; i < rows; i++)
    batch.add(i % TAGS.length, 10 + random.normal(), GOOD, BigInt(1_700_000_000_000 + i * 7) * 1_000_000n, {
      context: { lot: 'A1', cavity: String(i % 4) },
    });
  return { kind: 'values', adapter: 'press3', batch, received: rows, duplicate: 0, refused: 0 };
}
