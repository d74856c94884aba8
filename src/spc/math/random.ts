// Seeded randomness: the same seed gives the same numbers on every machine.

/** A stream of random numbers; its state is inside, so that two streams never disturb each other. */
export interface SeededRandom {
  /** Uniform in [0, 1), 32 bits. */
  uniform(): number;
  /** Standard normal. */
  normal(): number;
  /** Writes normal values of sigma 1 and mean `mean` into out[from..to); the same numbers as so many calls of `normal`. */
  fillNormal(out: Float64Array, from: number, to: number, mean: number): void;
}

/**
 * A generator with a state of 128 bits (xoshiro128**), seeded by splitmix32; normal values by the polar method.
 *
 * @param seed any integer; its low 32 bits count
 * @see Blackman & Vigna (2021), ACM Trans. Math. Softw. 47, 36; Marsaglia & Bray (1964), SIAM Review 6, 260
 * @example
 * seededRandom(1).uniform() === seededRandom(1).uniform(); // => true
 * seededRandom(1).uniform() === seededRandom(2).uniform(); // => false
 */
export function seededRandom(seed: number): SeededRandom {
  let mix = seed | 0;
  const word = (): number => {
    mix = (mix + 0x9e3779b9) | 0;
    let t = Math.imul(mix ^ (mix >>> 16), 0x21f0aaad);
    t = Math.imul(t ^ (t >>> 15), 0x735a2d97);
    return t ^ (t >>> 15);
  };
  let a = word();
  let b = word();
  let c = word();
  let d = word();
  let spare = Number.NaN;
  function uniform(): number {
    const r = Math.imul(b, 5);
    const bits = Math.imul((r << 7) | (r >>> 25), 9) >>> 0;
    const t = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= t;
    d = (d << 11) | (d >>> 21);
    return bits / 4294967296;
  }
  function normal(): number {
    if (!Number.isNaN(spare)) {
      const value = spare;
      spare = Number.NaN;
      return value;
    }
    for (;;) {
      const u = 2 * uniform() - 1;
      const v = 2 * uniform() - 1;
      const q = u * u + v * v;
      if (q >= 1 || q === 0) continue;
      const factor = Math.sqrt((-2 * Math.log(q)) / q);
      spare = v * factor;
      return u * factor;
    }
  }
  function fillNormal(out: Float64Array, from: number, to: number, mean: number): void {
    for (let i = from; i < to; i++) out[i] = mean + normal();
  }
  return { uniform, normal, fillNormal };
}
