// Stratification: the same characteristic in other cavities or parts, small charts with one scale.
import { useSignal } from '@preact/signals';
import type { StreamDetailJson, StreamJson } from '../../../../src/api/contract.ts';
import { sparkline } from '../../../../src/figure/sparkline.ts';
import { SvgFigure } from '../../components/scene-figure.tsx';
import { streamHref, streamTail } from '../../components/stream-name.ts';
import { assuranceOf, GLYPH } from '../../domain/variation.ts';
import { useApp, useWriter } from '../../state/context.ts';
import { useLocationPoints } from '../../state/location-points.ts';

type By = 'none' | 'split' | 'part';
const POINTS = 50;

export function Siblings({ detail }: { detail: StreamDetailJson }) {
  const app = useApp();
  const { t } = useWriter();
  const { stream } = detail;
  const all = [...app.streams.value.values()].filter((other) => other.characteristic === stream.characteristic);
  const bySplit = all.filter((other) => other.part === stream.part);
  const byPart = all.filter((other) => other.split === stream.split);
  const by = useSignal<By>(bySplit.length > 1 ? 'split' : byPart.length > 1 ? 'part' : 'none');
  if (all.length < 2) return null;
  const choices: readonly (readonly [By, string, number])[] = [
    ['split', t.characteristic.stratifySplit, bySplit.length],
    ['part', t.characteristic.stratifyPart, byPart.length],
    ['none', t.characteristic.stratifyNone, 2],
  ];
  const members = by.value === 'split' ? bySplit : byPart;
  return (
    <section class="card siblings-card">
      <div class="card-head">
        <h2>{t.characteristic.siblings}</h2>
        <fieldset class="choice">
          <legend class="visually-hidden">{t.characteristic.stratify}</legend>
          {choices
            .filter(([, , count]) => count > 1)
            .map(([id, word]) => (
              <button
                key={id}
                type="button"
                aria-pressed={by.value === id}
                onClick={() => {
                  by.value = id;
                }}
              >
                {word}
              </button>
            ))}
        </fieldset>
      </div>
      {by.value !== 'none' && <SmallMultiples streams={members} currentId={stream.id} />}
    </section>
  );
}

function SmallMultiples({ streams, currentId }: { streams: readonly StreamJson[]; currentId: string }) {
  const app = useApp();
  const w = useWriter();
  const { t } = w;
  const points = useLocationPoints(
    streams.map((stream) => stream.id),
    POINTS,
  );
  const values = [...points.values()].flat().flatMap((p) => [p.value, p.lower, p.upper]);
  const finite = values.filter((value): value is number => value !== null);
  const range = finite.length > 0 ? { low: Math.min(...finite), high: Math.max(...finite) } : undefined;
  return (
    <>
      <ul class="multiples">
        {streams.map((stream) => {
          const own = points.get(stream.id) ?? [];
          const newest = own.at(-1);
          const variation = app.variation(stream);
          const scene = sparkline({
            title: streamTail(stream),
            desc: t.variation[variation],
            width: 240,
            height: 84,
            points: own.map((point) => ({
              value: point.value ?? Number.NaN,
              breakBefore: point.breakBefore,
              isSignal: point.rules.length > 0,
            })),
            centre: newest?.centre ?? Number.NaN,
            lower: newest?.lower ?? Number.NaN,
            upper: newest?.upper ?? Number.NaN,
            ...(range === undefined ? {} : { range }),
          });
          return (
            <li key={stream.id}>
              <a href={streamHref(stream.id)} aria-current={stream.id === currentId ? 'true' : undefined}>
                <span>
                  {streamTail(stream)}{' '}
                  <span class="sign" title={t.variation[variation]}>
                    {GLYPH[variation]} {assuranceOf(stream)}
                  </span>
                </span>
                <SvgFigure scene={scene} id={`sibling-${stream.id}`} />
              </a>
            </li>
          );
        })}
      </ul>
      <p class="quiet">{t.characteristic.sameScale}</p>
    </>
  );
}
