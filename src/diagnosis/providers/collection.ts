// Collection time: planned hours of the shift calendar, and those in which every collector that a characteristic needs was healthy.
import { clip, seconds, subtract, union } from '../calendar.ts';
import type { Evidence } from '../level.ts';
import { counted, type Records, tagsOf } from '../records.ts';

export function collectionEvidence({ source, planned, outages, monthMs, nowMs }: Records): Evidence {
  const needed = new Set(source.plan.characteristics.flatMap(tagsOf).map((tag) => tag.split('/')[0] ?? ''));
  const down = [...needed].flatMap((adapter) => outages.whole.get(adapter) ?? []);
  const healthy = subtract(planned, clip(union(down), monthMs, nowMs));
  const calendar = `shift calendar without breaks, ${source.plan.plant.timezone}`;
  return {
    collect_seconds_planned: counted(seconds(planned), monthMs, nowMs, calendar),
    collect_seconds_ok: counted(
      seconds(healthy),
      monthMs,
      nowMs,
      'planned time without a gap event of a needed adapter',
    ),
  };
}
