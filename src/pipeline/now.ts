// A stream as it stands: the live picture made from the machine's state.
import type { StreamNow } from '../api/plant.ts';
import type { Machine } from './machine.ts';
import { streamSpec } from './machinery.ts';

/** The picture of one stream, or undefined for a bare tag. */
export function streamNow(machine: Machine, series: number): StreamNow | undefined {
  const row = machine.state.series[series];
  const stream = machine.state.streams.get(series);
  if (row === undefined || stream === undefined) return undefined;
  const limits = machine.engine.limits(stream.engine);
  const characteristic = machine.state.plan?.characteristics.find((c) => c.id === stream.characteristic);
  const planned = characteristic === undefined ? undefined : streamSpec(characteristic, row.part).limits;
  const isLearning = limits.version === 0 && planned !== undefined && 'baseline' in planned;
  return {
    id: row.id,
    characteristic: row.characteristic,
    part: row.part,
    split: row.split,
    limits,
    capability: machine.engine.capability(stream.engine),
    lastValue: Number.isNaN(stream.lastValue) ? null : stream.lastValue,
    lastQuality: stream.lastQuality,
    lastTimeMs: Number.isFinite(stream.lastTimeMs) ? stream.lastTimeMs : null,
    lastPoints: stream.lastPoints,
    baseline: isLearning ? { done: Math.min(stream.points, planned.baseline), of: planned.baseline } : null,
    openAlarms: machine.openAlarms(series),
    expectedMs: Number.isNaN(stream.pauseMs) ? null : stream.pauseMs,
  };
}
