// One alarm: facts, acknowledgement, cause from the catalogue, memo.
import { useSignal } from '@preact/signals';
import type { RefObject } from 'preact';
import type { AlarmJson } from '../../../../src/api/contract.ts';
import { AlarmText } from '../../components/alarm-text.tsx';
import { streamHref, streamTail } from '../../components/stream-name.ts';
import { useApp, useWriter } from '../../state/context.ts';
import { ClassMark } from '../overview/lines.tsx';
import { type AlarmActions, mayAct, wantsAcknowledgement } from './actions.ts';

export function AlarmDetail({
  alarm,
  actions,
  causeField,
}: {
  alarm: AlarmJson;
  actions: AlarmActions;
  causeField: RefObject<HTMLSelectElement | null>;
}) {
  const app = useApp();
  const w = useWriter();
  const { t } = w;
  const now = app.slowNowMs.value;
  const stream = alarm.stream === null ? undefined : app.streams.value.get(alarm.stream);
  const isAllowed = mayAct(app);
  const facts: readonly (readonly [string, string])[] = [
    [t.alarms.raised, `${w.moment(alarm.raisedMs, now)} · ${w.ago(alarm.raisedMs, now)}`],
    [t.alarms.last, w.moment(alarm.lastMs, now)],
    [t.alarms.events, t.alarms.eventsValue(alarm.events)],
    [
      t.alarms.acknowledged,
      alarm.acknowledgedMs === null ? '–' : t.alarms.by(alarm.acknowledgedBy, w.moment(alarm.acknowledgedMs, now)),
    ],
    [t.alarms.cause, causeWords(alarm.cause, t.alarms.causes) || t.alarms.noCause],
  ];
  return (
    <section class="card alarm-detail">
      <p class="quiet crumbs">
        {stream === undefined
          ? alarm.adapter
          : [stream.line, stream.station, streamTail(stream)].filter(Boolean).join(' / ')}
      </p>
      <h2>
        {stream === undefined ? t.alarms.kind[alarm.kind] : w.pick(stream.name)}
        {stream !== undefined && <ClassMark of={alarm.class} />}
        <span class={`state is-${alarm.state}`}>{t.alarms.state[alarm.state]}</span>
      </h2>
      <p class="alarm-text">
        <AlarmText of={alarm} stream={stream} />
      </p>
      <dl class="pairs">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {alarm.comment !== '' && <p class="memo">{alarm.comment}</p>}
      <p class="buttons">
        {wantsAcknowledgement(alarm) && (
          <button
            type="button"
            class="button is-main"
            disabled={!isAllowed || actions.isBusy.value}
            aria-keyshortcuts="A"
            onClick={() => void actions.acknowledge(alarm)}
          >
            {t.alarms.acknowledge} <kbd>A</kbd>
          </button>
        )}
        {stream !== undefined && (
          <a class="button" href={streamHref(stream.id)} aria-keyshortcuts="G">
            {t.alarms.chart} <kbd>G</kbd>
          </a>
        )}
      </p>
      {isAllowed ? (
        <CauseForm alarm={alarm} actions={actions} causeField={causeField} />
      ) : (
        <p class="quiet">{t.alarms.notAllowed}</p>
      )}
      {actions.failure.value !== null && (
        <p class="problem" role="alert">
          {actions.failure.value.status === 0
            ? t.error.offline
            : `${actions.failure.value.message}. ${actions.failure.value.hint}`}
        </p>
      )}
    </section>
  );
}

function CauseForm({
  alarm,
  actions,
  causeField,
}: {
  alarm: AlarmJson;
  actions: AlarmActions;
  causeField: RefObject<HTMLSelectElement | null>;
}) {
  const { t } = useWriter();
  const cause = useSignal(alarm.cause);
  const memo = useSignal(alarm.comment);
  const isKnown = cause.value === '' || cause.value in t.alarms.causes;
  return (
    <form
      class="cause"
      onSubmit={(event) => {
        event.preventDefault();
        void actions.cause(alarm, cause.value, memo.value.trim());
      }}
    >
      <h3>{t.alarms.step2}</h3>
      <label>
        <span>
          {t.alarms.cause} <kbd>C</kbd>
        </span>
        <select
          class="input"
          ref={causeField}
          required
          value={cause.value}
          onChange={(event) => {
            cause.value = event.currentTarget.value;
          }}
        >
          <option value="">{t.alarms.causePick}</option>
          {!isKnown && <option value={cause.value}>{cause.value}</option>}
          {Object.entries(t.alarms.causes).map(([id, words]) => (
            <option key={id} value={id}>
              {words}
            </option>
          ))}
        </select>
      </label>
      <label>
        {t.alarms.memo}
        <textarea
          class="input"
          rows={3}
          placeholder={t.alarms.memoHint}
          value={memo.value}
          onInput={(event) => {
            memo.value = event.currentTarget.value;
          }}
        />
      </label>
      <p class="buttons">
        <button class="button" type="submit" disabled={actions.isBusy.value || cause.value === ''}>
          {t.alarms.saveCause}
        </button>
        <span role="status" class="quiet">
          {actions.savedFor.value === alarm.id ? t.alarms.saved : ''}
        </span>
      </p>
    </form>
  );
}

/** A cause of the catalogue in words; any other as it was written. */
function causeWords(cause: string, catalogue: Readonly<Record<string, string>>): string {
  return catalogue[cause] ?? cause;
}
