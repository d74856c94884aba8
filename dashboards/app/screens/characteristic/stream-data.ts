// What the characteristic screen shows, fetched once and then kept up to date by the live push.
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { EventJson, HistogramJson, PointJson, StreamDetailJson } from '../../../../src/api/contract.ts';
import { newestSubgroups } from '../../domain/subgroups.ts';
import { ApiFailure } from '../../state/api.ts';
import { useApp } from '../../state/context.ts';
import { changesStream } from '../../state/take-in.ts';

export type WindowSize = 50 | 200 | 'all';

export interface StreamData {
  readonly detail: StreamDetailJson | null;
  readonly points: readonly PointJson[];
  readonly histogram: HistogramJson | null;
  readonly events: readonly EventJson[];
  readonly total: number;
  readonly isThinned: boolean;
  readonly failure: ApiFailure | null;
  reload(): void;
}

const REFRESH_MS = 20_000;
/** What changes one after the other is fetched once, and not more often than this. */
const SETTLE_MS = 300;
const RELOAD_MS = 2000;

/** Data of one stream. The window follows the newest points; what changes those already here fetches them anew. */
export function useStreamData(id: string, size: WindowSize): StreamData {
  const app = useApp();
  const detail = useSignal<StreamDetailJson | null>(null);
  const points = useSignal<readonly PointJson[]>([]);
  const histogram = useSignal<HistogramJson | null>(null);
  const events = useSignal<readonly EventJson[]>([]);
  const total = useSignal(0);
  const isThinned = useSignal(false);
  const failure = useSignal<ApiFailure | null>(null);
  const round = useSignal(0);
  const loadedMs = useRef(Number.NEGATIVE_INFINITY);
  /** What the push brought since the last fetch began: the answer may not know it yet. */
  const heard = useRef<{ points: readonly PointJson[]; events: readonly EventJson[] }>({ points: [], events: [] });

  useEffect(() => {
    const abort = new AbortController();
    loadedMs.current = performance.now();
    heard.current = { points: [], events: [] };
    const load = async (): Promise<void> => {
      try {
        const [d, p, h] = await Promise.all([
          app.api.stream(id, abort.signal),
          app.api.points(id, size, abort.signal),
          app.api.histogram(id, abort.signal),
        ]);
        detail.value = d;
        points.value = shown(merged(p.points, newerThan(p.points, heard.current.points)));
        histogram.value = h;
        total.value = p.total;
        isThinned.value = p.thinned;
        failure.value = null;
        const e = await app.api.events(id, p.points[0]?.timeMs ?? 0, abort.signal);
        events.value = together(e.events, heard.current.events);
      } catch (error) {
        if (abort.signal.aborted) return;
        const next = error instanceof ApiFailure ? error : new ApiFailure(0, String(error), '');
        // What is there stays while the server does not answer; the header tells that the link is cut.
        if (next.status !== 0 || detail.peek() === null) failure.value = next;
      }
    };
    void load();
    return () => abort.abort();
  }, [id, size, round.value]);

  useEffect(() => {
    let refresh: ReturnType<typeof setTimeout> | undefined;
    let reload: ReturnType<typeof setTimeout> | undefined;
    const reloadSoon = (): void => {
      reload ??= setTimeout(
        () => {
          reload = undefined;
          round.value += 1;
        },
        Math.max(SETTLE_MS, loadedMs.current + RELOAD_MS - performance.now()),
      );
    };
    const stop = app.onLive((messages) => {
      const fresh = messages.flatMap((m) => (m.type === 'point' && m.stream === id ? [m.point] : []));
      const happened = messages.flatMap((m) => (m.type === 'event' && m.event.stream === id ? [m.event] : []));
      const isOutdated = messages.some(
        (m) =>
          (m.type === 'event' && changesStream(m.event, id)) ||
          // The server leaves points out when very many come at a time.
          (m.type === 'point' && m.stream === id && (m.skipped ?? 0) > 0),
      );
      if (isOutdated) reloadSoon();
      if (happened.length > 0) {
        heard.current = { ...heard.current, events: [...heard.current.events, ...happened] };
        events.value = together(events.peek(), happened);
      }
      if (fresh.length === 0) return;
      heard.current = { ...heard.current, points: [...heard.current.points, ...fresh] };
      points.value = shown(merged(points.peek(), fresh));
      refresh ??= setTimeout(() => {
        refresh = undefined;
        app.api.histogram(id).then(
          (answer) => {
            histogram.value = answer;
          },
          () => undefined, // The old histogram stays; the header tells that the link is cut.
        );
      }, REFRESH_MS);
    });
    return () => {
      stop();
      clearTimeout(refresh);
      clearTimeout(reload);
    };
  }, [id, size]);

  // Nothing was pushed while the link was cut, and what was missed may have changed what is here.
  const linkKind = app.link.value.kind;
  const missed = app.missed.value;
  useEffect(() => {
    if (linkKind === 'open' && detail.peek() !== null) round.value += 1;
  }, [linkKind, missed]);

  function shown(all: PointJson[]): readonly PointJson[] {
    return size === 'all' ? all : newestSubgroups(all, size);
  }

  return {
    detail: detail.value,
    points: points.value,
    histogram: histogram.value,
    events: events.value,
    total: total.value,
    isThinned: isThinned.value,
    failure: failure.value,
    reload: () => {
      round.value += 1;
    },
  };
}

/** A point that is already there is replaced. */
function merged(known: readonly PointJson[], fresh: readonly PointJson[]): PointJson[] {
  const keyOf = (point: PointJson): string => `${point.id}/${point.lane}`;
  const rows = new Map(known.map((point) => [keyOf(point), point]));
  for (const point of fresh) rows.set(keyOf(point), point);
  return [...rows.values()];
}

/** Those of entries that the answer does not know yet: an older one that it lacks has been superseded. */
function newerThan(answer: readonly PointJson[], fresh: readonly PointJson[]): readonly PointJson[] {
  const seq = answer.reduce((newest, point) => Math.max(newest, point.seq), 0);
  return fresh.filter((point) => point.seq > seq);
}

function together(known: readonly EventJson[], fresh: readonly EventJson[]): readonly EventJson[] {
  return [...new Map([...known, ...fresh].map((event) => [event.id, event])).values()];
}
