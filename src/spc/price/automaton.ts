// Finite automata that read zones and stop at a signal: one a rule, their product for a set, and the smallest automaton that does the same.
import { classesOf, DOWN, NONE, ON_LINE, UP, type ZoneRule } from './zones.ts';

/** Where a transition leads when a rule holds. */
export const SIGNAL = -1;

/** State 0 is the start, before any point. `next[state × symbols + zone]` is the state after one more point, or SIGNAL. */
export interface Automaton {
  readonly states: number;
  readonly symbols: number;
  readonly next: Int32Array;
}

/**
 * The automaton of one rule: its state is which of the past n − 1 points count, and on which side. A past point that cannot help to reach k any
 * more is dropped, and so is how many points there were once the window is full.
 *
 * @param shortHistories true: a window that is not yet full counts, as in Champ & Woodall's chains
 * @param limit most states; beyond it undefined is returned
 * @see Champ & Woodall (1987), Technometrics 29, 393, section 2
 * @example
 * ruleAutomaton(parseRule('9 of 9 beyond 0 sigma on one side'), Float64Array.of(0), false, 1000)?.states; // => 17
 */
export function ruleAutomaton(
  rule: ZoneRule,
  lines: Float64Array,
  shortHistories: boolean,
  limit: number,
): Automaton | undefined {
  const classes = classesOf(rule, lines);
  const needsFull = !shortHistories && rule.k < rule.n;
  const index = new Map<string, number>();
  const queue: Memory[] = [];
  const indexOf = (memory: Memory): number => {
    const key = `${memory.seen} ${memory.up} ${memory.down} ${memory.line}`;
    const known = index.get(key);
    if (known !== undefined) return known;
    index.set(key, queue.length);
    queue.push(memory);
    return queue.length - 1;
  };
  indexOf({ seen: 0, up: 0, down: 0, line: 0 });
  const next: number[] = [];
  for (let state = 0; state < queue.length; state++) {
    if (queue.length > limit) return undefined;
    const memory = queue[state]!;
    for (const what of classes) {
      const after = advance(rule, memory, what, needsFull);
      next.push(after === null ? SIGNAL : indexOf(after));
    }
  }
  return { states: queue.length, symbols: classes.length, next: Int32Array.from(next) };
}

/**
 * The automaton that signals when either of two does. Only pairs that can be reached are kept.
 *
 * @param limit most states; beyond it undefined is returned
 */
export function productOf(a: Automaton, b: Automaton, limit: number): Automaton | undefined {
  const { symbols } = a;
  const index = new Map<number, number>([[0, 0]]);
  const pairs = [0];
  const next: number[] = [];
  for (let state = 0; state < pairs.length; state++) {
    if (pairs.length > limit) return undefined;
    const pair = pairs[state]!;
    const fromA = Math.floor(pair / b.states) * symbols;
    const fromB = (pair % b.states) * symbols;
    for (let zone = 0; zone < symbols; zone++) {
      const toA = a.next[fromA + zone]!;
      const toB = b.next[fromB + zone]!;
      if (toA === SIGNAL || toB === SIGNAL) {
        next.push(SIGNAL);
        continue;
      }
      const to = toA * b.states + toB;
      let known = index.get(to);
      if (known === undefined) {
        known = pairs.length;
        index.set(to, known);
        pairs.push(to);
      }
      next.push(known);
    }
  }
  return { states: pairs.length, symbols, next: Int32Array.from(next) };
}

/**
 * The smallest automaton that signals at the same points: states from which every future looks the same become one.
 *
 * @see Moore (1956), Automata Studies, 129: refinement of a partition until it is stable
 * @example
 * const twice = { states: 2, symbols: 1, next: Int32Array.of(1, 0) };
 * minimise(twice).states; // => 1
 */
export function minimise({ states, symbols, next }: Automaton): Automaton {
  let block = new Int32Array(states);
  let blocks = 1;
  for (;;) {
    let refined = block;
    let count = blocks;
    for (let zone = 0; zone < symbols; zone++) {
      // One symbol at a time, so that a signature is a pair of small numbers.
      const ids = new Map<number, number>();
      const finer = new Int32Array(states);
      for (let state = 0; state < states; state++) {
        const to = next[state * symbols + zone]!;
        const signature = refined[state]! * (states + 1) + (to === SIGNAL ? states : block[to]!);
        let id = ids.get(signature);
        if (id === undefined) {
          id = ids.size;
          ids.set(signature, id);
        }
        finer[state] = id;
      }
      refined = finer;
      count = ids.size;
    }
    if (count === blocks) break;
    block = refined;
    blocks = count;
  }
  // Blocks are numbered by their first state, so the start stays 0.
  const merged = new Int32Array(blocks * symbols);
  for (let state = 0; state < states; state++)
    for (let zone = 0; zone < symbols; zone++) {
      const to = next[state * symbols + zone]!;
      merged[block[state]! * symbols + zone] = to === SIGNAL ? SIGNAL : block[to]!;
    }
  return { states: blocks, symbols, next: merged };
}

/** The past of one rule. Bit i of a register is the point i points ago; `seen` counts points while that matters, else it is 0. */
interface Memory {
  readonly seen: number;
  readonly up: number;
  readonly down: number;
  /** Points on the centre line that count but are on no side. */
  readonly line: number;
}

/** The past after one more point, or null when the rule holds. */
function advance({ k, n, sides }: ZoneRule, past: Memory, what: number, needsFull: boolean): Memory | null {
  const up = (past.up << 1) | (what === UP ? 1 : 0);
  const down = (past.down << 1) | (what === DOWN ? 1 : 0);
  const line = (past.line << 1) | (what === ON_LINE ? 1 : 0);
  const seen = needsFull ? Math.min(past.seen + 1, n) : n;
  if (what !== NONE && seen === n) {
    if (sides === 'both') {
      if (popcount(up | down | line) >= k && up !== 0 && down !== 0) return null;
    } else if (popcount(what === DOWN ? down : up) >= k) return null;
  }
  const keptSeen = needsFull ? Math.min(seen, n - 1) : 0;
  const soonest = needsFull ? Math.max(1, n - seen) : 1;
  if (sides !== 'both')
    return { seen: keptSeen, up: useful(up, k, n, soonest), down: useful(down, k, n, soonest), line: 0 };
  return bothSides(useful(up | down | line, k, n, soonest), up, down, keptSeen);
}

/**
 * For a rule on both sides only the newest point of either side matters; older ones merely count, so they are written as if on the line.
 * A newest point that is no longer useful for the count is dropped with it: no window that holds it can reach k.
 */
function bothSides(counted: number, up: number, down: number, seen: number): Memory {
  const upBit = lowestBit(up & counted);
  const downBit = lowestBit(down & counted);
  return { seen, up: upBit, down: downBit, line: counted & ~upBit & ~downBit };
}

/** Of a register of n bits with the newest point in bit 0: those bits that some later window of n points with at least k of them can hold. */
function useful(register: number, k: number, n: number, soonest: number): number {
  if (register === 0) return 0;
  // The further ahead, the fewer old points remain: points up to the oldest bit seen by a window that can still reach k are useful.
  for (let ahead = soonest; ahead < n; ahead++) {
    const seen = register & lowBits(n - ahead);
    if (seen === 0) return 0;
    if (popcount(seen) + ahead >= k) return seen;
  }
  return 0;
}

function lowBits(n: number): number {
  return n >= 32 ? -1 : (1 << n) - 1;
}

function lowestBit(bits: number): number {
  return bits & -bits;
}

function popcount(bits: number): number {
  let v = bits - ((bits >>> 1) & 0x55555555);
  v = (v & 0x33333333) + ((v >>> 2) & 0x33333333);
  return Math.imul((v + (v >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
