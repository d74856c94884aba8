// Time in the plant machine: gaps, links that stay down, deadlines.
import { valueTags } from '../config/source.ts';
import type { GapEntry } from '../journal/journal.ts';
import { giveUpVectors } from './machine-vectors.ts';
import { countsOf, type Machinery } from './machinery.ts';
import { addMark } from './past.ts';
import { release, releaseDueMs } from './reorder.ts';
import { closeSubgroups } from './stream-step.ts';
import { gapWords, linkWords } from './words.ts';

/** A link that is down this long raises an alarm. */
export const LINK_ALARM_MS = 15_000;

/** Time that was not observed: an event, and for the streams concerned a break of their histories. */
export function applyGap(m: Machinery, entry: GapEntry): void {
  const { gap, adapter } = entry;
  const counts = countsOf(m, adapter);
  // A link that came back without losing anything: no length, or known to be bridged.
  const isBridged = gap.toMs !== null && (gap.missing === 0 || (gap.toMs <= gap.fromMs && gap.missing === undefined));
  if (gap.tags.length === 0) {
    if (gap.toMs === null) {
      counts.openGapMs ??= gap.fromMs;
      counts.openGapReason = gap.reason;
    } else {
      if (!isBridged) counts.gapMs += Math.max(0, gap.toMs - Math.max(gap.fromMs, counts.gapUntilMs));
      counts.gapUntilMs = Math.max(counts.gapUntilMs, gap.toMs);
      if (counts.linkAlarm) m.alarms.returned('link', adapter, m.state.seq, entry.atMs);
      counts.openGapMs = null;
      counts.linkAlarm = false;
    }
  }
  m.event(isBridged ? 'link' : 'gap', gap.fromMs, -1, adapter, gapWords(adapter, gap), {
    fromMs: gap.fromMs,
    toMs: gap.toMs,
    reason: gap.reason,
    tags: gap.tags,
    ...(gap.missing === undefined ? {} : { missing: gap.missing }),
  });
  // Whether anything was lost is known when the gap ends; until then there is nothing to judge anyway.
  if (gap.toMs === null || isBridged) return;
  const tags = new Set(gap.tags);
  for (const stream of m.state.streams.values()) {
    const characteristic = m.routing.characteristic(stream.characteristic);
    if (characteristic === undefined) continue;
    if (!valueTags(characteristic.from).some((tag) => isConcerned(tag, adapter, tags))) continue;
    giveUpVectors(m, characteristic, stream);
    release(m, stream, Number.POSITIVE_INFINITY);
    m.engine.gap(stream.engine);
    if (stream.past !== null) addMark(stream.past, { afterMs: stream.lastMs, limits: null });
  }
}

/** Whether a tag is one of those of the gap; none named means all of its adapter. */
function isConcerned(source: string, adapter: string, tags: ReadonlySet<string>): boolean {
  const slash = source.indexOf('/');
  return source.slice(0, slash) === adapter && (tags.size === 0 || tags.has(source.slice(slash + 1)));
}

/** Time went on: what waited for it falls due. */
export function applyTick(m: Machinery): void {
  const { nowMs, seq } = m.state;
  for (const stream of m.state.streams.values()) {
    if (releaseDueMs(m, stream) <= nowMs) release(m, stream, nowMs - (m.state.plan?.lateness_ms ?? 0));
    if (m.subgroups.deadlineMs(stream.subgroup) <= nowMs)
      closeSubgroups(m, stream, m.subgroups.tick(stream.subgroup, nowMs));
  }
  for (const [adapter, counts] of m.state.adapters) {
    if (counts.openGapMs === null || counts.linkAlarm || counts.openGapMs + LINK_ALARM_MS > nowMs) continue;
    counts.linkAlarm = true;
    const event = m.event('link', nowMs, -1, adapter, linkWords(adapter, counts.openGapMs, counts.openGapReason), {
      state: 'down',
      fromMs: counts.openGapMs,
      reason: counts.openGapReason,
    });
    m.alarms.raise({
      id: event.id,
      seq,
      atMs: nowMs,
      detectedMs: nowMs,
      kind: 'link',
      series: -1,
      adapter,
      class: 'significant',
      lane: 0,
      rule: '',
      text: event.text,
    });
  }
  m.alarms.tick(nowMs, seq);
}
