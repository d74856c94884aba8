// Which requests read the wanted registers: the fewest that keep to the device's limits. One request costs what 125 registers cost.

export type Table = 'holding' | 'input' | 'coil' | 'discrete';

/** Consecutive registers (or bits) that must come out of one request. */
export interface Want {
  readonly table: Table;
  readonly address: number;
  /** Registers, or bits of a coil or discrete table. */
  readonly width: number;
}

/** One request; `wants` are indices into the list that was planned. */
export interface Read {
  readonly table: Table;
  readonly address: number;
  readonly length: number;
  readonly wants: readonly number[];
}

export interface PlanLimits {
  /** Registers one request may ask for, 1 to 125; bit tables may ask for 16 times as many, at most 2000. */
  readonly maxRegisters: number;
  /** Registers that nobody wants and that may be read over, 0 or more; for bit tables 16 times as many bits. */
  readonly maxGap: number;
}

/**
 * The fewest requests that read every want, none split, none over the limits.
 * Every table is cut where a hole is wider than `maxGap`; inside a piece the lowest unread want opens a request that takes all it can hold.
 *
 * @example
 * planReads([{ table: 'holding', address: 100, width: 2 }, { table: 'holding', address: 104, width: 2 }], { maxRegisters: 125, maxGap: 4 }).length; // => 1
 */
export function planReads(wants: readonly Want[], limits: PlanLimits): Read[] {
  const reads: Read[] = [];
  for (const table of ['holding', 'input', 'coil', 'discrete'] as const) {
    const isBits = table === 'coil' || table === 'discrete';
    const most = isBits ? Math.min(2000, limits.maxRegisters * 16) : limits.maxRegisters;
    const gap = isBits ? limits.maxGap * 16 : limits.maxGap;
    const order = wants
      .map((want, index) => ({ ...want, end: want.address + want.width, index }))
      .filter((want) => want.table === table)
      .sort((a, b) => a.address - b.address || a.end - b.end || a.index - b.index);
    for (const piece of cutAtHoles(order, gap)) {
      let left = piece;
      while (left[0] !== undefined) {
        const start = left[0].address;
        const taken = left.filter((want) => want.end <= start + most);
        // A want wider than the limit cannot be read at all; alone in its request the device says so for this tag only.
        const read = taken.includes(left[0]) ? taken : [left[0]];
        reads.push({
          table,
          address: start,
          length: Math.max(...read.map((want) => want.end)) - start,
          wants: read.map((want) => want.index),
        });
        left = left.filter((want) => !read.includes(want));
      }
    }
  }
  return reads;
}

/**
 * Splits a request that the device refused, so that a forbidden address costs only the tags that touch it.
 *
 * @returns two requests, or undefined when there is only one want left
 */
export function splitRead(read: Read, wants: readonly Want[]): readonly [Read, Read] | undefined {
  if (read.wants.length < 2) return undefined;
  const middle = Math.ceil(read.wants.length / 2);
  return [part(read.wants.slice(0, middle)), part(read.wants.slice(middle))];

  function part(indices: readonly number[]): Read {
    const own = indices.flatMap((index) => wants[index] ?? []);
    const address = Math.min(...own.map((want) => want.address));
    return {
      table: read.table,
      address,
      length: Math.max(...own.map((want) => want.address + want.width)) - address,
      wants: indices,
    };
  }
}

function cutAtHoles<T extends { address: number; end: number }>(order: readonly T[], gap: number): T[][] {
  const pieces: T[][] = [];
  let end = Number.NEGATIVE_INFINITY;
  for (const want of order) {
    if (want.address - end > gap) pieces.push([]);
    pieces.at(-1)?.push(want);
    end = Math.max(end, want.end);
  }
  return pieces;
}
