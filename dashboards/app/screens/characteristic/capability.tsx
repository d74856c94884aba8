// Histogram and capability: never a figure without its interval, its n and whether it may be quoted.
import { useSignal } from '@preact/signals';
import { useCallback } from 'preact/hooks';
import type { HistogramJson, StreamDetailJson } from '../../../../src/api/contract.ts';
import { histogram as layOut } from '../../../../src/figure/histogram.ts';
import { decimalsForSpread } from '../../../../src/figure/number-format.ts';
import { SvgFigure, useWidth } from '../../components/scene-figure.tsx';
import { assuranceOf, PPK_TARGET } from '../../domain/variation.ts';
import { useApp, useWriter } from '../../state/context.ts';

export function Capability({
  detail,
  histogram,
  decimals,
}: {
  detail: StreamDetailJson;
  histogram: HistogramJson | null;
  decimals: number;
}) {
  const app = useApp();
  const w = useWriter();
  const { t } = w;
  const stream = app.streams.value.get(detail.stream.id) ?? detail.stream;
  const c = stream.capability;
  const isHeld = c.withheld !== null;
  const assurance = assuranceOf(stream);
  const fine = decimalsForSpread(c.sigmaOverall ?? Number.NaN);
  const rows = [
    ['Cp', c.cp, null, null],
    ['Cpk', c.cpk, c.cpkLower, c.cpkUpper],
    ['Pp', c.pp, null, null],
    ['Ppk', c.ppk, c.ppkLower, c.ppkUpper],
  ] as const;
  return (
    <>
      {histogram !== null && histogram.n > 0 && stream.kind === 'variable' && (
        <Histogram data={histogram} decimals={decimals} name={w.pick(stream.name)} />
      )}
      <section class="card capability-card">
        <h2>{t.characteristic.capability}</h2>
        <p class={isHeld ? 'verdict is-held' : 'verdict'}>
          {isHeld ? t.characteristic.verdictHeld : `${assurance} ${t.assurance[assurance]}`}
        </p>
        <p class="quiet">
          {c.withheld === null
            ? t.characteristic.verdict[assurance](PPK_TARGET.toFixed(2))
            : t.characteristic.withheld[c.withheld]}
        </p>
        {c.cpk !== null || c.ppk !== null ? (
          <table class={isHeld ? 'figures is-held' : 'figures'}>
            <thead>
              <tr>
                <th scope="col">n = {w.count(c.n)}</th>
                <th scope="col">{t.characteristic.value}</th>
                <th scope="col">{t.characteristic.interval}</th>
              </tr>
            </thead>
            <tbody>
              {rows.map(([name, value, lower, upper]) => (
                <tr key={name}>
                  <th scope="row">{name}</th>
                  <td>{w.figure(value, 2)}</td>
                  <td>{lower === null ? '' : `${w.figure(lower, 2)} – ${w.figure(upper, 2)}`}</td>
                </tr>
              ))}
            </tbody>
          </table>
        ) : null}
        {stream.kind === 'variable' && (
          <dl class="pairs">
            <div>
              <dt>{t.characteristic.mean}</dt>
              <dd>{w.figure(c.mean, fine)}</dd>
            </div>
            <div>
              <dt>{t.characteristic.within}</dt>
              <dd>{w.figure(c.sigmaWithin, fine)}</dd>
            </div>
            <div>
              <dt>{t.characteristic.overall}</dt>
              <dd>{w.figure(c.sigmaOverall, fine)}</dd>
            </div>
          </dl>
        )}
      </section>
    </>
  );
}

function Histogram({ data, decimals, name }: { data: HistogramJson; decimals: number; name: string }) {
  const { t } = useWriter();
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
      <h2>{t.characteristic.histogram}</h2>
      <div ref={measured} class="histogram-room">
        {width.value > 0 && <SvgFigure scene={scene} id="histogram" />}
      </div>
      <p class="quiet">
        n = {data.n} · {t.characteristic.fits} ·{' '}
        <span class={outside > 0 ? 'strong' : ''}>{t.characteristic.outOfSpec(outside, data.n)}</span>
      </p>
    </section>
  );
}
