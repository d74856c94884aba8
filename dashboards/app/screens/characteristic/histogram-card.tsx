// The individual values against their specification.
import { useSignal } from '@preact/signals';
import { useCallback } from 'preact/hooks';
import type { HistogramJson, StreamDetailJson } from '../../../../src/api/contract.ts';
import { histogram as layOut } from '../../../../src/figure/histogram.ts';
import { SvgFigure, useWidth } from '../../components/scene-figure.tsx';
import { Unit } from '../../components/unit.tsx';
import { useWriter } from '../../state/context.ts';

/** Nothing for counts: a share of nonconforming parts has no histogram of values. */
export function HistogramCard({
  detail,
  data,
  decimals,
}: {
  detail: StreamDetailJson;
  data: HistogramJson | null;
  decimals: number;
}) {
  const w = useWriter();
  if (data === null || data.n === 0 || detail.stream.kind !== 'variable') return null;
  const { name, unit } = detail.stream;
  return <Histogram data={data} decimals={decimals} name={w.pick(name)} unit={unit} />;
}

function Histogram({
  data,
  decimals,
  name,
  unit,
}: {
  data: HistogramJson;
  decimals: number;
  name: string;
  unit: string;
}) {
  const w = useWriter();
  const { t } = w;
  const width = useSignal(0);
  const measured = useWidth(
    useCallback((next: number) => {
      width.value = next;
    }, []),
  );
  const outside = data.belowSpec + data.aboveSpec;
  const scene = layOut({
    title: `${name}, ${t.characteristic.histogram}`,
    desc: t.characteristic.histogramDesc(data.n, data.belowSpec, data.aboveSpec),
    width: width.value,
    height: 230,
    bins: data.bins,
    spec: {
      lower: data.spec.lower ?? undefined,
      target: data.spec.target ?? undefined,
      upper: data.spec.upper ?? undefined,
    },
    mean: data.mean ?? Number.NaN,
    sigmaWithin: data.fits.find((fit) => fit.name === 'within')?.sigma ?? Number.NaN,
    sigmaOverall: data.fits.find((fit) => fit.name === 'overall')?.sigma ?? Number.NaN,
    decimals,
    words: { lower: 'LSL', target: 'T', upper: 'USL' },
  });
  return (
    <section class="card histogram-card">
      <h2>
        {t.characteristic.histogram} <Unit of={unit} />
      </h2>
      <div ref={measured} class="histogram-room">
        {width.value > 0 && <SvgFigure scene={scene} id="histogram" />}
      </div>
      <p class="quiet">
        n = {w.count(data.n)} · {t.characteristic.fits} ·{' '}
        <span class={outside > 0 ? 'strong' : ''}>{t.characteristic.outOfSpec(w.count(outside), w.count(data.n))}</span>
      </p>
    </section>
  );
}
