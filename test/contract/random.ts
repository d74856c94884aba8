// Seeded randomness for tests: the same seed gives the same numbers on every machine.

export interface Random {
  /** Uniform in [0, 1), 32 bits. */
  uniform(): number;
  /** Standard normal, by the polar method. */
  normal(): number;
}

/**
 * A generator with a state of 128 bits (xoshiro128**), seeded by splitmix32.
 *
 * @see Blackman & Vigna (2021), ACM Trans. Math. Softw. 47, 36; Marsaglia & Bray (1964), SIAM Review 6, 260
 * @example
 * seeded(1).uniform() === seeded(1).uniform(); // => true
 */
export function seeded(seed: number): Random {
  const s = new Int32Array(4);
  let mix = seed | 0;
  for (let i = 0; i < 4; i++) {
    mix = (mix + 0x9e3779b9) | 0;
    let t = Math.imul(mix ^ (mix >>> 16), 0x21f0aaad);
    t = Math.imul(t ^ (t >>> 15), 0x735a2d97);
    s[i] = t ^ (t >>> 15);
  }
  let spare = Number.NaN;
  function bits(): number {
    const r = Math.imul(s[1]!, 5);
    const result = Math.imul((r << 7) | (r >>> 25), 9);
    const t = s[1]! << 9;
    s[2]! ^= s[0]!;
    s[3]! ^= s[1]!;
    s[1]! ^= s[2]!;
    s[0]! ^= s[3]!;
    s[2]! ^= t;
    s[3] = (s[3]! << 11) | (s[3]! >>> 21);
    return result >>> 0;
  }
  const uniform = () => bits() / 4294967296;
  return {
    uniform,
    normal() {
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
    },
  };
}
