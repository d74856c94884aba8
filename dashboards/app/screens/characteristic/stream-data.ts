// What the characteristic screen shows, fetched once and then kept up to date by the live push.
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { EventJson, HistogramJson, PointJson, StreamDetailJson } from '../../../../src/api/contract.ts';
import { newestSubgroups } from '../../domain/subgroups.ts';
import { ApiFailure } from '../../state/api.ts';
import { useApp } from '../../state/context.ts';

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

/** Data of one stream. The window follows the newest points; the histogram is renewed now and then. */
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

  useEffect(() => {
    const abort = new AbortController();
    const load = async (): Promise<void> => {
      try {
        const [d, p, h] = await Promise.all([
          app.api.stream(id, abort.signal),
          app.api.points(id, size, abort.signal),
          app.api.histogram(id, abort.signal),
        ]);
        detail.value = d;
        points.value = p.points;
        histogram.value = h;
        total.value = p.total;
        isThinned.value = p.thinned;
        failure.value = null;
        const e = await app.api.events(id, p.points[0]?.timeMs ?? 0, abort.signal);
        events.value = e.events;
      } catch (error) {
        if (abort.signal.aborted) return;
        failure.value = error instanceof ApiFailure ? error : new ApiFailure(0, String(error), '');
      }
    };
    void load();
    return () => abort.abort();
  }, [id, size, round.value]);

  useEffect(() => {
    let refresh: ReturnType<typeof setTimeout> | undefined;
    const stop = app.onLive((messages) => {
      const fresh = messages.flatMap((m) => (m.type === 'point' && m.stream === id ? [m.point] : []));
      const happened = messages.flatMap((m) => (m.type === 'event' && m.event.stream === id ? [m.event] : []));
      if (happened.length > 0) events.value = [...events.peek(), ...happened];
      if (fresh.length === 0) return;
      const merged = merge(points.peek(), fresh);
      points.value = size === 'all' ? merged : newestSubgroups(merged, size);
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
    };
  }, [id, size]);

  // New limits or an excluded point change points that are already here.
  const linkKind = app.link.value.kind;
  useEffect(() => {
    if (linkKind === 'open' && detail.peek() !== null) round.value += 1;
  }, [linkKind]);

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
function merge(known: readonly PointJson[], fresh: readonly PointJson[]): PointJson[] {
  const keyOf = (point: PointJson): string => `${point.id}/${point.lane}`;
  const rows = new Map(known.map((point) => [keyOf(point), point]));
  for (const point of fresh) rows.set(keyOf(point), point);
  return [...rows.values()];
}
