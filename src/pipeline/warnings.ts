// What a person must act on, or know, although collection goes on.
import type { HealthWarning } from '../api/plant.ts';
import type { Log } from '../component.ts';
import type { WriterState } from './messages.ts';

export interface Warnings {
  /** The disk could not make a write durable. Stays until `acknowledge`, whatever the disk says later. */
  diskFailed(what: string): void;
  /** A person has looked at the disk. */
  acknowledge(): void;
  /** Why the plant must not be called ready, or null. */
  notReadyBecause(): string | null;
  /** @param lost accepted values that were dropped so far */
  rows(lost: number): readonly HealthWarning[];
}

/**
 * The warnings of one life of the writer.
 *
 * @param now ms since 1970
 */
export function createWarnings(now: () => number): Warnings {
  let disk: HealthWarning | null = null;
  let lostAtStart: number | undefined;
  let droppedMs: number | null = null;
  return {
    diskFailed(what) {
      disk ??= {
        code: 'disk_failed',
        sinceMs: now(),
        text: `The disk of data_dir has failed: ${what} Collection goes on in a new file, nothing confirmed is lost. Look at the disk and its cables, make a backup, then acknowledge this or start Pumjil again.`,
      };
    },
    acknowledge() {
      disk = null;
    },
    notReadyBecause: () => disk?.text ?? null,
    rows(lost) {
      lostAtStart ??= lost;
      if (lost > lostAtStart) droppedMs ??= now();
      const rows: HealthWarning[] = disk === null ? [] : [disk];
      if (lost > 0)
        rows.push({
          code: 'values_dropped',
          sinceMs: droppedMs,
          text: `${lost} values were dropped before InfluxDB took them (journal.max_gb, journal.when_full: drop_oldest). They are in the local history, not in InfluxDB.`,
        });
      return rows;
    },
  };
}

/** Logs warnings that came or went, and values that were dropped, between two states of the writer. */
export function logWarnings(log: Log, before: WriterState, after: WriterState): void {
  for (const { code, text } of after.warnings)
    if (!before.warnings.some((each) => each.code === code)) log.error({ warning: code, cause: text }, 'warning');
  for (const { code } of before.warnings)
    if (!after.warnings.some((each) => each.code === code)) log.info({ warning: code }, 'warning acknowledged');
  const values = after.balance.lost - before.balance.lost;
  if (values > 0) log.error({ sink: 'influxdb', values, total: after.balance.lost }, 'oldest values dropped');
}
