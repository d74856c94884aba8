// What happened to this stream in the window, newest first.
import type { EventJson, StreamJson } from '../../../../src/api/contract.ts';
import { AlarmText } from '../../components/alarm-text.tsx';
import { useApp, useWriter } from '../../state/context.ts';

const SHOWN = 12;

export function EventList({ events, stream }: { events: readonly EventJson[]; stream: StreamJson }) {
  const app = useApp();
  const w = useWriter();
  const { t } = w;
  if (events.length === 0) return null;
  const newest = folded(events).slice(0, SHOWN);
  return (
    <section class="card events-card">
      <h2>{t.characteristic.events}</h2>
      <ul class="events">
        {newest.map(({ event, times }) => (
          <li key={event.id}>
            <time dateTime={new Date(event.timeMs).toISOString()}>{w.moment(event.timeMs, app.slowNowMs.value)}</time>
            <span class="event-kind">{t.health.eventKind[event.kind]}</span>
            <span>
              <AlarmText of={event} stream={stream} />
              {times > 1 && <span class="quiet"> {t.alarms.eventsValue(times)}</span>}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Newest first; the same words again and again without another event between them are one line, with its newest time. */
function folded(events: readonly EventJson[]): { readonly event: EventJson; readonly times: number }[] {
  const lines: { event: EventJson; times: number }[] = [];
  for (const event of [...events].sort((a, b) => b.timeMs - a.timeMs || b.seq - a.seq)) {
    const last = lines.at(-1);
    if (last !== undefined && last.event.kind === event.kind && last.event.text.ko === event.text.ko) last.times += 1;
    else lines.push({ event, times: 1 });
  }
  return lines;
}
