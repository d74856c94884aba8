// What the price of a stream's rules says in few words: how often a false alarm comes here.
import type { PriceJson } from '../../../src/api/contract.ts';

/** How often false alarms come: in days between two, or, where that is less than one, in alarms a day. */
export type Pace = { readonly days: number } | { readonly perDay: number };

/**
 * The pace of a price; undefined while the points a day are not known.
 *
 * @example
 * paceOf({ falseAlarmsPerDay: 0.25, daysBetween: 4 }); // => { days: 4 }
 * paceOf({ falseAlarmsPerDay: 3, daysBetween: 1 / 3 }); // => { perDay: 3 }
 */
export function paceOf(price: Pick<PriceJson, 'falseAlarmsPerDay' | 'daysBetween'>): Pace | undefined {
  const { falseAlarmsPerDay: perDay, daysBetween: days } = price;
  if (perDay === null || days === null) return undefined;
  return perDay > 1 ? { perDay } : { days };
}

/**
 * Decimals that a mean number of points, days or alarms deserves: three digits, at most one decimal.
 *
 * @example
 * [370.4, 17.05].map(decimalsOf); // => [0, 1]
 */
export function decimalsOf(x: number | null): number {
  return x !== null && Math.abs(x) >= 99.95 ? 0 : 1;
}
