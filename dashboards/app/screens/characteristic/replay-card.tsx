// What other rules would have made of this stream's past. For engineers; it changes nothing.
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { ReplayJson, StreamDetailJson } from '../../../../src/api/contract.ts';
import { Failure } from '../../components/notice.tsx';
import type { ApiFailure } from '../../state/api.ts';
import { useApp, useWriter } from '../../state/context.ts';
import { Pairs } from './pairs.tsx';

const ENGINEERS: ReadonlySet<string | undefined> = new Set(['engineer', 'manager', 'admin']);

export function ReplayCard({ detail }: { detail: StreamDetailJson }) {
  const app = useApp();
  const { t } = useWriter();
  const sets = useSignal<readonly string[]>([]);
  const set = useSignal('');
  const answer = useSignal<ReplayJson | null>(null);
  const failure = useSignal<ApiFailure | null>(null);
  const isBusy = useSignal(false);
  const { id } = detail.stream;
  const isAllowed = ENGINEERS.has(app.session.value?.user?.role);
  useEffect(() => {
    if (!isAllowed) return;
    app.api.ruleSets().then(
      (found) => {
        sets.value = found.sets.map((each) => each.id);
      },
      () => undefined, // Without sets there is nothing to choose; the header tells that the link is cut.
    );
  }, [isAllowed]);
  if (!isAllowed || sets.value.length === 0) return null;
  const run = async (): Promise<void> => {
    isBusy.value = true;
    failure.value = null;
    try {
      answer.value = await app.api.replay(id, set.value === '' ? {} : { rules: set.value });
    } catch (error) {
      failure.value = error as ApiFailure; // The API throws nothing else.
    }
    isBusy.value = false;
  };
  return (
    <section class="card replay-card">
      <h2>{t.replay.title}</h2>
      <form
        class="replay-form"
        onSubmit={(event) => {
          event.preventDefault();
          void run();
        }}
      >
        <label>
          {t.replay.rules}
          <select
            class="input"
            value={set.value}
            onChange={(event) => {
              set.value = event.currentTarget.value;
            }}
          >
            <option value="">{t.replay.inForce}</option>
            {sets.value.map((each) => (
              <option key={each} value={each}>
                {each}
              </option>
            ))}
          </select>
        </label>
        <button type="submit" class="button" disabled={isBusy.value}>
          {t.replay.run}
        </button>
      </form>
      {failure.value !== null && <Failure failure={failure.value} />}
      {answer.value !== null && <Answer of={answer.value} />}
    </section>
  );
}

function Answer({ of }: { of: ReplayJson }) {
  const w = useWriter();
  const { t } = w;
  const { summary, check } = of;
  return (
    <div role="status">
      <Pairs
        of={[
          [t.replay.standing, w.count(of.recorded.signals)],
          [t.replay.gained, w.count(of.gained.count)],
          [t.replay.lost, w.count(of.lost.count)],
          [t.replay.causes, t.replay.causesValue(summary.caught, summary.sooner, summary.later, summary.missed)],
          [t.replay.falseAlarms, t.replay.falseValue(summary.falseAvoided, summary.falseKept)],
        ]}
      />
      <p class="quiet">{t.replay.points(w.count(of.points), w.count(check.points - check.equal))}</p>
    </div>
  );
}
