// The data table twin of the chart: the same numbers for screen readers and for a spreadsheet.
import { useSignal } from '@preact/signals';
import type { PointJson } from '../../../../src/api/contract.ts';
import { ScrollBox } from '../../components/scroll-box.tsx';
import type { SubgroupRow } from '../../domain/chart-data.ts';
import { contextWords } from '../../i18n/server-words.ts';
import { useWriter } from '../../state/context.ts';

const SHOWN = 500;

export function DataTable({ rows, decimals, name }: { rows: readonly SubgroupRow[]; decimals: number; name: string }) {
  const w = useWriter();
  const { t } = w;
  const isOpen = useSignal(false);
  const isCopied = useSignal(false);
  const lanes = rows.at(-1)?.lanes ?? [];
  const head = [
    t.characteristic.time,
    ...lanes.flatMap((point) =>
      point === undefined ? [] : [t.characteristic.statistic[point.statistic] ?? point.statistic, 'LCL', 'CL', 'UCL'],
    ),
    'n',
    t.characteristic.rules,
    t.characteristic.version,
    t.characteristic.context,
  ];
  const newestFirst = rows.toReversed().slice(0, SHOWN);
  const cellsOf = (row: SubgroupRow, digits: number): string[] => [
    w.full(row.timeMs),
    ...lanes.flatMap((_, lane) => laneCells(row.lanes[lane], (value) => w.figure(value, digits))),
    String(row.lanes[0]?.n ?? ''),
    [...row.lanes.flatMap((point) => point?.rules ?? []), ...unjudged(row)].join(' '),
    `L${row.lanes[0]?.limitsVersion ?? 0}`,
    contextWords(row.context, w.language).join(', '),
  ];
  function unjudged(row: SubgroupRow): string[] {
    const [first] = row.lanes;
    return first === undefined || first.status === 'judged' ? [] : [`(${t.characteristic.status[first.status]})`];
  }
  const copy = async (): Promise<void> => {
    const lines = rows.map((row) => cellsOf(row, Math.max(decimals, 6)).map(plainCell).join('\t'));
    await navigator.clipboard.writeText([head.join('\t'), ...lines].join('\n'));
    isCopied.value = true;
  };
  return (
    <details
      class="card table-card"
      onToggle={(event) => {
        isOpen.value = event.currentTarget.open;
      }}
    >
      <summary>
        <h2>
          {t.characteristic.table} · {rows.length}
        </h2>
      </summary>
      {isOpen.value && (
        <>
          {navigator.clipboard !== undefined && (
            <button type="button" class="button is-small" onClick={() => void copy()}>
              {isCopied.value ? t.characteristic.copied : t.characteristic.copy}
            </button>
          )}
          <ScrollBox name={`${name}, ${t.characteristic.table}`}>
            <table class="data">
              <thead>
                <tr>
                  {head.map((word, i) => (
                    <th key={`${word}${i}`} scope="col">
                      {word}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {newestFirst.map((row) => (
                  <tr key={row.id} class={row.lanes.some((point) => (point?.rules.length ?? 0) > 0) ? 'is-signal' : ''}>
                    {cellsOf(row, decimals).map((cell, i) => (
                      <td key={`${head[i]}${i}`}>{cell}</td>
                    ))}
                  </tr>
                ))}
              </tbody>
            </table>
          </ScrollBox>
        </>
      )}
    </details>
  );
}

function laneCells(point: PointJson | undefined, write: (value: number | null) => string): string[] {
  if (point === undefined) return ['', '', '', ''];
  return [write(point.value), write(point.lower), write(point.centre), write(point.upper)];
}

/** A spreadsheet reads a hyphen as minus, and a cell that begins like a formula as one. */
function plainCell(text: string): string {
  const plain = text.replaceAll('−', '-');
  return /^[=+@]/.test(plain) ? `'${plain}` : plain;
}
