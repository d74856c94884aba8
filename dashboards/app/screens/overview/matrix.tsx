// Variation × assurance: the whole plant as counts. A press on a cell filters the page.
import type { StreamJson } from '../../../../src/api/contract.ts';
import { type Assurance, assuranceOf, GLYPH, type Variation } from '../../domain/variation.ts';
import { useApp, useWriter } from '../../state/context.ts';

export interface MatrixCell {
  readonly row: string;
  readonly assurance: Assurance;
}

const ROWS: readonly { readonly id: string; readonly of: readonly Variation[]; readonly tone: string }[] = [
  { id: 'common', of: ['common'], tone: '' },
  { id: 'location', of: ['up', 'down'], tone: 'is-signal' },
  { id: 'wider', of: ['wider'], tone: 'is-signal' },
  { id: 'narrower', of: ['narrower'], tone: 'is-better' },
  { id: 'few', of: ['few'], tone: '' },
  { id: 'late', of: ['late'], tone: 'is-late' },
  { id: 'idle', of: ['idle'], tone: 'is-idle' },
];
const COLUMNS: readonly Assurance[] = ['P', '?', 'F', '–'];

/** True when a stream is counted in a cell. */
export function inCell(stream: StreamJson, cell: MatrixCell, variation: Variation): boolean {
  const row = ROWS.find((r) => r.id === cell.row);
  return row?.of.includes(variation) === true && assuranceOf(stream) === cell.assurance;
}

export function Matrix({
  streams,
  chosen,
  choose,
}: {
  streams: readonly StreamJson[];
  chosen: MatrixCell | null;
  choose: (cell: MatrixCell | null) => void;
}) {
  const app = useApp();
  const { t } = useWriter();
  const words: Readonly<Record<string, string>> = { ...t.variationHelp };
  return (
    <section class="card matrix-card">
      <h2>{t.overview.matrix}</h2>
      <table class="matrix">
        <thead>
          <tr>
            <th scope="col">{t.overview.variation}</th>
            {COLUMNS.map((column) => (
              <th key={column} scope="col" title={t.assuranceHelp[column]}>
                <b>{column}</b>
                <small>{t.assurance[column]}</small>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {ROWS.map((row) => (
            <tr key={row.id} class={row.tone}>
              <th scope="row">
                <span class="sign" aria-hidden="true">
                  {row.of.map((variation) => GLYPH[variation]).join('')}
                </span>
                {words[row.id]}
              </th>
              {COLUMNS.map((column) => {
                const cell = { row: row.id, assurance: column };
                const count = streams.filter((stream) => inCell(stream, cell, app.variation(stream))).length;
                const isChosen = chosen?.row === row.id && chosen.assurance === column;
                return (
                  <td key={column}>
                    {count === 0 ? (
                      <span class="zero">·</span>
                    ) : (
                      <button
                        type="button"
                        aria-pressed={isChosen}
                        aria-label={`${words[row.id]}, ${t.assurance[column]}: ${count}`}
                        onClick={() => choose(isChosen ? null : cell)}
                      >
                        {count}
                      </button>
                    )}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
      <p class="quiet">
        {t.assuranceHelp.P} = P · {t.overview.matrixHint}
      </p>
    </section>
  );
}
