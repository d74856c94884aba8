// A history as one would write it first: one row a value in SQLite, one transaction a block, the context as JSON.
import { DatabaseSync } from 'node:sqlite';
import type { HistoryBlock } from '../../../src/history/history.ts';

export interface PlainRow {
  readonly timeNs: bigint;
  readonly value: number;
  readonly size: number;
  readonly quality: number;
  readonly context: Readonly<Record<string, string>>;
}

/** Opens `file` with the same durability as the embedded history: write-ahead log, synchronous NORMAL. */
export function openSqliteRows(file: string) {
  const db = new DatabaseSync(file);
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -32000');
  db.exec(`CREATE TABLE IF NOT EXISTS measurement (series INTEGER, time INTEGER, seq INTEGER, ordinal INTEGER, value REAL, size REAL,
    quality INTEGER, reason TEXT, text TEXT, context TEXT, PRIMARY KEY (series, time, seq, ordinal)) WITHOUT ROWID`);
  const insert = db.prepare('INSERT OR REPLACE INTO measurement VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
  const select = db.prepare('SELECT * FROM measurement WHERE series = ? AND time >= ? AND time < ? ORDER BY time, seq');
  select.setReadBigInts(true);
  return {
    append({ measurements: m }: HistoryBlock): void {
      db.exec('BEGIN');
      for (let i = 0; i < m.length; i++)
        insert.run(
          m.series[i]!,
          m.timeNs[i]!,
          m.seq[i]!,
          m.ordinal[i]!,
          m.value[i]!,
          m.size[i]!,
          m.quality[i]!,
          m.reason[i] ?? null,
          m.text[i] ?? null,
          JSON.stringify(m.context[i]),
        );
      db.exec('COMMIT');
    },
    measurements(series: number, fromMs: number, toMs: number): PlainRow[] {
      return select.all(series, BigInt(fromMs) * 1_000_000n, BigInt(toMs) * 1_000_000n).map((row) => ({
        timeNs: row.time as bigint,
        value: Number(row.value),
        size: Number(row.size),
        quality: Number(row.quality),
        context: JSON.parse(String(row.context)) as PlainRow['context'],
      }));
    },
    close(): void {
      db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
      db.close();
    },
  };
}
