// The order in which open alarms are to be taken: what matters most and is least likely to be a false alarm first.
import type { AlarmRow } from '../history/history.ts';

const CLASS_RANK = { critical: 0, significant: 1, standard: 2 } as const;

/** An alarm with how often its signal comes by chance, see Rarity; NaN = not known. */
export type RankedAlarm = Pick<AlarmRow, 'class' | 'state' | 'raisedMs' | 'seq'> & { readonly falsePerPoint: number };

/**
 * Open alarms by class, then the rarer signal, then the newest; closed ones after them, the newest first.
 *
 * @example
 * const alarm = { class: 'critical', state: 'unacknowledged', raisedMs: 0, seq: 1 } as const;
 * alarmOrder({ ...alarm, falsePerPoint: 0.0019 }, { ...alarm, falsePerPoint: 0.0027 }) < 0; // => true
 */
export function alarmOrder(a: RankedAlarm, b: RankedAlarm): number {
  const isClosed = Number(a.state === 'closed') - Number(b.state === 'closed');
  if (isClosed !== 0) return isClosed;
  const urgency = a.state === 'closed' ? 0 : CLASS_RANK[a.class] - CLASS_RANK[b.class] || byRarity(a, b);
  return urgency || b.raisedMs - a.raisedMs || b.seq - a.seq;
}

function byRarity(a: RankedAlarm, b: RankedAlarm): number {
  const unknown = Number(Number.isNaN(a.falsePerPoint)) - Number(Number.isNaN(b.falsePerPoint));
  return unknown || (Number.isNaN(a.falsePerPoint) ? 0 : a.falsePerPoint - b.falsePerPoint);
}
