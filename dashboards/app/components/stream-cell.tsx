// One stream in one cell: glyph and letter, size by class, hatched when late, faint when its part is not made.
import type { StreamJson } from '../../../src/api/contract.ts';
import { assuranceOf, GLYPH, isSignal } from '../domain/variation.ts';
import { useApp, useWriter } from '../state/context.ts';
import { streamHref, streamTail } from './stream-name.ts';

export function StreamCell({ stream }: { stream: StreamJson }) {
  const app = useApp();
  const w = useWriter();
  const { t } = w;
  const now = app.slowNowMs.value;
  const variation = app.variation(stream);
  const assurance = assuranceOf(stream);
  const seen = t.overview.lastSeen(w.ago(stream.lastTimeMs, now));
  const name = [w.pick(stream.name), streamTail(stream), t.variation[variation], t.assurance[assurance], seen]
    .filter((part) => part !== '')
    .join(', ');
  const tone = isSignal(variation) ? 'is-signal' : variation === 'narrower' ? 'is-better' : `is-${variation}`;
  return (
    <a class={`cell is-${stream.class} ${tone}`} href={streamHref(stream.id)} title={name}>
      <span class="visually-hidden">{name}</span>
      <span aria-hidden="true">{GLYPH[variation]}</span>
      <b aria-hidden="true">{assurance}</b>
      {stream.openAlarms.length > 0 && <i class="cell-alarm" aria-hidden="true" />}
    </a>
  );
}
