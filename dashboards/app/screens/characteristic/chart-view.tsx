// The chart pair with a cursor shared by both lanes: mouse, finger or arrow keys.
import { useSignal } from '@preact/signals';
import type { TargetedPointerEvent } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { type ControlChart, columnAt } from '../../../../src/figure/control-chart.ts';
import { CanvasFigure } from '../../components/scene-figure.tsx';
import type { SubgroupRow } from '../../domain/chart-data.ts';
import { contextWords } from '../../i18n/server-words.ts';
import { useWriter } from '../../state/context.ts';

export function ChartView({
  scene,
  rows,
  decimals,
}: {
  scene: ControlChart;
  rows: readonly SubgroupRow[];
  decimals: number;
}) {
  const { t } = useWriter();
  const at = useSignal(-1);
  const line = useRef<HTMLDivElement>(null);
  const tip = useRef<HTMLDivElement>(null);
  const x = scene.columnX[at.value];
  const row = rows[at.value];
  useEffect(() => {
    if (x === undefined) return;
    const isLeft = x > scene.width / 2;
    if (line.current !== null) line.current.style.left = `${x}px`;
    if (tip.current === null) return;
    tip.current.style.left = isLeft ? 'auto' : `${x + 10}px`;
    tip.current.style.right = isLeft ? `${scene.width - x + 10}px` : 'auto';
  });
  const move = (step: number): void => {
    const from = at.value < 0 ? rows.length - (step < 0 ? 0 : 1) : at.value;
    at.value = Math.min(rows.length - 1, Math.max(0, from + step));
  };
  const point = (event: TargetedPointerEvent<HTMLElement>): void => {
    at.value = columnAt(scene.columnX, event.clientX - event.currentTarget.getBoundingClientRect().left);
  };
  return (
    <section
      class="chart-view"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: arrow keys move the cursor over the points
      tabIndex={0}
      aria-label={`${scene.title}, ${t.characteristic.chart}`}
      onPointerDown={point}
      onPointerMove={point}
      onPointerLeave={(event) => {
        // A finger leaves when it is lifted: what it showed stays until something else is touched.
        if (event.pointerType === 'mouse') at.value = -1;
      }}
      onBlur={() => {
        at.value = -1;
      }}
      onKeyDown={(event) => {
        const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
        if (step !== 0) {
          event.preventDefault();
          move(step);
        } else if (event.key === 'Escape') at.value = -1;
      }}
    >
      <CanvasFigure scene={scene} />
      {x !== undefined && row !== undefined && (
        <>
          <div class="chart-cursor" ref={line} />
          <div class="chart-tip" ref={tip} role="status">
            <Tip row={row} decimals={decimals} />
          </div>
        </>
      )}
    </section>
  );
}

function Tip({ row, decimals }: { row: SubgroupRow; decimals: number }) {
  const w = useWriter();
  const { t } = w;
  const context = contextWords(row.context, w.language);
  return (
    <>
      <b>{w.full(row.timeMs)}</b>
      {row.lanes.map(
        (point) =>
          point !== undefined && (
            <span key={point.lane} class={point.rules.length > 0 ? 'is-signal' : ''}>
              {t.characteristic.statistic[point.statistic] ?? point.statistic} {w.figure(point.value, decimals)}
              {point.rules.length > 0 && ` ◆ ${point.rules.join(', ')}`}
              {point.status !== 'judged' && ` (${t.characteristic.status[point.status]})`}
            </span>
          ),
      )}
      <span class="quiet">
        n {row.lanes[0]?.n ?? '–'}
        {row.lanes[0] !== undefined && ` · L${row.lanes[0].limitsVersion}`}
      </span>
      {context.length > 0 && <span class="quiet">{context.join(' · ')}</span>}
    </>
  );
}
