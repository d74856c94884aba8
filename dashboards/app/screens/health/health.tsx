// Is everything collected and nothing lost? In words for those who mend cables.
import './health.css';
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { AdapterJson, HealthJson } from '../../../../src/api/contract.ts';
import { Failure, Loading } from '../../components/notice.tsx';
import { serverWords } from '../../i18n/server-words.ts';
import { ApiFailure } from '../../state/api.ts';
import { useApp, useWriter } from '../../state/context.ts';

const POLL_MS = 5000;

export function Health() {
  const app = useApp();
  const answer = useSignal<HealthJson | null>(null);
  const failure = useSignal<ApiFailure | null>(null);
  const load = (): void => {
    app.api.health().then(
      (next) => {
        answer.value = next;
        failure.value = null;
      },
      (error) => {
        failure.value = error instanceof ApiFailure ? error : new ApiFailure(0, String(error), '');
      },
    );
  };
  useEffect(() => {
    load();
    const timer = setInterval(load, POLL_MS);
    return () => clearInterval(timer);
  }, []);
  if (failure.value !== null && answer.value === null) return <Failure failure={failure.value} retry={load} />;
  if (answer.value === null) return <Loading />;
  return <Report of={answer.value} load={load} />;
}

function Report({ of, load }: { of: HealthJson; load: () => void }) {
  const w = useWriter();
  const { t } = w;
  const eventKinds: Readonly<Record<string, string>> = t.health.eventKind;
  return (
    <article class="health">
      <header class="stream-head">
        <h1>{t.health.title}</h1>
        <p class={of.ready ? 'verdict' : 'verdict is-signal'}>
          {of.ready ? t.health.ready : `◆ ${t.health.notReady}: ${of.notReadyBecause ?? ''}`}
        </p>
        <p class="quiet">
          {t.health.started} {w.full(of.startedMs)}
        </p>
      </header>
      {of.warnings.length > 0 && <Warnings of={of.warnings} load={load} />}
      <section class="card adapters-card">
        <h2>{t.health.adapters}</h2>
        <ul class="adapters">
          {of.adapters.map((adapter) => (
            <Adapter key={adapter.id} of={adapter} now={of.nowMs} />
          ))}
        </ul>
      </section>
      <Balance of={of.balance} />
      <section class="card">
        <h2>{t.health.journal}</h2>
        <p class="quiet">{t.health.journalHelp}</p>
        <dl class="pairs">
          <Pair name={t.health.entries} value={`${w.count(of.journal.firstSeq)} – ${w.count(of.journal.lastSeq)}`} />
          <Pair name={t.health.size} value={w.bytes(of.journal.bytes)} />
          <Pair
            name={t.health.damage}
            value={of.journal.damage.length === 0 ? t.health.noDamage : of.journal.damage.join('; ')}
          />
        </dl>
      </section>
      <section class="card">
        <h2>{t.health.history}</h2>
        <p class="quiet">{t.health.historyHelp}</p>
        <dl class="pairs">
          <Pair name={t.health.history} value={serverWords(of.history.use, w.language)} />
          <Pair name={t.health.behind} value={w.count(of.history.backlog)} />
          <Pair name={t.health.lag} value={w.duration(of.history.lagMs / 1000)} />
          {of.history.lastError !== null && <Pair name={t.error.title} value={of.history.lastError} />}
        </dl>
      </section>
      <section class="card">
        <h2>{t.health.events}</h2>
        <dl class="pairs">
          {Object.entries(of.eventsByKind).map(([kind, count]) => (
            <Pair key={kind} name={eventKinds[kind] ?? kind} value={w.count(count)} />
          ))}
          <Pair name={t.health.points} value={w.count(of.pointsTotal)} />
          <Pair name={t.health.hash} value={of.eventHash} />
        </dl>
      </section>
    </article>
  );
}

/** What someone must act on, or know, although collection goes on. */
function Warnings({ of, load }: { of: HealthJson['warnings']; load: () => void }) {
  const app = useApp();
  const w = useWriter();
  const mayAcknowledge = ['engineer', 'manager', 'admin'].includes(app.session.value?.user?.role ?? '');
  return (
    <section class="card warnings-card" role="alert">
      {of.map(({ code, text, sinceMs }) => (
        <div key={code}>
          <p class="strong is-signal">◆ {serverWords(code, w.language)}</p>
          <p class="quiet">
            {sinceMs !== null && `${w.full(sinceMs)} · `}
            {text}
          </p>
          {code === 'disk_failed' && mayAcknowledge && (
            <button type="button" class="button" onClick={() => void app.api.acknowledgeDisk().then(load, load)}>
              {w.t.alarms.acknowledge}
            </button>
          )}
        </div>
      ))}
    </section>
  );
}

function Adapter({ of, now }: { of: AdapterJson; now: number }) {
  const w = useWriter();
  const { t } = w;
  const isWell = of.state === 'connected';
  const isBad = of.state === 'failed' || of.state === 'waiting';
  const facts: readonly (readonly [string, string])[] = [
    [t.health.lastValue, w.ago(of.lastValueMs, now)],
    [t.health.received, w.count(of.received)],
    [t.health.duplicate, w.count(of.duplicate)],
    [t.health.refused, w.count(of.refused)],
    [t.health.gap, of.gapSeconds === 0 ? t.health.none : w.duration(of.gapSeconds)],
    [t.health.restarts, w.count(of.restarts)],
  ];
  return (
    <li class={isBad ? 'adapter is-signal' : 'adapter'}>
      <p class="adapter-head">
        <b>{of.id}</b> <span class="quiet">{of.use}</span>
        <span class={isBad ? 'state is-unacknowledged' : 'state'}>
          {isWell ? '●' : isBad ? '◆' : '○'} {t.health.state[of.state]}
        </span>
        <span class="quiet">
          {w.moment(of.sinceMs, now)} {serverWords(of.detail, w.language)}
        </span>
      </p>
      <dl class="facts-row">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {of.lastError !== null && (
        <p class="adapter-error">
          <span>{of.lastError.message}</span> <span class="quiet">({of.lastError.code})</span>
          <br />
          <b>{t.health.todo}</b> {of.lastError.hint}
        </p>
      )}
    </li>
  );
}

/** The two equations that must hold at any moment: nothing that came in is unaccounted for. */
function Balance({ of }: { of: HealthJson['balance'] }) {
  const w = useWriter();
  const { t } = w;
  const isIn = of.received === of.accepted + of.duplicate + of.refused;
  const isKept = of.accepted === of.stored + of.waiting + of.quarantined + of.lost;
  const line = (total: readonly [string, number], parts: readonly (readonly [string, number])[], holds: boolean) => (
    <p class={holds ? 'equation' : 'equation is-signal'}>
      <Term name={total[0]} value={w.count(total[1])} />
      <span class="operator">=</span>
      {parts.map(([name, value], i) => (
        <span key={name} class="term-group">
          {i > 0 && <span class="operator">+</span>}
          <Term name={name} value={w.count(value)} />
        </span>
      ))}
      <span class="equation-verdict">{holds ? `✓ ${t.health.balanced}` : `◆ ${t.health.unbalanced}`}</span>
    </p>
  );
  return (
    <section class="card balance-card">
      <h2>{t.health.balance}</h2>
      <p class="quiet">{t.health.balanceHelp}</p>
      {line(
        [t.health.received, of.received],
        [
          [t.health.accepted, of.accepted],
          [t.health.duplicate, of.duplicate],
          [t.health.refused, of.refused],
        ],
        isIn,
      )}
      {line(
        [t.health.accepted, of.accepted],
        [
          [t.health.stored, of.stored],
          [t.health.waiting, of.waiting],
          [t.health.quarantined, of.quarantined],
          [t.health.lost, of.lost],
        ],
        isKept,
      )}
    </section>
  );
}

function Term({ name, value }: { name: string; value: string }) {
  return (
    <span class="term">
      <b>{value}</b>
      <small>{name}</small>
    </span>
  );
}

function Pair({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}
