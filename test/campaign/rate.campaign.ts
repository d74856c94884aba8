// The rate trial at full size.
import type { Campaign } from './main.ts';
import { runRateTrial } from './rate-trial.ts';

export const campaign: Campaign = {
  what: 'Values posted in deliveries of 1000 go through the door, the journal, the subgroups, the engine (X̄-s, all eight rules) and the embedded history, for five minutes without falling behind.',
  async run(args, say) {
    const seconds = Number(args[0] ?? 300);
    const valuesPerSecond = Number(args[1] ?? 50_000);
    const result = await runRateTrial({ seconds, valuesPerSecond, streams: 1000, batch: 1000, onProgress: say });
    const didKeepPace = result.valuesPerSecond >= valuesPerSecond * 0.99 && result.drainedInS < 30;
    return {
      held: didKeepPace && result.differences.length === 0 && result.refused === 0,
      markdown: [
        '| figure | value |',
        '|---|---|',
        `| asked for, acknowledged | ${valuesPerSecond}, ${result.valuesPerSecond.toFixed(0)} values/s over ${seconds} s, ${result.acknowledged} in all |`,
        `| refused | ${result.refused} |`,
        `| 99 % of deliveries acknowledged within | ${result.acknowledgedWithinMs.toFixed(0)} ms |`,
        `| most values durable and not yet in the history | ${result.mostWaiting} |`,
        `| everything in the history after the last acknowledgement | ${result.drainedInS.toFixed(1)} s |`,
        `| points | ${result.points} |`,
        `| cores, peak memory | ${result.cores.toFixed(2)}, ${result.peakMegabytes.toFixed(0)} MB |`,
        `| differences | ${result.differences.length === 0 ? 'none' : result.differences.join('; ')} |`,
      ],
    };
  },
};
