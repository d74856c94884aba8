// The five-minute script of the demo, run in full and compared with what the plant file promises of it.
import { fiveMinuteScript } from '../../demo/model/faults.ts';
import { loadPlantFile } from '../../demo/model/plant-file.ts';
import { characteristicOf, firstSeen, reachedBy } from './demo-expect.ts';
import { type DemoEvent, type DemoHealth, startDemo } from './demo-run.ts';

export interface ScriptStep {
  readonly fault: string;
  /** Wall time after the start, s. */
  readonly atS: number;
  readonly expected: readonly string[];
  /** The first signal on one of those, or undefined. */
  readonly signal: DemoEvent | undefined;
  /** Plant minutes from the fault to the point that signalled. */
  readonly afterMin: number;
}

export interface ScriptResult {
  readonly startTookMs: number;
  readonly steps: readonly ScriptStep[];
  /** Signals that no fault begun so far explains, with their plant minutes after the start. */
  readonly falseAlarms: readonly { readonly min: number; readonly event: DemoEvent }[];
  /** Signals of all kinds. */
  readonly signals: number;
  readonly health: DemoHealth;
  /** Longest declared gap of the cut line, s; NaN without one. */
  readonly cutGapS: number;
  /** Other gaps: how many, and their seconds together. */
  readonly otherGaps: readonly { readonly adapter: string; readonly s: number }[];
  /** Trend and run signals of the cut line within ten plant minutes of its coming back. */
  readonly afterCut: readonly DemoEvent[];
  /** While the torque sensor is biased. */
  readonly torqueSignals: number;
  readonly angleSignals: number;
}

/** Starts the demo afresh, waits until the script is over and stops it. `runS`: wall time to watch, s. */
export async function runScriptTrial(runS: number, say: (text: string) => void): Promise<ScriptResult> {
  const file = loadPlantFile();
  const demo = await startDemo({ args: [], startWithinMs: 600_000 });
  try {
    say(`started after ${(demo.startTookMs / 1000).toFixed(0)} s; the script takes ${runS} s`);
    const endMs = demo.startMs + runS * 1000;
    while (Date.now() < endMs) {
      await new Promise((next) => setTimeout(next, Math.min(30_000, endMs - Date.now())));
      const { balance } = await demo.get<DemoHealth>('/api/health');
      say(`${((Date.now() - demo.startMs) / 1000).toFixed(0)} s: ${balance.accepted} values accepted`);
    }
    const events = await demo.events();
    const signals = events.filter((each) => each.kind === 'signal' && each.timeMs >= demo.startMs);
    const minutes = (event: DemoEvent): number => ((event.timeMs - demo.startMs) / 60_000) * demo.speed;
    const script = fiveMinuteScript(file);
    const steps = script.map(({ name, wallMs }): ScriptStep => {
      const isProcess = file.faults.some((each) => each.name === name);
      const expected = isProcess ? firstSeen(file, name) : [];
      const signal = signals.find(
        (each) => each.timeMs >= demo.startMs + wallMs && expected.includes(characteristicOf(each.stream)),
      );
      const afterMin = signal === undefined ? Number.NaN : minutes(signal) - (wallMs / 60_000) * demo.speed;
      return { fault: name, atS: wallMs / 1000, expected, signal, afterMin };
    });
    const falseAlarms = signals
      .filter((event) => {
        const begun = script.filter(({ wallMs }) => demo.startMs + wallMs <= event.timeMs);
        return !begun.some(({ name }) => reachedBy(file, name).has(characteristicOf(event.stream)));
      })
      .map((event) => ({ min: minutes(event), event }));
    const gaps = events
      .filter((each) => each.kind === 'gap' && typeof each.data.toMs === 'number' && each.timeMs >= demo.startMs)
      .map((each) => ({
        adapter: each.adapter,
        toMs: Number(each.data.toMs),
        s: (Number(each.data.toMs) - Number(each.data.fromMs)) / 1000,
      }));
    const cut = gaps.filter(({ adapter }) => adapter === 'l2').sort((a, b) => b.s - a.s)[0];
    const backMs = cut?.toMs ?? Number.NaN;
    const biasMs = demo.startMs + (script.find(({ name }) => name === 'torque-bias')?.wallMs ?? Number.NaN);
    const biased = (id: string): number =>
      signals.filter((each) => characteristicOf(each.stream) === id && each.timeMs >= biasMs).length;
    return {
      startTookMs: demo.startTookMs,
      steps,
      falseAlarms,
      signals: signals.length,
      health: await demo.get<DemoHealth>('/api/health'),
      cutGapS: cut?.s ?? Number.NaN,
      otherGaps: gaps.filter((each) => each !== cut && each.s < 60).map(({ adapter, s }) => ({ adapter, s })),
      afterCut: signals.filter(
        (each) =>
          each.stream?.startsWith('L2.') === true &&
          each.data.rule !== 'N1' &&
          each.timeMs >= backMs &&
          each.timeMs <= backMs + (10 * 60_000) / demo.speed,
      ),
      torqueSignals: biased('L3.torque'),
      angleSignals: biased('L3.angle'),
    };
  } finally {
    await demo.stop();
  }
}
