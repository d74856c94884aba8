// A miniature of the campaign `kill`: see test/campaign/kill.campaign.ts.
import { expect, test } from 'vitest';
import { runKillTrial } from '../campaign/kill-trial.ts';

test('killed with -9 under load: every acknowledged value once, one replay gives the same events, the books balance', async () => {
  const result = await runKillTrial({ kills: 2, durationMs: 9_000, valuesPerSecond: 500, seed: 7 });
  expect(result.differences).toEqual([]);
  expect({ missing: result.missing, twice: result.twice }).toEqual({ missing: 0, twice: 0 });
  expect(result.replayHash).toBe(result.liveHash);
  expect(result.alarms).toBeGreaterThan(0);
  expect(result.acknowledgedMqtt).toBeGreaterThan(2000);
}, 90_000);
