// A miniature of the campaign `rate`: see test/campaign/rate.campaign.ts.
import { expect, test } from 'vitest';
import { runRateTrial } from '../campaign/rate-trial.ts';

test('values in deliveries of 500 on 200 streams: all in the history once, the replay agrees', async () => {
  const result = await runRateTrial({ seconds: 4, valuesPerSecond: 5000, streams: 200, batch: 500 });
  expect(result.differences).toEqual([]);
  expect(result.refused).toBe(0);
  expect(result.acknowledged).toBeGreaterThan(2000);
  expect(result.points).toBeGreaterThan(500);
}, 90_000);
