import { expect, test } from 'vitest';
import { BAD, GOOD, openBatch, UNCERTAIN } from '../measurement.ts';
import { checkClock } from './source-clock.ts';

const NOW_MS = 1_700_000_000_000;
const HOUR_NS = 3600_000_000_000n;
const nowNs = BigInt(NOW_MS) * 1_000_000n;

test('a time zone mistaken by half a day is left as it is, as the same batch', () => {
  const batch = openBatch(['a'], NOW_MS);
  batch.add(0, 1, GOOD, nowNs + 14n * HOUR_NS);
  expect(checkClock(batch)).toEqual({ batch, ahead: 0 });
  expect(checkClock(batch).batch).toBe(batch);
});

test('a clock years ahead gives uncertain values at the time of receipt, and repeats keep their identity', () => {
  const wrongNs = nowNs + 100_000n * HOUR_NS;
  const batch = openBatch(['a', 'b'], NOW_MS);
  batch.add(0, 1, GOOD, nowNs);
  batch.add(0, 2, GOOD, wrongNs);
  batch.add(1, 3, BAD, wrongNs, { reason: 'source_bad', sourceId: 'own' });
  let acknowledged = 0;
  Object.assign(batch, { ack: () => (acknowledged += 1) });
  const { batch: checked, ahead } = checkClock(batch);
  expect(ahead).toBe(2);
  expect([...checked.sourceTimeNs.subarray(0, 3)]).toEqual([nowNs, nowNs, nowNs]);
  expect([...checked.quality.subarray(0, 3)]).toEqual([GOOD, UNCERTAIN, BAD]);
  expect([...checked.value.subarray(0, 3)]).toEqual([1, 2, Number.NaN]);
  expect([checked.reason[0], checked.reason[1], checked.reason[2]]).toEqual([undefined, 'clock_ahead', 'source_bad']);
  expect([checked.sourceId[0], checked.sourceId[2]]).toEqual([undefined, 'own']);
  const later = openBatch(['a'], NOW_MS + 5000);
  later.add(0, 2, GOOD, wrongNs);
  later.add(0, 2, GOOD, wrongNs + 1n);
  const repeated = checkClock(later).batch;
  expect(repeated.sourceId[0]).toBe(checked.sourceId[1]);
  expect(repeated.sourceId[1]).not.toBe(checked.sourceId[1]);
  checked.ack?.({ seq: 1, accepted: 3, duplicates: 0 });
  expect(acknowledged).toBe(1);
});
