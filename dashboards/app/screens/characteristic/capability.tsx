// Capability: never a figure without its interval, its n and whether it may be quoted.
import type { StreamDetailJson } from '../../../../src/api/contract.ts';
import { decimalsForSpread } from '../../../../src/figure/number-format.ts';
import { unitSign } from '../../domain/unit-sign.ts';
import { assuranceOf } from '../../domain/variation.ts';
import { useApp, useWriter } from '../../state/context.ts';
import { Pairs } from './pairs.tsx';

export function Capability({ detail }: { detail: StreamDetailJson }) {
  const app = useApp();
  const w = useWriter();
  const { t } = w;
  const stream = app.streams.value.get(detail.stream.id) ?? detail.stream;
  const c = stream.capability;
  const isHeld = c.withheld !== null;
  const assurance = assuranceOf(stream);
  const fine = decimalsForSpread(c.sigmaOverall ?? Number.NaN);
  const withUnit = (value: number | null): string => `${w.figure(value, fine)} ${unitSign(stream.unit)}`.trim();
  const rows = [
    ['Cp', c.cp, null, null],
    ['Cpk', c.cpk, c.cpkLower, c.cpkUpper],
    ['Pp', c.pp, null, null],
    ['Ppk', c.ppk, c.ppkLower, c.ppkUpper],
  ] as const;
  return (
    <section class="card capability-card">
      <h2>{t.characteristic.capability}</h2>
      <p class={isHeld ? 'verdict is-held' : 'verdict'}>
        {isHeld ? t.characteristic.verdictHeld : `${assurance} ${t.assurance[assurance]}`}
      </p>
      <p class="quiet">
        {c.withheld === null
          ? t.characteristic.verdict[assurance](w.figure(c.target, 2))
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
        <Pairs
          of={[
            [t.characteristic.mean, withUnit(c.mean)],
            [t.characteristic.within, withUnit(c.sigmaWithin)],
            [t.characteristic.overall, withUnit(c.sigmaOverall)],
          ]}
        />
      )}
    </section>
  );
}
