// Rules at run time: every zone of every rule is a shift register, all registers packed into a few 32-bit words.
import { PumjilError } from '../errors.ts';
import { MAX_RULES, type Rule } from './rule.ts';

/** State words that hold the answer of the last step, before the packed registers. */
const HOLDS = 0;
const DOWNWARD = 1;
const REGISTERS = 2;

/** Steps the rules of one stream; the state belongs to the caller. */
export interface RuleKernel {
  /** Number of 32-bit words of state. */
  readonly width: number;
  /** Forgets every point before: after a gap or under new limits. */
  reset(state: Int32Array, at: number): void;
  /**
   * Takes one point; allocates nothing, never throws. Afterwards `state[at]` has bit r set where rule r holds and
   * `state[at + 1]` where it holds downwards (below the centre line, or falling).
   *
   * @param z `z[row]` is the point in units of its own sigma; not NaN, may be infinite
   * @param change above 0 when the statistic rose since the point before, below 0 when it fell, 0 when equal or first
   * @returns the bits of `state[at]`
   */
  step(state: Int32Array, at: number, z: Float64Array, row: number, change: number): number;
}

interface Field {
  readonly word: number;
  readonly offset: number;
}

/** One rule, compiled. `up` and `down` are the registers of its two sides. */
interface Step {
  readonly kind: 'one' | 'either' | 'both' | 'trending' | 'alternating';
  readonly k: number;
  /** Low bits: points (or differences) looked at. */
  readonly mask: number;
  readonly upMask: number;
  readonly downMask: number;
  readonly up: Field;
  readonly down: Field;
  /** True: the points wanted are those in neither register. */
  readonly isWithin: boolean;
  /** Registers of the sides of the centre line, for `within` on one or both sides. */
  readonly aboveCentre: Field;
  readonly belowCentre: Field;
  /** Bit of the register of points seen that tells that the window is full; 0 = need not be full. */
  readonly fullBit: number;
}

/**
 * Compiles a list of rules. The semantics are those of the plain definition in rule-kernel.test.ts: the window is full, the newest
 * point takes part, `beyond` is strict, `within` is its complement, a tie breaks a trend, a point on the centre line is on no side.
 *
 * @param options.shortHistories true: a window that is not yet full counts too, as Champ & Woodall's chains do
 * @throws PumjilError RULE_INVALID for more than 32 rules
 * @see Champ & Woodall (1987), Technometrics 29, 393
 * @example
 * const kernel = compileRules([parseRule('2 of 2 beyond 2 sigma on one side')]);
 * const state = new Int32Array(kernel.width);
 * const z = Float64Array.of(2.5, 2.1);
 * kernel.step(state, 0, z, 0, 0); // => 0
 * kernel.step(state, 0, z, 1, -1); // => 1
 */
export function compileRules(rules: readonly Rule[], options: { readonly shortHistories?: boolean } = {}): RuleKernel {
  if (rules.length > MAX_RULES)
    throw new PumjilError('RULE_INVALID', {
      message: `A set of ${rules.length} rules is too large.`,
      hint: `Use at most ${MAX_RULES} rules a stream.`,
    });
  const words = allocator(REGISTERS);
  const widths = new Map<number, number>();
  let seenWidth = 0;
  let trendWidth = 0;
  for (const rule of rules) {
    if (!('sigma' in rule)) {
      trendWidth = Math.max(trendWidth, rule.n - 1);
      continue;
    }
    widths.set(rule.sigma, Math.max(widths.get(rule.sigma) ?? 0, rule.n));
    if (rule.zone === 'within' && rule.sides !== 'either') widths.set(0, Math.max(widths.get(0) ?? 0, rule.n));
    seenWidth = Math.max(seenWidth, rule.n);
  }
  const seen = words.field(seenWidth);
  const rising = words.field(trendWidth);
  const falling = words.field(trendWidth);
  const levels = [...widths]
    .sort(([a], [b]) => a - b)
    .map(([sigma, width]) => ({ sigma, up: words.field(width), down: words.field(width) }));
  const steps = rules.map((rule): Step => {
    const aboveCentre = levels.find((level) => level.sigma === 0)?.up ?? seen;
    const belowCentre = levels.find((level) => level.sigma === 0)?.down ?? seen;
    if (!('sigma' in rule)) {
      const mask = lowBits(rule.zone === 'trending' ? rule.n - 1 : rule.n - 2);
      return {
        kind: rule.zone,
        k: rule.k,
        mask,
        upMask: mask,
        downMask: mask,
        up: rising,
        down: falling,
        isWithin: false,
        aboveCentre,
        belowCentre,
        fullBit: 0,
      };
    }
    const level = levels.find((one) => one.sigma === rule.sigma)!;
    const mask = lowBits(rule.n);
    const isWithin = rule.zone === 'within';
    // n ones in a row already prove a full window.
    const isFullAnyway = !isWithin && rule.k === rule.n;
    const needsFull = options.shortHistories !== true && !isFullAnyway;
    return {
      kind: rule.sides,
      k: rule.k,
      mask,
      upMask: rule.zone === 'below' ? 0 : mask,
      downMask: rule.zone === 'above' ? 0 : mask,
      up: level.up,
      down: level.down,
      isWithin,
      aboveCentre,
      belowCentre,
      fullBit: needsFull ? bit(rule.n - 1) : 0,
    };
  });
  const sigmas = Float64Array.from(levels, (level) => level.sigma);
  const width = words.count();
  const keep = Int32Array.from({ length: width }, (_, word) => words.keep(word));
  const seenBit = seenWidth > 0 ? bit(seen.offset) : 0;
  const trendBit = trendWidth > 0 ? 1 : 0;

  return {
    width,
    reset(state, at) {
      for (let word = 0; word < width; word++) state[at + word] = 0;
    },
    step(state, at, zs, row, change) {
      const z = zs[row]!;
      for (let word = REGISTERS; word < width; word++) state[at + word] = (state[at + word]! << 1) & keep[word]!;
      if (seenBit !== 0) state[at + seen.word] = state[at + seen.word]! | seenBit;
      if (z > 0) {
        for (let j = 0; j < sigmas.length && z > sigmas[j]!; j++) {
          const field = levels[j]!.up;
          state[at + field.word] = state[at + field.word]! | (1 << field.offset);
        }
      } else if (z < 0) {
        for (let j = 0; j < sigmas.length && z < -sigmas[j]!; j++) {
          const field = levels[j]!.down;
          state[at + field.word] = state[at + field.word]! | (1 << field.offset);
        }
      }
      if (trendBit !== 0) {
        if (change > 0) state[at + rising.word] = state[at + rising.word]! | (1 << rising.offset);
        else if (change < 0) state[at + falling.word] = state[at + falling.word]! | (1 << falling.offset);
      }
      const seenRegister = state[at + seen.word]! >>> seen.offset;
      let holds = 0;
      let downward = 0;
      for (let r = 0; r < steps.length; r++) {
        const rule = steps[r]!;
        if (rule.fullBit !== 0 && (seenRegister & rule.fullBit) === 0) continue;
        const direction = judge(rule, state, at, seenRegister);
        if (direction === 0) continue;
        holds |= 1 << r;
        if (direction < 0) downward |= 1 << r;
      }
      state[at + HOLDS] = holds;
      state[at + DOWNWARD] = downward;
      return holds;
    },
  };
}

/** 0 = does not hold, 1 = holds, −1 = holds downwards. */
function judge(rule: Step, state: Int32Array, at: number, seen: number): number {
  const up = state[at + rule.up.word]! >>> rule.up.offset;
  const down = state[at + rule.down.word]! >>> rule.down.offset;
  if (rule.kind === 'trending') {
    if ((up & rule.mask) === rule.mask) return 1;
    return (down & rule.mask) === rule.mask ? -1 : 0;
  }
  if (rule.kind === 'alternating') {
    const turns = (up & (down >>> 1)) | (down & (up >>> 1));
    return (turns & rule.mask) === rule.mask ? 1 - 2 * (down & 1) : 0;
  }
  let a = up & rule.upMask;
  let b = down & rule.downMask;
  let union = a | b;
  if (rule.isWithin) {
    union = ~union & seen & rule.mask;
    a = union & (state[at + rule.aboveCentre.word]! >>> rule.aboveCentre.offset);
    b = union & (state[at + rule.belowCentre.word]! >>> rule.belowCentre.offset);
  }
  if (rule.kind === 'one') {
    if ((a & 1) !== 0) return popcount(a) >= rule.k ? 1 : 0;
    return (b & 1) !== 0 && popcount(b) >= rule.k ? -1 : 0;
  }
  if ((union & 1) === 0 || popcount(union) < rule.k) return 0;
  if (rule.kind === 'both' && (a === 0 || b === 0)) return 0;
  return (b & 1) !== 0 ? -1 : 1;
}

/** Number of one bits of a 32-bit integer. */
export function popcount(bits: number): number {
  let v = bits - ((bits >>> 1) & 0x55555555);
  v = (v & 0x33333333) + ((v >>> 2) & 0x33333333);
  return Math.imul((v + (v >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

function bit(i: number): number {
  return 1 << i;
}

function lowBits(n: number): number {
  return n >= 32 ? -1 : (1 << n) - 1;
}

/** Hands out bit fields of at most 32 bits, first word with room first. */
function allocator(first: number): { field(width: number): Field; count(): number; keep(word: number): number } {
  const used: number[] = [];
  const keeps: number[] = [];
  return {
    field(width) {
      if (width === 0) return { word: 0, offset: 0 };
      let word = used.findIndex((bits) => bits + width <= 32);
      if (word < 0) word = used.push(0) - 1;
      const offset = used[word]!;
      used[word] = offset + width;
      // Shifting moves a register's oldest bit into its neighbour's newest: that bit is not kept.
      keeps[word] = (keeps[word] ?? 0) | ((lowBits(width) << offset) & ~bit(offset));
      return { word: first + word, offset };
    },
    count: () => first + used.length,
    keep: (word) => keeps[word - first] ?? 0,
  };
}
