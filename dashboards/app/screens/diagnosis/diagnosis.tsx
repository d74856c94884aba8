// The first diagnosis: score, dimensions, indicators with their evidence, and the policy's figures only for reference.
import './diagnosis.css';
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { DiagnosisJson } from '../../../../src/api/contract.ts';
import { Failure, Loading } from '../../components/notice.tsx';
import { policySource } from '../../i18n/server-words.ts';
import { ApiFailure } from '../../state/api.ts';
import { useApp, useWriter } from '../../state/context.ts';
import { Indicators } from './indicators.tsx';

export function Diagnosis() {
  const app = useApp();
  const answer = useSignal<DiagnosisJson | null>(null);
  const failure = useSignal<ApiFailure | null>(null);
  const load = (): void => {
    app.api.diagnosis().then(
      (next) => {
        answer.value = next;
        failure.value = null;
      },
      (error) => {
        failure.value = error instanceof ApiFailure ? error : new ApiFailure(0, String(error), '');
      },
    );
  };
  useEffect(load, []);
  if (failure.value !== null) return <Failure failure={failure.value} retry={load} />;
  if (answer.value === null) return <Loading />;
  return <Report of={answer.value} />;
}

function Report({ of }: { of: DiagnosisJson }) {
  const w = useWriter();
  const { t } = w;
  const { area } = of;
  return (
    <article class="diagnosis">
      <header class="stream-head">
        <h1>{t.diagnosis.title}</h1>
        <p class="quiet">
          {t.diagnosis.asOf(w.full(of.atMs))} · {t.diagnosis.model(of.modelId, of.modelVersion)}
        </p>
      </header>
      <section class="card score-card">
        <h2>{w.pick(area)}</h2>
        <p class={area.coverage < 0.5 ? 'score is-held' : 'score'}>
          {area.score === null ? t.diagnosis.noScore : w.figure(area.score, 1)}
          {area.score !== null && <small> / 100</small>}
        </p>
        <p class="quiet">{t.diagnosis.coverage(w.percent(area.coverage))}</p>
        {area.coverage < 0.5 && <p class="strong">{t.diagnosis.coverageLow}</p>}
      </section>
      <section class="card dimensions-card">
        <h2>{t.diagnosis.dimensions}</h2>
        <ul class="dimensions">
          {area.dimensions.map((dimension) => (
            <li key={dimension.id}>
              <span class="dimension-name">
                <b>{w.pick(dimension)}</b>
                <span class="quiet">
                  {dimension.stage === null || dimension.held
                    ? t.diagnosis.status.unassessed
                    : `${t.diagnosis.stage(dimension.stage.level)} · ${w.pick(dimension.stage)}`}
                </span>
                {dimension.held && (
                  <span class="quiet held">
                    {t.diagnosis.held}
                    {dimension.score !== null && ` (${t.diagnosis.provisional(w.figure(dimension.score, 0))})`}
                  </span>
                )}
              </span>
              <Meter score={dimension.held ? null : dimension.score} label={w.pick(dimension)} />
              <b class="dimension-score">
                {dimension.score === null || dimension.held ? '–' : w.figure(dimension.score, 0)}
              </b>
            </li>
          ))}
        </ul>
      </section>
      <section class="card references-card">
        <h2>
          {t.diagnosis.references} <span class="reference-mark">{t.diagnosis.forReference}</span>
        </h2>
        <dl class="references">
          {of.references.map((reference) => (
            <div key={reference.id}>
              <dt>
                {w.pick(reference)}
                <span class="quiet">{policySource(reference.source, w.language)}</span>
              </dt>
              <dd>{w.quantity(reference.value, reference.unit)}</dd>
            </div>
          ))}
        </dl>
        <p class="quiet">{t.diagnosis.referencesHint}</p>
      </section>
      <Indicators of={of} />
    </article>
  );
}

function Meter({ score, label }: { score: number | null; label: string }) {
  return (
    <svg
      class="meter"
      viewBox="0 0 100 8"
      preserveAspectRatio="none"
      role="img"
      aria-label={`${label}: ${score === null ? '–' : Math.round(score)}`}
    >
      <rect class="f-grid" x="0" y="0" width="100" height="8" />
      {score !== null && <rect class="f-common" x="0" y="0" width={Math.max(0, Math.min(100, score))} height="8" />}
    </svg>
  );
}
