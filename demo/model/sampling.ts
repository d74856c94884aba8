// How often a characteristic is measured: the sentences of the plant file's `sample`, as numbers.
import { HOUR, MINUTE } from './calendar.ts';

/**
 * `every` part; `take` of every `of` parts; or `take` in a row at the start of each `everyMs` of plant time.
 * `firstMiddleLast` adds the first, middle and last piece of a shift and the first after a change.
 */
export type Sampling = { readonly firstMiddleLast: boolean } & (
  | { readonly kind: 'every' }
  | { readonly kind: 'parts'; readonly take: number; readonly of: number }
  | { readonly kind: 'time'; readonly take: number; readonly everyMs: number }
);

const SHIFT = 12 * HOUR;

/**
 * Reads a sampling sentence. `n per shift` and `n per day` are spread evenly.
 *
 * @throws Error naming a sentence it does not understand
 * @example
 * parseSampling('5 shots per 30 min'); // => { firstMiddleLast: false, kind: 'time', take: 5, everyMs: 1800000 }
 * parseSampling('1 per 10 parts (air gauge)'); // => { firstMiddleLast: false, kind: 'parts', take: 1, of: 10 }
 */
export function parseSampling(text: string): Sampling {
  const firstMiddleLast = text.includes('first/middle/last');
  if (text.startsWith('every')) return { firstMiddleLast, kind: 'every' };
  const parts = /(\d+) per (\d+) parts/.exec(text);
  if (parts !== null) return { firstMiddleLast, kind: 'parts', take: Number(parts[1]), of: Number(parts[2]) };
  const time = /(\d+)(?: shots?)? per (?:(\d+) (min|h)|(shift|day))/.exec(text);
  if (time === null) throw new Error(`sample "${text}" is not understood`);
  const take = Number(time[1]);
  if (time[4] !== undefined) {
    return { firstMiddleLast, kind: 'time', take: 1, everyMs: (time[4] === 'day' ? 2 * SHIFT : SHIFT) / take };
  }
  return { firstMiddleLast, kind: 'time', take, everyMs: Number(time[2]) * (time[3] === 'h' ? HOUR : MINUTE) };
}

/**
 * Says for each part in turn whether it is measured. Periods count from 08:00.
 *
 * @example
 * const isDue = sampler(parseSampling('1 per 10 parts'));
 * [isDue(0), isDue(1)]; // => [true, false]
 */
export function sampler(sampling: Sampling): (ms: number) => boolean {
  if (sampling.kind === 'every') return () => true;
  if (sampling.kind === 'parts') {
    let seen = 0;
    return () => seen++ % sampling.of < sampling.take;
  }
  let period = Number.NaN;
  let taken = 0;
  return (ms) => {
    const now = Math.floor((ms - 8 * HOUR) / sampling.everyMs);
    if (now !== period) {
      period = now;
      taken = 0;
    }
    return taken++ < sampling.take;
  };
}
