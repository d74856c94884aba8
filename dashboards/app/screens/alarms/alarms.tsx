// The alarm inbox: what happened, in words; acknowledge, find the cause, write it down. Works by keyboard alone.
import './alarms.css';
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { useLocation, useRoute } from 'preact-iso';
import type { AlarmJson } from '../../../../src/api/contract.ts';
import { AlarmText } from '../../components/alarm-text.tsx';
import { alarmHref, streamHref, streamTail } from '../../components/stream-name.ts';
import { useKeys } from '../../components/use-keys.ts';
import { alarmOrder } from '../../domain/variation.ts';
import { useApp, useWriter } from '../../state/context.ts';
import { ClassMark } from '../overview/lines.tsx';
import { createActions } from './actions.ts';
import { AlarmDetail } from './alarm-detail.tsx';

export function Alarms() {
  const app = useApp();
  const w = useWriter();
  const { t } = w;
  const chosenId = useRoute().query.id;
  const { route } = useLocation();
  const showsClosed = useSignal(false);
  const closed = useSignal<readonly AlarmJson[]>([]);
  const causeField = useRef<HTMLSelectElement>(null);
  const actions = useRef(createActions(app)).current;
  useEffect(() => {
    if (!showsClosed.value) return;
    app.api.alarms(false).then(
      (answer) => {
        closed.value = answer.alarms;
      },
      () => undefined, // The list stays as it was; the header tells that the link is cut.
    );
  }, [showsClosed.value, app.alarms.value]);
  const open = [...app.alarms.value.values()].sort(alarmOrder);
  const list = showsClosed.value ? closed.value : open;
  const chosen =
    list.find((alarm) => alarm.id === chosenId) ??
    (chosenId === undefined ? undefined : app.alarms.value.get(chosenId));
  const choose = (alarm: AlarmJson | undefined): void => {
    if (alarm === undefined) return;
    route(alarmHref(alarm.id), true);
    document.getElementById(`alarm-${alarm.id}`)?.scrollIntoView({ block: 'nearest' });
  };
  // Where the last chosen one stood: when it was closed and left the list, J and K go on from there.
  const place = useRef(-1);
  const at = list.findIndex((alarm) => alarm.id === chosen?.id);
  if (at >= 0) place.current = at;
  const step = (by: number): void => {
    const next = at >= 0 ? at + by : place.current + (by > 0 ? 0 : by);
    choose(list[Math.min(list.length - 1, Math.max(0, next))]);
  };
  useKeys({
    j: () => step(1),
    k: () => step(-1),
    a: () => {
      if (chosen !== undefined) void actions.acknowledge(chosen);
    },
    c: () => causeField.current?.focus(),
    g: () => {
      if (chosen?.stream != null) route(streamHref(chosen.stream));
    },
    Escape: () => route('/alarms', true),
  });
  return (
    <div class={chosen === undefined ? 'inbox' : 'inbox has-chosen'}>
      <section class="card inbox-list">
        <div class="card-head">
          <h1>{t.alarms.title}</h1>
          <fieldset class="choice">
            <legend class="visually-hidden">{t.alarms.title}</legend>
            {[false, true].map((isClosed) => (
              <button
                key={String(isClosed)}
                type="button"
                aria-pressed={showsClosed.value === isClosed}
                onClick={() => {
                  showsClosed.value = isClosed;
                }}
              >
                {isClosed ? t.alarms.closed : `${t.alarms.open} ${open.length}`}
              </button>
            ))}
          </fieldset>
        </div>
        {list.length === 0 && <p class="quiet calm">{showsClosed.value ? t.alarms.emptyClosed : t.alarms.empty}</p>}
        <ul class="needs">
          {list.map((alarm) => (
            <AlarmRow key={alarm.id} alarm={alarm} isChosen={alarm.id === chosen?.id} />
          ))}
        </ul>
      </section>
      {chosen === undefined ? (
        list.length > 0 && (
          <section class="card inbox-empty">
            {chosenId !== undefined && actions.savedFor.value === chosenId && (
              <p class="strong" role="status">
                ✓ {t.alarms.settled}
              </p>
            )}
            <p class="quiet">{t.alarms.pick}</p>
            <p class="quiet">
              <kbd>J</kbd> <kbd>K</kbd> · <kbd>A</kbd> {t.alarms.acknowledge} · <kbd>C</kbd> {t.alarms.cause}
            </p>
          </section>
        )
      ) : (
        <AlarmDetail key={chosen.id} alarm={chosen} actions={actions} causeField={causeField} />
      )}
    </div>
  );
}

function AlarmRow({ alarm, isChosen }: { alarm: AlarmJson; isChosen: boolean }) {
  const app = useApp();
  const w = useWriter();
  const { t } = w;
  const stream = alarm.stream === null ? undefined : app.streams.value.get(alarm.stream);
  const isNew = alarm.state === 'unacknowledged' || alarm.state === 'returned_unacknowledged';
  return (
    <li>
      <a id={`alarm-${alarm.id}`} href={alarmHref(alarm.id)} aria-current={isChosen ? 'true' : undefined}>
        <span class={isNew ? 'diamond is-new' : 'diamond'} aria-hidden="true">
          {isNew ? '◆' : '◇'}
        </span>
        <span class="need-what">
          <b>
            {stream === undefined ? alarm.adapter : w.pick(stream.name)}
            {stream !== undefined && <ClassMark of={alarm.class} />}
          </b>
          <span class="quiet">
            {stream === undefined
              ? t.alarms.kind[alarm.kind]
              : [stream.line, streamTail(stream)].filter(Boolean).join(' · ')}
          </span>
          <span class="need-rule">
            <AlarmText of={alarm} stream={stream} />
          </span>
        </span>
        <span class="need-when">
          <span>{w.moment(alarm.raisedMs, app.slowNowMs.value)}</span>
          <span class="quiet">{t.alarms.state[alarm.state]}</span>
        </span>
      </a>
    </li>
  );
}
