// What a changed trigger means: a new record, a missed one, a counter that began again.
import type { LastRecord } from './memory.ts';
import type { TagSettings } from './settings.ts';

type CounterTag = Pick<TagSettings, 'type' | 'register' | 'bit'>;

export interface Change {
  /** False: the counter fell to zero and no part has been made yet. */
  readonly isRecord: boolean;
  /** Records between the last one and this one that were not seen; undefined where it cannot be known. */
  readonly missed: number | undefined;
  /** True: counting began again, record ids need a new beginning. */
  readonly restarted: boolean;
}

/** A fall over the end of the number range within so many records is a roll-over; further it is a reset. */
const ROLL_OVER_RECORDS = 64;

/**
 * Compares the trigger with the last record taken.
 *
 * @returns undefined when nothing changed
 * @example
 * changeOf({ register: 'holding', type: 'uint32' }, 41, 43); // => { isRecord: true, missed: 1, restarted: false }
 */
export function changeOf(
  tag: CounterTag,
  before: LastRecord['counter'],
  now: LastRecord['counter'],
): Change | undefined {
  if (before === now) return undefined;
  if (typeof before === 'string' || typeof now === 'string' || !isCounter(tag) || !isWhole(before, now)) {
    return { isRecord: true, missed: undefined, restarted: false };
  }
  if (now > before) return { isRecord: true, missed: now - before - 1, restarted: false };
  const range = rangeOf(tag);
  const rolled = range === undefined ? Number.POSITIVE_INFINITY : now + range - before;
  if (rolled <= ROLL_OVER_RECORDS) return { isRecord: true, missed: rolled - 1, restarted: true };
  return { isRecord: now !== 0, missed: undefined, restarted: true };
}

/** True for a tag that counts records; a bit that toggles, a fraction or a text only says that something is new. */
export function isCounter(tag: CounterTag): boolean {
  const isBit = tag.register === 'coil' || tag.register === 'discrete' || tag.bit !== undefined || tag.type === 'bool';
  return !isBit && !tag.type.startsWith('float') && tag.type !== 'string';
}

function isWhole(...values: readonly number[]): boolean {
  return values.every(Number.isSafeInteger);
}

function rangeOf(tag: CounterTag): number | undefined {
  switch (tag.type) {
    case 'uint16':
      return 2 ** 16;
    case 'uint32':
      return 2 ** 32;
    default:
      return undefined;
  }
}
