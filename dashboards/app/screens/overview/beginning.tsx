// Before there is anything to see: what is being waited for, and the past being read in.
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { HealthJson } from '../../../../src/api/contract.ts';
import { useApp, useWriter } from '../../state/context.ts';

const POLL_MS = 3000;

/** Instead of the overview while no stream exists: which collectors are at work. */
export function Beginning() {
  const app = useApp();
  const { t } = useWriter();
  const health = useSignal<HealthJson | null>(null);
  useEffect(() => {
    const read = (): void => {
      app.api.health().then(
        (answer) => {
          health.value = answer;
        },
        () => undefined, // The list stays as it was; the header tells that the link is cut.
      );
    };
    read();
    const timer = setInterval(read, POLL_MS);
    return () => clearInterval(timer);
  }, []);
  const because = health.value?.notReadyBecause ?? null;
  return (
    <section class="card beginning" aria-live="polite">
      <h1>{t.overview.beginning}</h1>
      <p>{t.overview.noStreams}</p>
      {because !== null && <p class="strong">{because}</p>}
      <ul class="beginning-adapters">
        {health.value?.adapters.map((adapter) => (
          <li key={adapter.id}>
            <b>{adapter.id}</b> <span class="quiet">{adapter.use}</span> {t.health.state[adapter.state]}
          </li>
        ))}
      </ul>
      <p>
        <a href="/health">{t.nav.health}</a>
      </p>
    </section>
  );
}

/** A line above the overview while values of the past are read in: nothing below is of today yet. */
export function ReadingPast() {
  const app = useApp();
  const w = useWriter();
  const past = app.past.value;
  if (past === null) return null;
  return (
    <p class="reading-past" role="status">
      {w.t.overview.readingPast(w.full(past.untilMs))}
    </p>
  );
}
