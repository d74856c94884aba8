// Every line with its characteristics, worst first, one cell a stream.
import type { StreamJson } from '../../../../src/api/contract.ts';
import { StreamCell } from '../../components/stream-cell.tsx';
import { useApp, useWriter } from '../../state/context.ts';

export function Lines({
  streams,
  isFiltered,
  clear,
}: {
  /** Worst first. */
  streams: readonly StreamJson[];
  isFiltered: boolean;
  clear: () => void;
}) {
  const w = useWriter();
  const { t } = w;
  const lines = [...Map.groupBy(streams, (stream) => stream.line)].sort(([a], [b]) => (a < b ? -1 : 1));
  return (
    <section class="card lines-card">
      <div class="card-head">
        <h2>{t.overview.lines}</h2>
        {isFiltered && (
          <button type="button" class="button is-small" onClick={clear}>
            {t.overview.filter(streams.length)} · {t.overview.clearFilter}
          </button>
        )}
      </div>
      {streams.length === 0 && <p class="quiet">{t.overview.noneShown}</p>}
      <div class="lines">
        {lines.map(([line, members]) => (
          <div class="line" key={line}>
            <h3>
              {line === '' ? '–' : line} <LineParts line={line} />
            </h3>
            <ul>
              {[...Map.groupBy(members, (stream) => stream.characteristic)].map(([id, cells]) => (
                <li key={id}>
                  <span class="line-name">
                    {w.pick(cells[0]?.name)}
                    <ClassMark of={cells[0]?.class ?? 'standard'} />
                  </span>
                  <span class="cells">
                    {cells.map((stream) => (
                      <StreamCell key={stream.id} stream={stream} />
                    ))}
                    <LastSeen of={cells} />
                  </span>
                </li>
              ))}
            </ul>
          </div>
        ))}
      </div>
      <p class="quiet">{t.overview.legend}</p>
    </section>
  );
}

/** Which parts the line makes, and which it does not make now, since when. */
function LineParts({ line }: { line: string }) {
  const app = useApp();
  const w = useWriter();
  const now = app.slowNowMs.value;
  const streams = [...app.streams.value.values()].filter((stream) => stream.line === line && stream.part !== '');
  const words = [...Map.groupBy(streams, (stream) => stream.part)].map(([part, members]) => {
    const isIdle = members.every((stream) => app.variation(stream) === 'idle');
    const newest = Math.max(...members.map((stream) => stream.lastTimeMs ?? 0));
    return { part, isIdle, text: isIdle ? w.t.overview.partIdle(part, w.ago(newest, now)) : part };
  });
  const ordered = words.sort((a, b) => Number(a.isIdle) - Number(b.isIdle) || (a.part < b.part ? -1 : 1));
  return <span class="quiet">{ordered.map(({ text }) => text).join(' · ')}</span>;
}

/** How long ago the longest silent of these streams spoke, when one is late. */
function LastSeen({ of }: { of: readonly StreamJson[] }) {
  const app = useApp();
  const w = useWriter();
  const now = app.slowNowMs.value;
  const times = of.filter((stream) => app.variation(stream) === 'late').map((stream) => stream.lastTimeMs ?? now);
  if (times.length === 0) return null;
  return <span class="quiet">{w.t.overview.lastSeen(w.ago(Math.min(...times), now))}</span>;
}

/** CC or SC beside a name; nothing for standard characteristics. */
export function ClassMark({ of }: { of: StreamJson['class'] }) {
  const { t } = useWriter();
  if (of === 'standard') return null;
  return (
    <abbr class="class-mark" title={t.class[of]}>
      {t.classShort[of]}
    </abbr>
  );
}
