// What a characteristic reads: one tag, a count with its inspected number, or several tags together.
import type { CharacteristicPlan } from './plan.ts';

/** `from` as it is written in the file. */
export type Source =
  | string
  | { readonly all: readonly string[] }
  | { readonly count: string; readonly inspected: string; readonly counter: 'per_record' | 'cumulative' };

/** Whether `from` names counts. */
export function isCounts(from: Source): from is Extract<Source, { readonly count: string }> {
  return typeof from !== 'string' && 'count' in from;
}

/** Whether `from` names several tags that are judged together. */
export function isSeveral(from: Source): from is Extract<Source, { readonly all: readonly string[] }> {
  return typeof from !== 'string' && 'all' in from;
}

/** `from` written out. */
export function planOf(from: Source): CharacteristicPlan['from'] {
  return typeof from === 'string' ? { tag: from } : from;
}

/**
 * Tags that a characteristic takes its values from, `adapter/tag` each: of counts, that of the count.
 *
 * @example
 * valueTags({ all: ['press3/cushion', 'press3/pressure'] }); // => ['press3/cushion', 'press3/pressure']
 */
export function valueTags(from: CharacteristicPlan['from']): readonly string[] {
  if ('all' in from) return from.all;
  return ['tag' in from ? from.tag : from.count];
}
