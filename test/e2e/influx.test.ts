// A miniature of the campaign `influx`: see test/campaign/influx.campaign.ts.
import { expect, test } from 'vitest';
import { runInfluxTrial } from '../campaign/influx-trial.ts';
import { whyNoInfluxd } from '../contract/influxd.ts';

const why = whyNoInfluxd();

test.skipIf(why !== undefined)(
  `influxd away for a while: nothing lost, nothing twice, the screens go on${why === undefined ? '' : ` (${why})`}`,
  async () => {
    const result = await runInfluxTrial({ beforeMs: 2_000, outageMs: 4_000, valuesPerSecond: 400 });
    expect(result.differences).toEqual([]);
    expect(result.pointsDuringOutage).toBeGreaterThan(500);
    expect(result.streams).toBe(4);
  },
  90_000,
);
