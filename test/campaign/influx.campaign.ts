// The InfluxDB outage trial at full size.
import { runInfluxTrial } from './influx-trial.ts';
import type { Campaign } from './main.ts';

export const campaign: Campaign = {
  what: 'The same plant against a real influxd that is killed and stays away: count and sum of every stream must equal the journal’s, screens and engine go on.',
  async run(args, say) {
    const result = await runInfluxTrial({
      beforeMs: 20_000,
      outageMs: Number(args[0] ?? 60) * 1000,
      valuesPerSecond: 1000,
      onProgress: say,
    });
    return {
      held: result.differences.length === 0 && result.pointsDuringOutage > 0,
      markdown: [
        '| figure | value |',
        '|---|---|',
        `| values sent, streams | ${result.sent}, ${result.streams} |`,
        `| points that went on during the outage | ${result.pointsDuringOutage} |`,
        `| slowest answer of the API during the outage | ${result.slowestAnswerMs.toFixed(0)} ms |`,
        `| outbox drained after the return | ${(result.drainedInMs / 1000).toFixed(1)} s |`,
        `| differences | ${result.differences.length === 0 ? 'none' : result.differences.join('; ')} |`,
      ],
    };
  },
};
