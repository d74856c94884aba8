// The embedded history: a plant hour written and one stream of it read, beside one row a value in SQLite.
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEmbeddedHistory } from '../../src/history/embedded/history.ts';
import { openReader } from '../../src/history/embedded/reader.ts';
import { type HistoryBlock, measurementColumns, type SeriesRow } from '../../src/history/history.ts';
import { openSqliteRows } from './idiomatic/sqlite-rows.ts';
import { cpuNs, type Figure, mustAgree, type Report, seeded } from './measure.ts';

const STREAMS = 100;
/** Each stream gives a value a second for an hour; a block is ten seconds of all. */
const SECONDS = 3600;
const BLOCK_SECONDS = 10;
const START_MS = 1_700_000_000_000;
const ROWS = STREAMS * SECONDS;
const ROUNDS = 5;

/** Appending 360,000 values and asking for one hour of one stream. */
export async function benchHistory(report: Report): Promise<void> {
  const blocks = hourOfBlocks();
  const folders: string[] = [];
  const folder = (): string => {
    const made = mkdtempSync(join(tmpdir(), 'pumjil-bench-history-'));
    folders.push(made);
    return made;
  };
  let ours = '';
  let plain = '';
  try {
    const appends = [
      {
        impl: 'pumjil',
        async run() {
          ours = join(folder(), 'plant.db');
          const history = openEmbeddedHistory({ file: ours });
          for (const block of blocks) await history.append(block);
          await history.close();
        },
      },
      {
        impl: 'SQLite rows',
        run() {
          plain = join(folder(), 'rows.db');
          const history = openSqliteRows(plain);
          for (const block of blocks) history.append(block);
          history.close();
        },
      },
    ];
    const name = `append ${STREAMS} streams × 1 h at 1/s`;
    const figure = (more: Pick<Figure, 'impl' | 'value' | 'unit'>): void =>
      report({ bench: 'history', case: name, n: ROWS, ...more });
    const ns = await cpuNs(appends, ROWS, ROUNDS);
    for (const [i, { impl }] of appends.entries()) {
      figure({ impl, value: ns[i]!, unit: 'ns/value' });
      figure({ impl, value: statSync(i === 0 ? ours : plain).size / ROWS, unit: 'file bytes/value' });
    }
    await benchQuery(ours, plain, report);
  } finally {
    for (const each of folders) rmSync(each, { recursive: true, force: true });
  }
}

async function benchQuery(oursFile: string, plainFile: string, report: Report): Promise<void> {
  const reader = openReader(oursFile);
  const rows = openSqliteRows(plainFile);
  const toMs = START_MS + SECONDS * 1000;
  const ask = (series: number) =>
    reader.measurements({ series: idOf(series), fromMs: START_MS, toMs, limit: 1_000_000 });
  try {
    const [mine, theirs] = [ask(37), rows.measurements(37, START_MS, toMs)];
    mustAgree('rows of one hour', mine.length, theirs.length);
    for (const [i, row] of mine.entries()) {
      mustAgree(`value ${i}`, row.value, theirs[i]!.value);
      mustAgree(`time ${i}`, Number(row.timeNs - theirs[i]!.timeNs), 0);
    }
    const contenders = [
      {
        impl: 'pumjil',
        run(n: number) {
          for (let i = 0; i < n; i++) ask((i * 31) % STREAMS);
        },
      },
      {
        impl: 'SQLite rows',
        run(n: number) {
          for (let i = 0; i < n; i++) rows.measurements((i * 31) % STREAMS, START_MS, toMs);
        },
      },
    ];
    const n = 20;
    const ns = await cpuNs(contenders, n);
    for (const [i, { impl }] of contenders.entries())
      report({
        bench: 'history',
        case: `query 1 h of one stream, ${SECONDS} values`,
        impl,
        value: ns[i]! / 1e6,
        unit: 'ms/query',
        n,
      });
  } finally {
    reader.close();
    rows.close();
  }
}

function idOf(series: number): string {
  return `L1.weight~CV-2100~${series}`;
}

function hourOfBlocks(): readonly HistoryBlock[] {
  const random = seeded(5);
  const series = Array.from({ length: STREAMS }, (_, ix): SeriesRow => {
    const [characteristic, part, split] = ['L1.weight', 'CV-2100', String(ix)];
    return { ix, id: idOf(ix), characteristic, part, split, line: 'L1', station: 'press3', isStream: true };
  });
  const contexts = Array.from({ length: 4 }, (_, i) => ({ lot: 'A1', cavity: String(i), order: 'WO-10023' }));
  return Array.from({ length: SECONDS / BLOCK_SECONDS }, (_, b) => {
    const m = measurementColumns();
    for (let s = 0; s < BLOCK_SECONDS; s++)
      for (let ix = 0; ix < STREAMS; ix++) {
        m.series.push(ix);
        m.seq.push(b + 1);
        m.ordinal.push(m.length);
        m.timeNs.push(BigInt(START_MS + (b * BLOCK_SECONDS + s) * 1000 + ix) * 1_000_000n);
        // A gauge with a resolution of 0.001.
        m.value.push(Math.round((42.6 + 0.06 * random.normal()) * 1000) / 1000);
        m.size.push(1);
        m.quality.push(0);
        m.reason.push(undefined);
        m.text.push(undefined);
        m.context.push(contexts[ix % 4]!);
        m.length += 1;
      }
    return { seq: b + 1, series: b === 0 ? series : [], measurements: m, points: [], events: [], alarms: [] };
  });
}
