// One stream: its chart pair live, what its newest points say, its histogram and capability, its siblings, its numbers.
import './characteristic.css';
import { useSignal } from '@preact/signals';
import { useCallback, useMemo } from 'preact/hooks';
import { useRoute } from 'preact-iso';
import type { StreamDetailJson } from '../../../../src/api/contract.ts';
import { controlChart } from '../../../../src/figure/control-chart.ts';
import { Failure, Loading } from '../../components/notice.tsx';
import { useWidth } from '../../components/scene-figure.tsx';
import { streamTail } from '../../components/stream-name.ts';
import { Unit } from '../../components/unit.tsx';
import {
  chartColumns,
  chartLanes,
  decimalsOfStream,
  type SubgroupRow,
  stripMarks,
  subgroupRows,
} from '../../domain/chart-data.ts';
import { unitSign } from '../../domain/unit-sign.ts';
import { utcOffsetMinutes } from '../../i18n/format.ts';
import { useApp, useWriter } from '../../state/context.ts';
import { ClassMark } from '../overview/lines.tsx';
import { Capability } from './capability.tsx';
import { ChartView } from './chart-view.tsx';
import { DataTable } from './data-table.tsx';
import { EventList } from './event-list.tsx';
import { HistogramCard } from './histogram-card.tsx';
import { PriceCard } from './price-card.tsx';
import { ReplayCard } from './replay-card.tsx';
import { Siblings } from './siblings.tsx';
import { SignalNow } from './signal-now.tsx';
import { useStreamData, type WindowSize } from './stream-data.ts';

const WINDOWS: readonly WindowSize[] = [50, 200, 'all'];

export function Characteristic() {
  const id = useRoute().query.id ?? '';
  return <StreamPage key={id} id={id} />;
}

function StreamPage({ id }: { id: string }) {
  const { t } = useWriter();
  const window = useSignal<WindowSize>(50);
  const data = useStreamData(id, window.value);
  const rows = useMemo(() => subgroupRows(data.points), [data.points]);
  if (data.failure !== null) {
    return (
      <div>
        {data.failure.status === 404 ? (
          <p role="alert">{t.characteristic.notFound}</p>
        ) : (
          <Failure failure={data.failure} retry={data.reload} />
        )}
        <p>
          <a href="/">{t.characteristic.back}</a>
        </p>
      </div>
    );
  }
  if (data.detail === null) return <Loading />;
  const decimals = decimalsOfStream(data.detail.stream, data.histogram?.resolution ?? null);
  return (
    <article class="characteristic">
      <Head detail={data.detail} decimals={decimals} />
      <div class="main-column">
        <section class="card chart-card">
          <div class="card-head">
            <h2>
              {t.characteristic.chart}{' '}
              <Unit of={data.detail.stream.kind === 'variable' ? data.detail.stream.unit : ''} />
            </h2>
            <fieldset class="choice">
              <legend class="visually-hidden">{t.characteristic.window}</legend>
              {WINDOWS.map((size) => (
                <button
                  key={size}
                  type="button"
                  aria-pressed={window.value === size}
                  onClick={() => {
                    window.value = size;
                  }}
                >
                  {size === 'all' ? t.characteristic.all : size}
                </button>
              ))}
            </fieldset>
          </div>
          <PairChart detail={data.detail} rows={rows} decimals={decimals} events={data.events} />
          <p class="quiet">
            {t.characteristic.strip}
            {data.isThinned && ` · ${t.characteristic.thinned(rows.length, data.total)}`}
          </p>
        </section>
        <HistogramCard detail={data.detail} data={data.histogram} decimals={decimals} />
        <EventList events={data.events} stream={data.detail.stream} />
      </div>
      <div class="side-column">
        <SignalNow detail={data.detail} rows={rows} />
        <Capability detail={data.detail} />
        <PriceCard detail={data.detail} />
        <ReplayCard detail={data.detail} />
      </div>
      <Siblings detail={data.detail} />
      <DataTable rows={rows} decimals={decimals + 1} name={id} />
    </article>
  );
}

function Head({ detail, decimals }: { detail: StreamDetailJson; decimals: number }) {
  const app = useApp();
  const w = useWriter();
  const { t } = w;
  const stream = app.streams.value.get(detail.stream.id) ?? detail.stream;
  const { characteristic } = detail;
  const now = app.slowNowMs.value;
  const variation = app.variation(stream);
  const [location] = stream.lastPoints;
  const isCount = stream.kind === 'attribute';
  const { lower, target, upper } = stream.spec;
  const spec =
    lower === null && upper === null
      ? ''
      : `${t.characteristic.spec} ${w.figure(lower, decimals)} / ${w.figure(target, decimals)} / ${w.figure(upper, decimals)} ${unitSign(stream.unit)}`;
  const facts = [
    t.characteristic.chartName[characteristic.chart] ?? characteristic.chart,
    characteristic.kind === 'attribute' ? '' : t.characteristic.subgroup(characteristic.subgroup.size),
    stream.limits.version > 0
      ? `${t.characteristic.limits(stream.limits.version)} · ${stream.limits.subgroups > 0 ? t.characteristic.limitsFrom(stream.limits.subgroups) : t.characteristic.limitsTyped}`
      : stream.baseline === null
        ? t.characteristic.noLimits
        : t.characteristic.baseline(stream.baseline.done, stream.baseline.of),
    spec,
    characteristic.gauge === null ? '' : t.characteristic.gauge(characteristic.gauge),
    detail.adapter === null ? '' : `${t.characteristic.adapter} ${detail.adapter.id}`,
  ];
  return (
    <header class="stream-head">
      <p class="quiet crumbs">{[stream.line, stream.station, streamTail(stream)].filter(Boolean).join(' / ')}</p>
      <h1>
        {w.pick(stream.name)}
        <ClassMark of={stream.class} />
        <span class="last-value">
          {w.figure(isCount ? location?.value : stream.lastValue, isCount ? decimals + 1 : decimals)}{' '}
          <small>{isCount ? `n=${w.count(location?.n ?? 0)}` : unitSign(stream.unit)}</small>
        </span>
      </h1>
      <ul class="facts">
        {facts.filter(Boolean).map((fact) => (
          <li key={fact}>{fact}</li>
        ))}
      </ul>
      {variation === 'late' && <p class="late-note">{t.characteristic.late(w.ago(stream.lastTimeMs, now))}</p>}
      {variation === 'idle' && <p class="idle-note">{t.characteristic.idle(w.ago(stream.lastTimeMs, now))}</p>}
    </header>
  );
}

function PairChart({
  detail,
  rows,
  decimals,
  events,
}: {
  detail: StreamDetailJson;
  rows: readonly SubgroupRow[];
  decimals: number;
  events: Parameters<typeof stripMarks>[1];
}) {
  const app = useApp();
  const w = useWriter();
  const { t } = w;
  const width = useSignal(0);
  const measured = useWidth(
    useCallback((next: number) => {
      width.value = next;
    }, []),
  );
  const timezone = app.plant.value?.plant.timezone ?? 'UTC';
  const px = width.value;
  const scene = useMemo(() => {
    const { stream } = detail;
    const lanes = chartLanes(rows, detail.rules, decimals + 1);
    const signals = rows.filter((row) => row.lanes.some((point) => (point?.rules.length ?? 0) > 0)).length;
    const newest = rows.at(-1)?.timeMs ?? 0;
    const isIndividual = lanes[0]?.statistic === 'x';
    return controlChart({
      title: w.pick(stream.name),
      desc: t.characteristic.chartDesc(w.pick(stream.name), rows.length, signals),
      width: px,
      height: px < 560 ? 380 : 440,
      columns: chartColumns(rows),
      lanes,
      strip: stripMarks(rows, events),
      utcOffsetMinutes: utcOffsetMinutes(timezone, newest),
      limitsNote: stream.limits.version > 0 ? `L${stream.limits.version}` : '',
      ...(isIndividual && stream.kind === 'variable'
        ? {
            spec: {
              lower: stream.spec.lower ?? undefined,
              upper: stream.spec.upper ?? undefined,
              label: t.characteristic.specLabel,
            },
          }
        : {}),
    });
  }, [rows, px, w.language, decimals, events, timezone]);
  return (
    <div ref={measured} class="chart-room">
      {rows.length === 0 ? (
        <p class="quiet">{t.characteristic.noPoints}</p>
      ) : (
        px > 0 && <ChartView scene={scene} rows={rows} decimals={decimals + 1} />
      )}
    </div>
  );
}
