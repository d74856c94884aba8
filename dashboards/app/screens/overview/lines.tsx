// Every line with its characteristics, worst first, one cell a stream.
import type { StreamJson } from '../../../../src/api/contract.ts';
import { StreamCell } from '../../components/stream-cell.tsx';
import { isLate } from '../../domain/variation.ts';
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
      {streams.length === 0 && <p class="quiet">{t.overview.noStreams}</p>}
      <div class="lines">
        {lines.map(([line, members]) => (
          <div class="line" key={line}>
            <h3>{line === '' ? '–' : line}</h3>
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

/** How long ago the longest silent of these streams spoke, when one is late. */
function LastSeen({ of }: { of: readonly StreamJson[] }) {
  const app = useApp();
  const w = useWriter();
  const now = app.slowNowMs.value;
  const times = of.filter((stream) => isLate(stream, now)).map((stream) => stream.lastTimeMs ?? now);
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
