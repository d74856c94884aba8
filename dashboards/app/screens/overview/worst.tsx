// The streams with the lowest capability, each with its last points.
import type { PointJson, StreamJson } from '../../../../src/api/contract.ts';
import { sparkline } from '../../../../src/figure/sparkline.ts';
import { SvgFigure } from '../../components/scene-figure.tsx';
import { streamHref, streamTail } from '../../components/stream-name.ts';
import { assuranceOf, GLYPH } from '../../domain/variation.ts';
import { useApp, useWriter } from '../../state/context.ts';
import { useLocationPoints } from '../../state/location-points.ts';
import { ClassMark } from './lines.tsx';

const SHOWN = 12;
const POINTS = 30;

export function Worst({ streams }: { streams: readonly StreamJson[] }) {
  const { t } = useWriter();
  const worst = streams
    .filter((stream) => stream.capability.withheld === null && stream.capability.ppkLower !== null)
    .sort((a, b) => (a.capability.ppkLower ?? 0) - (b.capability.ppkLower ?? 0))
    .slice(0, SHOWN);
  const points = useLocationPoints(
    worst.map((stream) => stream.id),
    POINTS,
  );
  return (
    <section class="card worst-card">
      <div class="card-head">
        <h2>{t.overview.worst}</h2>
        <span class="quiet">{t.overview.worstHint}</span>
      </div>
      {worst.length === 0 && <p class="quiet">{t.overview.noWorst}</p>}
      <ul class="worst">
        {worst.map((stream) => (
          <WorstRow key={stream.id} stream={stream} points={points.get(stream.id) ?? []} />
        ))}
      </ul>
    </section>
  );
}

function WorstRow({ stream, points }: { stream: StreamJson; points: readonly PointJson[] }) {
  const app = useApp();
  const w = useWriter();
  const { t } = w;
  const variation = app.variation(stream);
  const assurance = assuranceOf(stream);
  const { ppk, ppkLower, ppkUpper } = stream.capability;
  const newest = points.at(-1);
  const scene = sparkline({
    title: w.pick(stream.name),
    desc: t.variation[variation],
    width: 150,
    height: 36,
    points: points.map((point) => ({
      value: point.value ?? Number.NaN,
      breakBefore: point.breakBefore,
      isSignal: point.rules.length > 0,
    })),
    centre: newest?.centre ?? Number.NaN,
    lower: newest?.lower ?? Number.NaN,
    upper: newest?.upper ?? Number.NaN,
  });
  return (
    <li>
      <a href={streamHref(stream.id)}>
        <span class="worst-name">
          <b>
            {w.pick(stream.name)}
            <ClassMark of={stream.class} />
          </b>
          <span class="quiet">{[stream.line, streamTail(stream)].filter(Boolean).join(' · ')}</span>
        </span>
        <SvgFigure scene={scene} id={`spark-${stream.id}`} />
        <span class="worst-figure">
          <span>
            <b>
              {w.figure(ppk, 2)} {assurance}
            </b>
            <span class="sign" title={t.variation[variation]}>
              {GLYPH[variation]}
            </span>
          </span>
          <span class="quiet">
            [{w.figure(ppkLower, 2)}–{w.figure(ppkUpper, 2)}]
          </span>
        </span>
      </a>
    </li>
  );
}
