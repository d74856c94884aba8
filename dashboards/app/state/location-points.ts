// The newest points of the location lane of several streams: what small charts show, kept up to date by the live push.
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { PointJson } from '../../../src/api/contract.ts';
import { useApp } from './context.ts';
import { changesStream } from './take-in.ts';

/** What changes one after the other is fetched once. */
const SETTLE_MS = 1000;

/** The newest `size` points of each stream; a stream whose points are not here yet is not in the map. */
export function useLocationPoints(ids: readonly string[], size: number): ReadonlyMap<string, readonly PointJson[]> {
  const app = useApp();
  const points = useSignal<ReadonlyMap<string, readonly PointJson[]>>(new Map());
  const wanted = ids.join('\n');
  const missed = app.missed.value;
  const missedBefore = useRef(missed);
  useEffect(() => {
    const abort = new AbortController();
    const outdated = new Set<string>();
    let settling: ReturnType<typeof setTimeout> | undefined;
    const isAll = missedBefore.current !== missed;
    missedBefore.current = missed;
    const all = wanted === '' ? [] : wanted.split('\n');
    const fetchOne = (id: string): void => {
      app.api.points(id, size, abort.signal).then(
        (answer) => {
          const location = answer.points.filter((point) => point.lane === 0);
          const seq = Math.max(0, ...location.map((point) => point.seq));
          const since = (points.peek().get(id) ?? []).filter((point) => point.seq > seq);
          points.value = new Map(points.peek()).set(id, [...location, ...since].slice(-size));
        },
        () => undefined, // The chart stays as it is; the link state in the header says why.
      );
    };
    for (const id of all) if (isAll || !points.peek().has(id)) fetchOne(id);
    const stop = app.onLive((messages) => {
      const next = new Map(points.peek());
      let isChanged = false;
      for (const message of messages) {
        if (message.type === 'event') for (const id of all) if (changesStream(message.event, id)) outdated.add(id);
        if (message.type !== 'point') continue;
        if ((message.skipped ?? 0) > 0) outdated.add(message.stream);
        const known = message.point.lane === 0 ? next.get(message.stream) : undefined;
        if (known === undefined) continue;
        next.set(message.stream, [...known, message.point].slice(-size));
        isChanged = true;
      }
      if (isChanged) points.value = next;
      if (outdated.size > 0)
        settling ??= setTimeout(() => {
          settling = undefined;
          for (const id of all) if (outdated.has(id)) fetchOne(id);
          outdated.clear();
        }, SETTLE_MS);
    });
    return () => {
      stop();
      abort.abort();
      clearTimeout(settling);
    };
  }, [wanted, size, missed]);
  return points.value;
}
