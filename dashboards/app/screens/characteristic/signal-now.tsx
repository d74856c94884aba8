// What the newest points say, in words; the spread first, because location means nothing while it is unstable.
import type { PointJson, RuleJson, StreamDetailJson } from '../../../../src/api/contract.ts';
import { ruleMark } from '../../../../src/figure/pattern.ts';
import { alarmHref } from '../../components/stream-name.ts';
import type { SubgroupRow } from '../../domain/chart-data.ts';
import { useApp, useWriter } from '../../state/context.ts';

export function SignalNow({ detail, rows }: { detail: StreamDetailJson; rows: readonly SubgroupRow[] }) {
  const app = useApp();
  const w = useWriter();
  const { t } = w;
  const [location, spread] = rows.at(-1)?.lanes ?? [];
  const isSpreadOut = (spread?.rules.length ?? 0) > 0;
  const isOut = isSpreadOut || (location?.rules.length ?? 0) > 0;
  const open = [...app.alarms.value.values()].filter((alarm) => alarm.stream === detail.stream.id);
  return (
    <section class="card signal-card">
      <h2>{t.characteristic.signal}</h2>
      <p class={isOut ? 'verdict is-signal' : 'verdict'}>
        {isOut
          ? `◆ ${t.characteristic.out}`
          : detail.stream.limits.version === 0
            ? t.variation.few
            : t.characteristic.inControl}
      </p>
      {isSpreadOut && <p class="spread-first">{t.characteristic.spreadFirst}</p>}
      {isOut ? (
        <ul class="rule-words">
          {spread !== undefined && (
            <RuleWords
              lane={t.characteristic.spreadLane}
              point={spread}
              rules={detail.rules}
              rows={rows}
              isDim={false}
            />
          )}
          {location !== undefined && (
            <RuleWords
              lane={t.characteristic.locationLane}
              point={location}
              rules={detail.rules}
              rows={rows}
              isDim={isSpreadOut}
            />
          )}
        </ul>
      ) : (
        <p class="quiet">
          {detail.stream.baseline === null
            ? t.characteristic.inControlText
            : t.characteristic.baseline(detail.stream.baseline.done, detail.stream.baseline.of)}
        </p>
      )}
      {open.map((alarm) => (
        <p key={alarm.id}>
          <a class="button is-small" href={alarmHref(alarm.id)}>
            {t.characteristic.goAlarm} · {t.alarms.state[alarm.state]}
          </a>
        </p>
      ))}
    </section>
  );
}

function RuleWords({
  lane,
  point,
  rules,
  rows,
  isDim,
}: {
  lane: string;
  point: PointJson;
  rules: readonly RuleJson[];
  rows: readonly SubgroupRow[];
  isDim: boolean;
}) {
  const app = useApp();
  const w = useWriter();
  const { t } = w;
  return (
    <>
      {point.rules.map((id) => {
        const rule = rules.find((known) => known.id === id);
        const since = rows[firstOf(rows, point.lane, id)]?.timeMs ?? point.timeMs;
        return (
          <li key={id} class={isDim ? 'is-dim' : ''}>
            <b>{lane}</b> {w.pick(rule?.words) || id} ({t.characteristic.rule(ruleMark([id]))}){' '}
            <span class="quiet">{t.characteristic.since(w.moment(since, app.slowNowMs.value))}</span>
          </li>
        );
      })}
    </>
  );
}

/** Index of the subgroup since which a rule has held without a pause. */
function firstOf(rows: readonly SubgroupRow[], lane: number, id: string): number {
  let first = rows.length - 1;
  while (first > 0 && rows[first - 1]?.lanes[lane]?.rules.includes(id) === true) first -= 1;
  return first;
}
