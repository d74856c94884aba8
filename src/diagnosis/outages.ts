// When collection was interrupted, from the gap events of the log.
import type { EventRow } from '../history/history.ts';
import { type Interval, union } from './calendar.ts';

export interface Outages {
  /** Nothing at all came from this adapter. */
  readonly whole: ReadonlyMap<string, readonly Interval[]>;
  /** By `adapter/tag`: this tag's values were lost, by an outage of the adapter or of the tag alone; bridged outages are not in it. */
  lostFor(tag: string): readonly Interval[];
  /** Values known to be missing beside the time that was lost. */
  readonly missing: number;
}

/** A link that was down while the broker kept the values: nothing is lost. */
const BRIDGED = /_bridged$/;

/**
 * Interruptions between two instants. A gap without an end lasts until `toMs`, or until the same adapter tells its end.
 *
 * @param events events of kind `gap` and `link`, in any order, with `fromMs`, `toMs`, `reason`, `tags`, `missing` in their data
 */
export function outagesOf(events: readonly EventRow[], fromMs: number, toMs: number): Outages {
  const whole = new Map<string, Interval[]>();
  const lost = new Map<string, Interval[]>();
  const open = new Map<
    string,
    { readonly fromMs: number; readonly reason: string; readonly tags: readonly string[] }
  >();
  let missing = 0;

  function add(adapter: string, interval: Interval, reason: string, tags: readonly string[]): void {
    if (tags.length === 0) push(whole, adapter, interval);
    if (BRIDGED.test(reason)) return;
    if (tags.length === 0) push(lost, adapter, interval);
    for (const tag of tags) push(lost, `${adapter}/${tag}`, interval);
  }

  const inOrder = [...events].sort((a, b) => a.seq - b.seq || a.ordinal - b.ordinal);
  for (const { adapter, data, timeMs } of inOrder) {
    const { fromMs: startMs, toMs: endMs } = data;
    if (typeof startMs !== 'number' || !(endMs === null || typeof endMs === 'number')) continue;
    const tags = Array.isArray(data.tags) ? data.tags.map(String) : [];
    const reason = String(data.reason ?? '');
    if (typeof data.missing === 'number' && timeMs >= fromMs && timeMs < toMs) missing += data.missing;
    const key = `${adapter} ${tags.join(' ')}`;
    if (endMs === null) {
      if (!open.has(key)) open.set(key, { fromMs: startMs, reason, tags });
      continue;
    }
    open.delete(key);
    add(adapter, { fromMs: startMs, toMs: endMs }, reason, tags);
  }
  for (const [key, gap] of open)
    add(key.slice(0, key.indexOf(' ')), { fromMs: gap.fromMs, toMs }, gap.reason, gap.tags);
  return {
    whole: new Map([...whole].map(([adapter, intervals]) => [adapter, union(intervals)])),
    lostFor(tag) {
      const adapter = tag.split('/')[0] ?? '';
      return union([...(lost.get(adapter) ?? []), ...(lost.get(tag) ?? [])]);
    },
    missing,
  };
}

function push(map: Map<string, Interval[]>, key: string, interval: Interval): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, [interval]);
  else known.push(interval);
}
