// The standard kernel in plain TypeScript: the reference of its WebAssembly form, and what runs where there is none.
import { addToHash } from './event-hash.ts';
import { rowOf, wordTable, zoneOf } from './lanes.ts';
import { HEAD, RAW, RECORD, RECORD_BYTES, SIGNALS, signalsOf } from './layout.ts';
import { type MemoryPlan, setsAt } from './memory.ts';
import type { StandardDesign } from './settings.ts';

/** Takes points `from` to `to` of the columns; every stream exists. Returns the number of events. */
export type PlainRun = (ix: Uint32Array, x: Float64Array, t: Float64Array, from: number, to: number) => number;

const DOUBLES = RECORD_BYTES / 8;
const WORDS = RECORD_BYTES / 4;
const MOST_COUNT = 0xffffffff;

/** The kernel over one buffer; made anew when the buffer grows. Nothing is allocated and nothing thrown while it runs. */
export function plainRun(buffer: ArrayBuffer, capacity: number, plan: MemoryPlan, design: StandardDesign): PlainRun {
  const numbers = new Float64Array(buffer, plan.records, capacity * DOUBLES);
  const words = new Uint32Array(buffer, plan.records, capacity * WORDS);
  const sets = new Uint32Array(buffer, setsAt(plan, capacity), capacity);
  const table = wordTable();
  const totals = new Float64Array(buffer, 0, 2);
  const hash = new Uint32Array(buffer, HEAD.hash, 2);
  const point = new Uint32Array(buffer, plan.eventPoint, design.block);
  const stream = new Uint32Array(buffer, plan.eventStream, design.block);
  const bits = new Uint32Array(buffer, plan.eventBits, design.block);
  const { lambda, rest, k, h, rangeLimit, ewmaLimits } = design;
  const { lastLimit } = plan;
  const { first, step } = plan.numbering;
  let events = 0;

  function raise(i: number, s: number, count: number, signals: number): void {
    point[events] = i;
    stream[events] = first + s * step;
    bits[events] = signals;
    events += 1;
    addToHash(hash, 0, first + s * step, count, signals);
  }

  /** A value that is not judged: raises `flag` unless it holds already, counts, and leaves the rest of the record. */
  function refuse(i: number, s: number, flag: number, signal: number, total: number): void {
    totals[total] = totals[total]! + 1;
    const raw = words[s * WORDS + RECORD.raw / 4]!;
    if ((raw & flag) !== 0) return;
    words[s * WORDS + RECORD.raw / 4] = raw | flag;
    raise(i, s, words[s * WORDS + RECORD.count / 4]!, signal);
  }

  return (ix, xs, ts, from, to) => {
    events = 0;
    // Locals: what a closure holds is read anew at every use.
    const f = numbers;
    const w = words;
    const rows = table;
    const limits = ewmaLimits;
    for (let i = from; i < to; i++) {
      const s = ix[i]!;
      const x = xs[i]!;
      const t = ts[i]!;
      const at = s * DOUBLES;
      if (!(x >= f[at + RECORD.plausibleLower / 8]! && x <= f[at + RECORD.plausibleUpper / 8]!)) {
        refuse(i, s, RAW.bad, SIGNALS.bad, HEAD.bad / 8);
        continue;
      }
      if (!(t >= f[at + RECORD.newestTime / 8]!)) {
        refuse(i, s, RAW.late, SIGNALS.late, HEAD.late / 8);
        continue;
      }
      f[at + RECORD.newestTime / 8] = t;

      let count = w[s * WORDS + RECORD.count / 4]!;
      if (count < MOST_COUNT) {
        count += 1;
        w[s * WORDS + RECORD.count / 4] = count;
        const deviation = x - f[at + RECORD.mean / 8]!;
        const mean = f[at + RECORD.mean / 8]! + deviation / count;
        f[at + RECORD.mean / 8] = mean;
        f[at + RECORD.squares / 8] = f[at + RECORD.squares / 8]! + deviation * (x - mean);
      }

      const invSigma = f[at + RECORD.invSigma / 8]!;
      const z = (x - f[at + RECORD.centre / 8]!) * invSigma;
      const change = x - f[at + RECORD.previous / 8]!;
      f[at + RECORD.previous / 8] = x;

      const ewma = lambda * z + rest * f[at + RECORD.ewma / 8]!;
      f[at + RECORD.ewma / 8] = ewma;
      const up = f[at + RECORD.cusumUp / 8]! + (z - k);
      const down = f[at + RECORD.cusumDown / 8]! + (-z - k);
      f[at + RECORD.cusumUp / 8] = up > 0 ? up : 0;
      f[at + RECORD.cusumDown / 8] = down > 0 ? down : 0;

      const direction = change > 0 ? 1 : change < 0 ? 2 : 0;
      let raw = stepLanes(w, s * WORDS + RECORD.lanes / 4, rows, rowOf(zoneOf(z), direction) >> 2);
      if (up > h) raw |= RAW.cusumUp;
      if (down > h) raw |= RAW.cusumDown;
      if (x > f[at + RECORD.specUpper / 8]!) raw |= RAW.specUpper;
      if (-x > f[at + RECORD.notSpecLower / 8]!) raw |= RAW.specLower;
      if (Math.abs(ewma) > limits[Math.min(count, lastLimit)]!) raw |= RAW.ewma;
      if (Math.abs(change * invSigma) > rangeLimit) raw |= RAW.range;

      const old = w[s * WORDS + RECORD.raw / 4]!;
      if (raw === old) continue;
      w[s * WORDS + RECORD.raw / 4] = raw;
      const rises = signalsOf(raw) & ~signalsOf(old) & (sets[s]! >>> 16);
      if (rises !== 0) raise(i, s, count, rises);
    }
    return events;
  };
}

/** Steps the sixteen runs, four in a word; returns bit i where lane i is beyond its threshold. */
function stepLanes(words: Uint32Array, at: number, table: Int32Array, row: number): number {
  const a = words[at]!;
  const b = words[at + 1]!;
  const c = words[at + 2]!;
  const d = words[at + 3]!;
  // Lanes that may become the run of another lane: the turns of each other, the one-miss runs of the clean ones.
  const e = saturated((a & table[row]!) | (c & table[row + 4]!), table[row + 8]!);
  const f = saturated((b & table[row + 1]!) | (((a & 0xff) | ((d >>> 8) & 0xff00)) & table[row + 5]!), table[row + 9]!);
  const g = saturated((c & table[row + 2]!) | (a & table[row + 6]!), table[row + 10]!);
  const i = saturated(
    (d & table[row + 3]!) | (((c & 0xff) | ((d >>> 16) & 0xff00)) & table[row + 7]!),
    table[row + 11]!,
  );
  words[at] = e;
  words[at + 1] = f;
  words[at + 2] = g;
  words[at + 3] = i;
  return (
    signs((e + table[row + 12]!) | 0) |
    (signs((f + table[row + 13]!) | 0) << 4) |
    (signs((g + table[row + 14]!) | 0) << 8) |
    (signs((i + table[row + 15]!) | 0) << 12)
  );
}

/** Adds 0 or 1 to four runs of at most 127, which stay at 127. */
function saturated(runs: number, step: number): number {
  const sum = (runs + step) | 0;
  return (sum - ((sum >>> 7) & 0x01010101)) | 0;
}

/** The highest bits of four bytes, as bits 0 to 3. */
function signs(word: number): number {
  return Math.imul((word >>> 7) & 0x01010101, 0x10204080) >>> 28;
}
