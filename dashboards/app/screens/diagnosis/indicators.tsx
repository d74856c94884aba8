// The indicators, each openable down to its evidence. Four kinds of missing are four different words and signs.
import type { DiagnosisJson, IndicatorJson } from '../../../../src/api/contract.ts';
import { ScrollBox } from '../../components/scroll-box.tsx';
import { useWriter } from '../../state/context.ts';

/** Sign of each status, beside its word. */
const STATUS_SIGN: Readonly<Record<IndicatorJson['status'], string>> = {
  computed: '',
  absent: '∅',
  unassessed: '○',
  insufficient: '…',
  not_applicable: '⊘',
};

export function Indicators({ of }: { of: DiagnosisJson }) {
  const w = useWriter();
  const { t } = w;
  return (
    <section class="card indicators-card">
      <h2>{t.diagnosis.indicators}</h2>
      <div class="indicator-groups">
        {of.area.dimensions.map((dimension) => {
          const members = of.indicators.filter((indicator) => indicator.dimension === dimension.id);
          if (members.length === 0) return null;
          return (
            <div key={dimension.id} class="indicator-group">
              <h3>{w.pick(dimension)}</h3>
              {members.map((indicator) => (
                <Indicator key={indicator.id} of={indicator} />
              ))}
            </div>
          );
        })}
      </div>
    </section>
  );
}

function Indicator({ of }: { of: IndicatorJson }) {
  const w = useWriter();
  const { t } = w;
  const isComputed = of.status === 'computed';
  return (
    <details class={`indicator is-${of.status}`}>
      <summary>
        <span class="indicator-name">
          <b>{w.pick(of.name)}</b>
          <span class="quiet">{isComputed ? w.pick(of.levelText) : t.diagnosis.statusHelp[of.status]}</span>
        </span>
        <span class="indicator-value">
          {of.value !== null && isComputed ? (
            w.quantity(of.value, of.unit)
          ) : (
            <span class="missing">
              {STATUS_SIGN[of.status]} {t.diagnosis.status[of.status]}
            </span>
          )}
        </span>
        <Level of={of.level} />
      </summary>
      <div class="indicator-body">
        <dl class="pairs">
          <div>
            <dt>{t.diagnosis.formula}</dt>
            <dd>{w.pick(of.formula)}</dd>
          </div>
          <div>
            <dt>{t.diagnosis.n}</dt>
            <dd>{w.count(of.n)}</dd>
          </div>
          <div>
            <dt>{t.diagnosis.period}</dt>
            <dd>
              {w.full(of.fromMs)} – {w.full(of.toMs)}
            </dd>
          </div>
          <div>
            <dt>{t.diagnosis.weight}</dt>
            <dd>{of.weight}</dd>
          </div>
          {of.thresholds.length > 0 && (
            <div>
              <dt>{t.diagnosis.level}</dt>
              <dd>{t.diagnosis.thresholds(of.thresholds.map((value) => w.quantity(value, of.unit)).join(' · '))}</dd>
            </div>
          )}
          {of.next !== null && (
            <div>
              <dt>{t.diagnosis.next}</dt>
              <dd>{w.pick(of.next)}</dd>
            </div>
          )}
        </dl>
        {of.evidence.length > 0 && (
          <ScrollBox name={`${w.pick(of.name)}, ${t.diagnosis.evidence}`}>
            <table class="data">
              <thead>
                <tr>
                  <th scope="col">{t.diagnosis.evidence}</th>
                  <th scope="col">{t.diagnosis.value}</th>
                  <th scope="col">{t.diagnosis.source}</th>
                </tr>
              </thead>
              <tbody>
                {of.evidence.map((row) => (
                  <tr key={row.key}>
                    <td>{w.pick(row)}</td>
                    <td>{row.value === null ? '–' : w.count(row.value)}</td>
                    <td>{t.diagnosis.evidenceSource[row.key] ?? row.source}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </ScrollBox>
        )}
      </div>
    </details>
  );
}

function Level({ of }: { of: number | null }) {
  const { t } = useWriter();
  const label = `${t.diagnosis.level} ${of ?? '–'}`;
  return (
    <span class="level" role="img" aria-label={label} title={label}>
      {[1, 2, 3, 4, 5].map((step) => (
        <i key={step} class={of !== null && step <= of ? 'is-on' : ''} />
      ))}
      <b aria-hidden="true">{of ?? '–'}</b>
    </span>
  );
}
