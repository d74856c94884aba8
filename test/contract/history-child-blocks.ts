// The blocks that killed programs write and fixtures hold.
import type { MeasurementRow } from '../../src/history/history.ts';
import { blockOf, expectedRow, type Given, pointOf } from './history-blocks.ts';

/** Block number `seq` of the programs that are killed, and of the fixtures. */
export function childBlock(seq: number) {
  return blockOf(seq, childGiven(seq), { points: [pointOf(seq, 0)] });
}

function childGiven(seq: number): Given[] {
  return Array.from({ length: 1 + (seq % 40) }, (_, i) => ({
    series: i % 2,
    timeNs: BigInt(seq * 1_000_000 + i * 1000),
    value: i % 5 === 4 ? Number.NaN : seq + i / 8,
    reason: i % 5 === 4 ? 'modbus_exception_2' : undefined,
    context: { lot: `L${seq % 3}`, cavity: String(i % 4) },
  }));
}

/** What the history must answer after block `upto`. */
export function childRows(series: number, upto: number): MeasurementRow[] {
  const rows: MeasurementRow[] = [];
  for (let seq = 1; seq <= upto; seq += 1) {
    for (const [i, row] of childGiven(seq).entries()) if (row.series === series) rows.push(expectedRow(seq, i, row));
  }
  return rows;
}
