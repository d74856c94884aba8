// The kill trial at full size.
import { runKillTrial } from './kill-trial.ts';
import type { Campaign } from './main.ts';

export const campaign: Campaign = {
  what: 'All processes of Pumjil are killed with -9 at random moments under load; every acknowledged value must be there exactly once and one replay must give the same event hash.',
  async run(args, say) {
    const kills = Number(args[0] ?? 200);
    const result = await runKillTrial({
      kills,
      durationMs: Math.max(120_000, kills * 4_000),
      valuesPerSecond: 600,
      seed: Number(args[1] ?? 1),
      onProgress: say,
    });
    const held =
      result.missing === 0 &&
      result.twice === 0 &&
      result.differences.length === 0 &&
      result.liveHash === result.replayHash;
    return {
      held,
      markdown: [
        '| figure | value |',
        '|---|---|',
        `| kills in | ${result.kills} in ${result.seconds.toFixed(0)} s |`,
        `| acknowledged by MQTT, by HTTP | ${result.acknowledgedMqtt}, ${result.acknowledgedHttp} (${result.valuesPerSecond.toFixed(0)} values/s) |`,
        `| missing, stored twice | ${result.missing}, ${result.twice} |`,
        `| repeats recognised | ${result.duplicates} |`,
        `| received = accepted + duplicate + refused | ${result.balance.received} = ${result.balance.accepted} + ${result.balance.duplicate} + ${result.balance.refused} |`,
        `| event hash, live and replayed | ${result.liveHash.slice(0, 16)}, ${result.replayHash.slice(0, 16)} |`,
        `| points, alarms | ${result.points}, ${result.alarms} |`,
        `| longest start after a kill | ${(result.longestStartMs / 1000).toFixed(1)} s |`,
        `| differences | ${result.differences.length === 0 ? 'none' : result.differences.join('; ')} |`,
      ],
    };
  },
};
