// Decode, judge, take the events: what arrives as binary records, or as JSON in arrays of a thousand, at 10,000 streams.
import type { StandardKernel } from '../../../src/spc/standard/kernel.ts';
import { createStandard } from '../../../src/spc/standard/standard.ts';
import { median, type Report } from '../measure.ts';
import { cpuOf } from './contenders.ts';
import { type PlantData, plantData } from './data.ts';
import { openPlant } from './plant.ts';

const STREAMS = 10_000;
const ROUNDS = 7;
/** Bytes of a binary record: stream (4), value and time (8 each), little-endian. */
const RECORD = 20;
const BINARY_BLOCK = 1024;
const JSON_BLOCK = 1000;

/** Both ways in. */
export async function benchPipeline(report: Report): Promise<void> {
  const binary = plantData(STREAMS, 1 << 20, 'uniform');
  await benchWay('columns of 20-byte records', binary, fromRecords(binary), report);
  const text = plantData(STREAMS, 200_000, 'uniform');
  await benchWay('JSON in arrays of 1000', text, fromJson(text), report);
}

/** Feeds a kernel everything once; returns the events' bits, summed, so that they are looked at. */
type Way = (kernel: StandardKernel) => number;

async function benchWay(name: string, data: PlantData, way: Way, report: Report): Promise<void> {
  const n = data.ix.length;
  const kernel = createStandard();
  openPlant(kernel, data);
  const start = kernel.snapshot();
  const plain = createStandard({ implementation: 'typescript', block: n });
  openPlant(plain, data);
  plain.process(data.ix, data.x, data.t, 0, n);
  const samples: number[] = [];
  for (let round = -1; round < ROUNDS; round++) {
    kernel.restore(start);
    let bits = 0;
    const ns = cpuOf(() => {
      bits = way(kernel);
    });
    if (bits === 0 || kernel.eventHash() !== plain.eventHash()) throw new Error(`${name}: other events`);
    if (round >= 0) samples.push(ns / n);
  }
  const figure = { bench: 'core', case: `${name} to events, ${STREAMS} streams`, impl: kernel.implementation, n };
  report({ ...figure, value: median(samples), unit: 'ns/point' });
  report({ ...figure, value: 1e3 / median(samples), unit: 'M points/s' });
}

function eventBits({ events }: StandardKernel, found: number): number {
  let bits = 0;
  for (let e = 0; e < found; e++) bits = (bits + events.bits[e]!) >>> 0;
  return bits;
}

function fromRecords({ ix, x, t }: PlantData): Way {
  const view = new DataView(new ArrayBuffer(ix.length * RECORD));
  for (let i = 0; i < ix.length; i++) {
    view.setUint32(i * RECORD, ix[i]!, true);
    view.setFloat64(i * RECORD + 4, x[i]!, true);
    view.setFloat64(i * RECORD + 12, t[i]!, true);
  }
  return (kernel) => {
    const { columns } = kernel;
    let bits = 0;
    for (let at = 0; at < ix.length; at += BINARY_BLOCK) {
      const n = Math.min(BINARY_BLOCK, ix.length - at);
      for (let i = 0, byte = at * RECORD; i < n; i++, byte += RECORD) {
        columns.ix[i] = view.getUint32(byte, true);
        columns.x[i] = view.getFloat64(byte + 4, true);
        columns.t[i] = view.getFloat64(byte + 12, true);
      }
      bits += eventBits(kernel, kernel.process(columns.ix, columns.x, columns.t, 0, n));
    }
    return bits;
  };
}

interface Message {
  readonly tag: string;
  readonly value: number | null;
  readonly t: number;
}

function fromJson({ ix, x, t }: PlantData): Way {
  const name = (s: number): string => `line${s % 7}/press${s}`;
  const streamOf = new Map(Array.from({ length: STREAMS }, (_, s) => [name(s), s]));
  const bodies: string[] = [];
  for (let at = 0; at < ix.length; at += JSON_BLOCK) {
    const rows = Array.from(ix.subarray(at, at + JSON_BLOCK), (s, i) => ({
      tag: name(s),
      value: x[at + i],
      t: t[at + i],
    }));
    bodies.push(JSON.stringify(rows));
  }
  return (kernel) => {
    const { columns } = kernel;
    let bits = 0;
    for (const body of bodies) {
      const rows = JSON.parse(body) as readonly Message[];
      for (let i = 0; i < rows.length; i++) {
        const { tag, value, t: time } = rows[i]!;
        columns.ix[i] = streamOf.get(tag)!;
        columns.x[i] = value ?? Number.NaN;
        columns.t[i] = time;
      }
      bits += eventBits(kernel, kernel.process(columns.ix, columns.x, columns.t, 0, rows.length));
    }
    return bits;
  };
}
