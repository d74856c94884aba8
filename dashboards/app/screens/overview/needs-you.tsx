// Open alarms in the order in which a person should take them.
import type { AlarmJson } from '../../../../src/api/contract.ts';
import { AlarmText } from '../../components/alarm-text.tsx';
import { alarmHref, streamTail } from '../../components/stream-name.ts';
import { alarmOrder } from '../../domain/variation.ts';
import { useApp, useWriter } from '../../state/context.ts';
import { BudgetLine } from './budget-line.tsx';
import { ClassMark } from './lines.tsx';

const SHOWN = 6;

export function NeedsYou() {
  const app = useApp();
  const { t } = useWriter();
  const alarms = [...app.alarms.value.values()].filter((alarm) => alarm.state !== 'shelved').sort(alarmOrder);
  return (
    <section class="card needs-card">
      <h2>{t.overview.needsYou}</h2>
      {alarms.length === 0 && <p class="quiet calm">{t.overview.nothingNeeded}</p>}
      <ul class="needs">
        {alarms.slice(0, SHOWN).map((alarm) => (
          <Need key={alarm.id} alarm={alarm} />
        ))}
      </ul>
      {alarms.length > SHOWN && (
        <p>
          <a href="/alarms">{t.overview.moreAlarms(alarms.length - SHOWN)}</a>
        </p>
      )}
      <BudgetLine />
    </section>
  );
}

function Need({ alarm }: { alarm: AlarmJson }) {
  const app = useApp();
  const w = useWriter();
  const { t } = w;
  const now = app.slowNowMs.value;
  const stream = alarm.stream === null ? undefined : app.streams.value.get(alarm.stream);
  const isNew = alarm.state === 'unacknowledged' || alarm.state === 'returned_unacknowledged';
  return (
    <li>
      <a href={alarmHref(alarm.id)}>
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
          <span>{w.moment(alarm.raisedMs, now)}</span>
          <span class="quiet">{isNew ? t.alarms.state[alarm.state] : alarm.acknowledgedBy}</span>
        </span>
      </a>
    </li>
  );
}
