// What the rules of this stream cost in false alarms, and how soon they find a shift for that.
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { PriceJson, StreamDetailJson } from '../../../../src/api/contract.ts';
import { decimalsOf, paceOf } from '../../domain/price.ts';
import { useApp, useWriter } from '../../state/context.ts';
import { Pairs } from './pairs.tsx';

export function PriceCard({ detail }: { detail: StreamDetailJson }) {
  const app = useApp();
  const w = useWriter();
  const { t } = w;
  const price = useSignal<PriceJson | null>(null);
  const { id, limits } = detail.stream;
  // New limits have a range of their own.
  useEffect(() => {
    const abort = new AbortController();
    app.api.price(id, abort.signal).then(
      (answer) => {
        price.value = answer.price;
      },
      () => undefined, // Without a price the card is left out; the header tells that the link is cut.
    );
    return () => abort.abort();
  }, [id, limits.version]);
  const shown = price.value;
  if (shown === null) return null;
  const number = (x: number | null): string => w.figure(x, decimalsOf(x));
  const points = (x: number | null): string => (x === null ? '–' : t.price.points(number(x)));
  const pace = paceOf(shown);
  const { range, interval } = shown;
  return (
    <section class="card price-card">
      <h2>{t.price.title}</h2>
      {pace !== undefined && (
        <p>{'days' in pace ? t.price.every(number(pace.days)) : t.price.aDay(number(pace.perDay))}</p>
      )}
      <Pairs
        of={[
          [t.price.inControl, points(shown.arl0)],
          [t.price.median, points(shown.median)],
          [t.price.after(1), points(shown.arlBySigma['1'])],
          [t.price.after(2), points(shown.arlBySigma['2'])],
        ]}
      />
      {range !== null && (
        <p class="quiet">{t.price.range(number(range.lower), number(range.upper), range.subgroups)}</p>
      )}
      {interval !== null && <p class="quiet">{t.price.simulated(number(interval.lower), number(interval.upper))}</p>}
      {!shown.isNormal && <p class="quiet">{t.price.asNormal}</p>}
    </section>
  );
}
