// Random numbers of the simulated plant: one independent stream a name, so that no part of the plant disturbs another.

export interface RandomStream {
  /** Uniform in (0, 1). Takes exactly one step of the stream. */
  uniform(): number;
  /** Standard normal. Takes exactly two steps of the stream, whatever comes out. */
  normal(): number;
}

/**
 * A stream that depends on seed and name alone.
 *
 * @param seed the plant's seed, an integer
 * @param name what the numbers are for, for instance `L1.cushion value`
 * @see Doty-Humphrey's sfc32 (PractRand); Box and Muller (1958), Ann. Math. Stat. 29, 610
 * @example
 * randomStream(1, 'a').uniform() === randomStream(1, 'a').uniform(); // => true
 * randomStream(1, 'a').uniform() === randomStream(1, 'b').uniform(); // => false
 */
export function randomStream(seed: number, name: string): RandomStream {
  let a = hash(`${name}/a`, seed);
  let b = hash(`${name}/b`, seed);
  let c = hash(`${name}/c`, seed);
  let counter = 1;
  const next = (): number => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    return ((sum >>> 0) + 0.5) / 4294967296;
  };
  for (let i = 0; i < 15; i++) next();
  return {
    uniform: next,
    normal(): number {
      const radius = Math.sqrt(-2 * Math.log(next()));
      return radius * Math.cos(2 * Math.PI * next());
    },
  };
}

/** 32-bit FNV-1a over the text, mixed with the seed. */
function hash(text: string, seed: number): number {
  let h = 0x811c9dc5 ^ seed;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  h = Math.imul(h ^ (h >>> 16), 0x45d9f3b) ^ seed;
  return (h ^ (h >>> 15)) | 0;
}
