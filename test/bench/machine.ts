// From journal entry to points: the plant machine as the writer thread runs it, without the disk.
import type { Entry } from '../../src/journal/journal.ts';
import { GOOD, openBatch } from '../../src/measurement.ts';
import { blockBuilder } from '../../src/pipeline/block.ts';
import { createMachine } from '../../src/pipeline/machine.ts';
import { characteristic, config, START } from '../fixtures/entries.ts';
import { bytesEach, type Contender, cpuNs, type Report, seeded } from './measure.ts';

const STREAMS = 100;
/** Entries whose outputs go into one block, as the writer does. */
const BLOCK = 20;

/** The machine: values of 100 streams in entries of 1 and of 100. */
export async function benchMachine(report: Report): Promise<void> {
  for (const [chart, size] of [
    ['i-mr', 1],
    ['xbar-s', 5],
  ] as const)
    for (const rows of [1, 100]) {
      const n = rows === 1 ? 5000 : 20_000;
      const contender = machineOf(chart, size, rows);
      const [ns = Number.NaN] = await cpuNs([contender], n);
      const name = `${chart}, ${STREAMS} streams, ${rows} a entry`;
      report({ bench: 'machine', case: name, impl: 'pumjil', value: ns, unit: 'ns/value', n });
      const bytes = await bytesEach(contender, 2000);
      report({ bench: 'machine', case: name, impl: 'pumjil', value: bytes, unit: 'bytes/value', n: 2000 });
    }
}

function machineOf(chart: string, size: number, rows: number): Contender {
  const machine = createMachine();
  const names = Array.from({ length: STREAMS }, (_, i) => `t${i}`);
  const plan = names.map((name) =>
    characteristic({
      id: name,
      from: { tag: `cell7/${name}` },
      chart: { use: chart },
      subgroup: { size, close_on: [], partial: 'judge' },
    }),
  );
  let seq = 1;
  machine.apply(seq, config(...plan), blockBuilder());
  const random = seeded(7);
  let atMs = START;
  let next = 0;
  let made: Entry[] = [];
  const make = (): Entry => {
    const batch = openBatch(names, atMs, rows);
    for (let i = 0; i < rows; i++) {
      const tag = (next + i) % STREAMS;
      batch.add(tag, 10 + 0.1 * random.normal(), GOOD, BigInt(atMs) * 1_000_000n, {
        context: { lot: 'A1', cavity: '2' },
      });
    }
    next += rows;
    atMs += 10;
    return { kind: 'values', adapter: 'cell7', batch, received: rows, duplicate: 0, refused: 0 };
  };
  return {
    impl: 'pumjil',
    // A value older than the newest of its stream is not charted: each run has entries of its own.
    prepare(n) {
      made = Array.from({ length: n / rows }, make);
    },
    run() {
      let out = blockBuilder();
      for (const [i, entry] of made.entries()) {
        if (i % BLOCK === 0) out = blockBuilder();
        machine.apply(++seq, entry, out);
      }
    },
  };
}
