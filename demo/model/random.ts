// Random numbers of the simulated plant: one independent stream a name, so that no part of the plant disturbs another.
import { probit } from 'simple-statistics';

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

const STRATA = 64;
const GOLDEN = (Math.sqrt(5) - 1) / 2;

/**
 * Standard normals of which every 64 hold one from each 64th of the distribution, in random order, and
 * successive rounds fill each 64th evenly. Each single number is an ordinary normal; a month of lots then shows
 * the spread that the plant file states, where free draws of a few dozen lots would miss it by a tenth.
 *
 * @example
 * const lot = stratifiedNormals(randomStream(1, 'lots'));
 * Array.from({ length: 64 }, () => lot()).filter((z) => z > 0).length; // => 32
 */
export function stratifiedNormals(stream: RandomStream): () => number {
  const places = Array.from({ length: STRATA }, () => stream.uniform());
  let waiting: number[] = [];
  return () => {
    if (waiting.length === 0) {
      waiting = places.map((place, i) => probit((i + place) / STRATA));
      for (const [i, place] of places.entries()) places[i] = (place + GOLDEN) % 1;
      for (let i = STRATA - 1; i > 0; i--) {
        const j = Math.floor(stream.uniform() * (i + 1));
        [waiting[i], waiting[j]] = [waiting[j] ?? 0, waiting[i] ?? 0];
      }
    }
    return waiting.pop() ?? 0;
  };
}

/** 32-bit FNV-1a over the text, mixed with the seed. */
function hash(text: string, seed: number): number {
  let h = 0x811c9dc5 ^ seed;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  h = Math.imul(h ^ (h >>> 16), 0x45d9f3b) ^ seed;
  return (h ^ (h >>> 15)) | 0;
}
