// The eight rules of Nelson as sixteen run lengths of a byte each, stepped through a table.
// A row of the table says, for one zone of the point and one direction of the step, where each lane takes its run from (`source`),
// what is added (`step`) and above which length it signals (`threshold`). Runs saturate at 127.

/** Lanes by number. Lane i and lane i + 8 are the two sides of rule i + 1, see signalsOf. */
const UP_2 = 0;
const UP = 1;
const RISING = 2;
const TURN_UP = 3;
const UP_2_ONE_MISS = 4;
const UP_1_ONE_MISS = 5;
const WITHIN = 6;
const BEYOND = 7;
const DOWN_2 = 8;
const DOWN = 9;
const FALLING = 10;
const TURN_DOWN = 11;
const DOWN_2_ONE_MISS = 12;
const DOWN_1_ONE_MISS = 13;
const UP_1 = 14;
const DOWN_1 = 15;

/** Lanes of a record. */
export const LANES = 16;
/** Bytes of a row: source, step, threshold, and as many unused so that rows do not straddle cache lines. */
export const ROW_BYTES = 64;
/** Zones: twice the part of the line between −4 and 4 sigma, whole numbers being zones of their own (on the line). */
export const MOST_ZONE = 8;
/** Rows from one direction to the next: a power of two beyond the seventeen rows, so that a shift finds them. */
export const DIRECTION_BYTES = 32 * ROW_BYTES;
/** Directions: 0 = no step (a tie, or the first point), 1 = rising, 2 = falling. */
const DIRECTIONS = 3;
export const TABLE_BYTES = DIRECTIONS * DIRECTION_BYTES;

const NOTHING = 0x80;
const NEVER = 127;

/**
 * Zone of a point: ⌈z⌉ + ⌊z⌋ of z cut to ±4. Odd between two whole sigmas, even on one, so that "beyond" is strict without comparing.
 *
 * @param z finite
 * @example
 * [zoneOf(0), zoneOf(1), zoneOf(1.2), zoneOf(-7)]; // => [0, 2, 3, -8]
 */
export function zoneOf(z: number): number {
  const cut = Math.min(Math.max(z, -4), 4);
  // + 0: zone −0 is zone 0.
  return Math.ceil(cut) + Math.floor(cut) + 0;
}

/** Byte offset of a row within the table. */
export function rowOf(zone: number, direction: number): number {
  return direction * DIRECTION_BYTES + (zone + MOST_ZONE) * ROW_BYTES;
}

/** The table, ROW_BYTES a row, to be addressed by `rowOf`. */
export function laneTable(): Uint8Array {
  const table = new Uint8Array(TABLE_BYTES);
  for (let direction = 0; direction < DIRECTIONS; direction++)
    for (let zone = -MOST_ZONE; zone <= MOST_ZONE; zone++) {
      const at = rowOf(zone, direction);
      fillRow(table.subarray(at, at + LANES), table.subarray(at + 16, at + 32), table.subarray(at + 32, at + 48), {
        // Zone 2k is z = k sigma exactly, which is not beyond k sigma.
        isAbove: (sigma) => zone > 2 * sigma,
        isBelow: (sigma) => zone < -2 * sigma,
        direction,
      });
    }
  return table;
}

interface Where {
  isAbove(sigma: number): boolean;
  isBelow(sigma: number): boolean;
  readonly direction: number;
}

function fillRow(source: Uint8Array, step: Uint8Array, threshold: Uint8Array, where: Where): void {
  source.fill(NOTHING);
  threshold.fill(NEVER);
  /** `lane` becomes the run of lane `from` and one more, and signals when it is longer than `longest`. */
  const run = (lane: number, from: number, longest: number): void => {
    source[lane] = from;
    step[lane] = 1;
    threshold[lane] = longest;
  };
  /** A run with at most one miss: a hit lengthens it; at a miss it is the run without a miss before it, and that miss. */
  const oneMiss = (lane: number, clean: number, isHit: boolean, longest: number): void =>
    run(lane, isHit ? lane : clean, isHit ? longest : NEVER);

  const { isAbove, isBelow, direction } = where;
  if (isAbove(2)) run(UP_2, UP_2, isAbove(3) ? 0 : NEVER);
  if (isBelow(2)) run(DOWN_2, DOWN_2, isBelow(3) ? 0 : NEVER);
  if (isAbove(0)) run(UP, UP, 8);
  if (isBelow(0)) run(DOWN, DOWN, 8);
  if (direction === 1) {
    run(RISING, RISING, 4);
    run(TURN_UP, TURN_DOWN, 12);
  }
  if (direction === 2) {
    run(FALLING, FALLING, 4);
    run(TURN_DOWN, TURN_UP, 12);
  }
  oneMiss(UP_2_ONE_MISS, UP_2, isAbove(2), 2);
  oneMiss(DOWN_2_ONE_MISS, DOWN_2, isBelow(2), 2);
  oneMiss(UP_1_ONE_MISS, UP_1, isAbove(1), 4);
  oneMiss(DOWN_1_ONE_MISS, DOWN_1, isBelow(1), 4);
  if (isAbove(1)) run(UP_1, UP_1, 7);
  if (isBelow(1)) run(DOWN_1, DOWN_1, 7);
  if (isAbove(1) || isBelow(1)) run(BEYOND, BEYOND, 7);
  else run(WITHIN, WITHIN, 14);
}

/** Ints of a row of `wordTable`. */
export const ROW_WORDS = ROW_BYTES / 4;

/**
 * The same table for four lanes in a 32-bit word: for each of the four words which bytes it keeps, which it takes from other lanes (as
 * `crossed` in plain.ts has them at hand), what it adds, and how far each lane is from signalling: 127 less the threshold. Addressed by
 * `rowOf` divided by four.
 */
export function wordTable(): Int32Array {
  const from = laneTable();
  const table = new Int32Array(TABLE_BYTES / 4);
  const bytes = new Uint8Array(table.buffer);
  for (let at = 0; at < TABLE_BYTES; at += ROW_BYTES)
    for (let lane = 0; lane < LANES; lane++) {
      const source = from[at + lane]!;
      bytes[at + lane] = source === lane ? 0xff : 0;
      bytes[at + 16 + lane] = source !== lane && source < LANES ? 0xff : 0;
      bytes[at + 32 + lane] = from[at + 16 + lane]!;
      bytes[at + 48 + lane] = NEVER - from[at + 32 + lane]!;
    }
  return table;
}
