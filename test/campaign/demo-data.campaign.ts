// Data faults and a second start on the same data.
import { temporaryFolder } from '../e2e/pumjil.ts';
import { runDataFaults, valuesOf } from './demo-data-trial.ts';
import { type DemoHealth, startDemo } from './demo-run.ts';
import type { Campaign } from './main.ts';

const SPEED = 240;
const FAULTS = 'stuck@+5m,dropout@+10m,typo@+0m,duplicate@+60m,late@+0m';
const PLANT_HOURS = 12;
/** Of 180: a busy machine misses shots at either end. */
const STUCK_LEAST_MIN = 150;
const SECOND_START_S = 40;
const WATCHED = ['L1.cushion', 'L1.weight', 'L2.vibration', 'L3.leak', 'L3.test_pressure'] as const;

export const campaign: Campaign = {
  what: 'The data faults of the demo plant, each of which must be told from a process fault; then a second start on the same data, which must go on without a repeat, a hole in the counters or a huge subgroup.',
  async run(_args, say) {
    const folder = temporaryFolder('demo-data');
    const args = ['--past', '0d', '--speed', String(SPEED), '--no-script'];
    const first = await startDemo({ args: [...args, '--fault', FAULTS], folder, startWithinMs: 120_000 });
    say(`first start; ${(PLANT_HOURS * 3600) / SPEED} s`);
    const result = await runDataFaults(first, PLANT_HOURS);
    const before = new Map<string, number>();
    for (const id of WATCHED) before.set(id, (await valuesOf(first, id)).length);
    const code = await first.stop();
    const second = await startDemo({ args, folder, startWithinMs: 120_000 });
    say(`second start; ${SECOND_START_S} s`);
    await new Promise((next) => setTimeout(next, SECOND_START_S * 1000));
    const after = new Map<string, number>();
    for (const id of WATCHED) after.set(id, (await valuesOf(second, id)).length);
    const health = await second.get<DemoHealth>('/api/health');
    const repeats = health.balance.duplicate - result.first.balance.duplicate;
    const { streams } = await second.get<{ streams: { id: string; characteristic: string }[] }>('/api/streams');
    let largest = 0;
    for (const { id } of streams.filter((each) => ['L1.visual', 'L2.final', 'L3.eol'].includes(each.characteristic))) {
      const path = `/api/streams/${encodeURIComponent(id)}/points?max=1000`;
      const { points } = await second.get<{ points: { n: number }[] }>(path);
      largest = Math.max(largest, ...points.map(({ n }) => n));
    }
    await second.stop();
    const failed = [
      ...(code === 0 ? [] : [`the first start ended with ${code}`]),
      ...(result.stuckMin > STUCK_LEAST_MIN && result.stuckMin < 185 ? [] : ['the stuck sensor']),
      ...(result.badShare > 0.1 && result.badShare < 0.35 ? [] : ['the dropouts']),
      ...(result.typos.length === 1 && result.corrections.length === 1 && result.typoEvents.length === 1
        ? []
        : ['the typo']),
      ...(result.duplicates >= 30 ? [] : ['the duplicates']),
      ...(result.flatness >= 8 ? [] : ['the late files']),
      ...(repeats === 0 ? [] : ['repeats after the second start']),
      // L2 and L3 make at most 150 parts an hour, L1 379; a shift has twelve hours, a period of L1 two.
      ...(largest <= 1800 ? [] : ['the counters after the second start']),
      ...WATCHED.filter((id) => (after.get(id) ?? 0) === 0).map((id) => `${id} after the second start`),
    ];
    return {
      held: failed.length === 0,
      markdown: [
        '| data fault | what was seen |',
        '|---|---|',
        `| stuck | the mould temperature stood for ${result.stuckMin.toFixed(0)} plant minutes |`,
        `| dropout | ${(100 * result.badShare).toFixed(0)} % of the vibrations bad for a plant hour, reason ${result.badReasons.join(', ')} |`,
        `| typo | ${result.typos.map((each) => each.value).join(', ')} % kept as implausible and out of the chart, ${result.typoEvents.length} quality event, ${result.signalsByTypo} signals; corrected to ${result.corrections.map((each) => each.value).join(', ')} % |`,
        `| late | ${result.flatness} flatness values arrived within ${PLANT_HOURS} plant hours, two files of them five hours late in the wrong order |`,
        `| duplicate | ${result.duplicates} values delivered again and recognised |`,
        '',
        '| second start | value |',
        '|---|---|',
        `| values of ${WATCHED.join(', ')} in the first start | ${WATCHED.map((id) => before.get(id)).join(', ')} |`,
        `| in ${SECOND_START_S} s of the second | ${WATCHED.map((id) => after.get(id)).join(', ')} |`,
        `| taken for repeats in the second | ${repeats} |`,
        `| largest inspected number of a subgroup | ${largest} |`,
        `| received = accepted + duplicate + refused | ${health.balance.received} = ${health.balance.accepted} + ${health.balance.duplicate} + ${health.balance.refused} |`,
        `| not held | ${failed.length === 0 ? 'nothing' : failed.join('; ')} |`,
      ],
    };
  },
};
