// What happened to this stream in the window, newest first.
import type { EventJson } from '../../../../src/api/contract.ts';
import { useApp, useWriter } from '../../state/context.ts';

const SHOWN = 12;

export function EventList({ events }: { events: readonly EventJson[] }) {
  const app = useApp();
  const w = useWriter();
  const { t } = w;
  if (events.length === 0) return null;
  const newest = [...events].sort((a, b) => b.timeMs - a.timeMs || b.seq - a.seq).slice(0, SHOWN);
  return (
    <section class="card events-card">
      <h2>{t.characteristic.events}</h2>
      <ul class="events">
        {newest.map((event) => (
          <li key={event.id}>
            <time dateTime={new Date(event.timeMs).toISOString()}>{w.moment(event.timeMs, app.slowNowMs.value)}</time>
            <span class="event-kind">{t.health.eventKind[event.kind]}</span>
            <span>{w.pick(event.text)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
