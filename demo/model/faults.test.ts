// What faults move and what they leave alone: the same seed with and without.
import { expect, test } from 'vitest';
import { HOUR, MINUTE } from './calendar.ts';
import { historyStory, type ScheduledFault } from './faults.ts';
import type { CycleRecord } from './line.ts';
import { createPlant } from './plant.ts';
import { loadPlantFile } from './plant-file.ts';

const file = loadPlantFile();
const START = createPlant({ seed: 1, days: 0, file }).calendar.liveStartMs;

interface Tally {
  readonly mean: ReadonlyMap<string, number>;
  readonly sd: ReadonlyMap<string, number>;
  /** ppm by code, from the probabilities. */
  readonly ppm: ReadonlyMap<string, number>;
}

/** Readings and risks between two plant times; what is only sampled counts with its true value. */
function tally(faults: readonly ScheduledFault[], fromMs: number, toMs: number): Tally {
  const plant = createPlant({ seed: 1, days: 0, story: false, faults, file });
  const sums = new Map<string, { n: number; sum: number; squares: number }>();
  const risk = new Map<string, { n: number; sum: number }>();
  for (const record of plant.until(toMs)) {
    if (record.ms < fromMs) continue;
    const { columns, defects } = plant.lines[record.line];
    for (const [i, column] of columns.entries()) {
      const own = file.characteristics.find((each) => each.id === column.characteristic);
      // A biased sensor shows what it believes; everything else is compared by its true value.
      const x = (own?.reading_bias === undefined ? record.truths[i] : record.readings[i]) ?? Number.NaN;
      for (const key of [column.characteristic, `${column.characteristic} cavity ${column.cavity}`]) {
        const sum = sums.get(key) ?? { n: 0, sum: 0, squares: 0 };
        sums.set(key, { n: sum.n + 1, sum: sum.sum + x, squares: sum.squares + x * x });
      }
    }
    for (const [i, p] of record.risks.entries()) {
      const code = defects[i % defects.length] ?? '';
      const sum = risk.get(code) ?? { n: 0, sum: 0 };
      risk.set(code, { n: sum.n + 1, sum: sum.sum + p });
    }
  }
  return {
    mean: new Map([...sums].map(([key, each]) => [key, each.sum / each.n])),
    sd: new Map([...sums].map(([key, each]) => [key, Math.sqrt(each.squares / each.n - (each.sum / each.n) ** 2)])),
    ppm: new Map([...risk].map(([code, each]) => [code, (each.sum / each.n) * 1e6])),
  };
}

for (const fault of file.faults) {
  test(`${fault.name} moves what the plant file says is seen first, and its defect`, () => {
    const atMs = START + 2 * HOUR;
    const endMs = atMs + fault.lasts_h * HOUR;
    const fullMs = atMs + Math.max(...fault.moves.map((each) => each.in_min)) * MINUTE;
    // At full effect; a fault that is over when it is full is judged over its whole time.
    const fromMs = fullMs >= endMs ? atMs : fullMs;
    const without = tally([], fromMs, endMs);
    const withIt = tally([{ name: fault.name, atMs }], fromMs, endMs);
    for (const first of fault.first) {
      const [id, chart] = first.split(' S ');
      if (file.attributes.some((each) => each.id === id)) continue;
      const sd = without.sd.get(id ?? '') ?? Number.NaN;
      const shift = ((withIt.mean.get(id ?? '') ?? Number.NaN) - (without.mean.get(id ?? '') ?? Number.NaN)) / sd;
      if (chart === undefined) expect(Math.abs(shift), `${first} in healthy sigma`).toBeGreaterThan(0.4);
      else expect((withIt.sd.get(id ?? '') ?? 0) / sd, `spread of ${id}`).toBeGreaterThan(1.5);
    }
    if (fault.defect === null || fault.rate === undefined) return;
    const ppm = withIt.ppm.get(fault.defect) ?? Number.NaN;
    expect(ppm / (without.ppm.get(fault.defect) ?? Number.NaN)).toBeGreaterThan(2);
    // One run of some hours with its own lots, against the file's long simulation.
    expect(ppm / fault.rate, `${ppm} ppm, file ${fault.rate}`).toBeGreaterThan(0.5);
    expect(ppm / fault.rate, `${ppm} ppm, file ${fault.rate}`).toBeLessThan(2);
  });
}

/** Every record of a line up to a plant time. */
function recordsOf(line: string, faults: readonly ScheduledFault[], untilMs: number): CycleRecord[] {
  const plant = createPlant({ seed: 5, days: 0, story: false, faults, file });
  return [...plant.until(untilMs)].filter((each) => each.line === line);
}

test('the porous casting lot changes no process variable, no product variable, nothing but porosity and its lot label', () => {
  const atMs = START + HOUR;
  const without = recordsOf('L2', [], START + 6 * HOUR);
  const withIt = recordsOf('L2', [{ name: 'casting-lot', atMs }], START + 6 * HOUR);
  expect(withIt.map((each) => each.truths)).toEqual(without.map((each) => each.truths));
  expect(withIt.map((each) => each.readings)).toEqual(without.map((each) => each.readings));
  const defects = createPlant({ seed: 5, days: 0, file }).lines.L2.defects;
  const others = (each: CycleRecord): number[] => [...each.risks].filter((_, i) => defects[i] !== 'PO');
  expect(withIt.map(others)).toEqual(without.map(others));
  const porous = (each: CycleRecord): boolean => each.codes.flat().includes('PO');
  expect(withIt.filter(porous).length).toBeGreaterThan(without.filter(porous).length + 5);
  const during = withIt.filter((each) => each.ms > atMs + 2 * MINUTE);
  expect(new Set(during.map((each) => each.lot))).toEqual(new Set(['C269001']));
});

test('a fault on one line leaves the other lines bit for bit as they were', () => {
  const faults = [{ name: 'tool-chip', atMs: START + HOUR }];
  expect(recordsOf('L1', faults, START + 3 * HOUR)).toEqual(recordsOf('L1', [], START + 3 * HOUR));
});

test('a fault leaves the streams of its own line alone that do not depend on it', () => {
  const columns = createPlant({ seed: 5, days: 0, file }).lines.L1.columns;
  const unmoved = columns.flatMap((each, i) =>
    /melt|mould|hold|pressure|fill|cushion/.test(each.characteristic) ? [i] : [],
  );
  const pick = (each: CycleRecord): number[] => unmoved.map((i) => each.readings[i] ?? Number.NaN);
  const withIt = recordsOf('L1', [{ name: 'dryer', atMs: START + HOUR }], START + 5 * HOUR);
  const without = recordsOf('L1', [], START + 5 * HOUR);
  expect(withIt.map(pick)).toEqual(without.map(pick));
  expect(withIt.at(-1)?.truths).not.toEqual(without.at(-1)?.truths);
});

test('a torque sensor out of calibration shows the torque it always showed', () => {
  const plant = createPlant({ seed: 5, days: 0, file });
  const column = plant.lines.L3.columns.findIndex((each) => each.characteristic === 'L3.torque');
  const faults = [{ name: 'torque-bias', atMs: START + HOUR }];
  const shown = (each: CycleRecord): number => each.readings[column] ?? Number.NaN;
  const truth = (each: CycleRecord): number => each.truths[column] ?? Number.NaN;
  const before = recordsOf('L3', [], START + 2 * HOUR);
  const after = recordsOf('L3', faults, START + 2 * HOUR);
  expect(after.map(shown)).toEqual(before.map(shown));
  expect(truth(after.at(-1) as CycleRecord) - truth(before.at(-1) as CycleRecord)).toBeCloseTo(-0.25, 9);
});

test('a fault injected while the plant runs gives the plant that had it scheduled', () => {
  const fault = { name: 'gate3', atMs: START + HOUR };
  const scheduled = recordsOf('L1', [fault], START + 3 * HOUR);
  const plant = createPlant({ seed: 5, days: 0, story: false, file });
  const records = [...plant.until(START + HOUR / 2)];
  plant.inject(fault);
  records.push(...plant.until(START + 3 * HOUR));
  expect(records.filter((each) => each.line === 'L1')).toEqual(scheduled);
});

test('an unknown fault is refused with the names there are', () => {
  const plant = createPlant({ seed: 5, days: 0, file });
  expect(() => plant.inject({ name: 'tool-chop', atMs: START })).toThrow(/no fault is called "tool-chop".*tool-chip/);
});

test('the history story puts its faults into working hours and the cold start at a shift start', () => {
  const { calendar } = createPlant({ seed: 1, days: 10, file });
  const { faults, countermeasures } = historyStory(file, calendar);
  expect(faults.map((each) => [each.name, calendar.label(each.atMs)])).toEqual([
    ['casting-lot', 'Wed 13:05'],
    ['resin-lot', 'Fri 13:05'],
    ['oring-lot', 'Mon 13:05'],
    ['cold-start', 'Thu 08:00'],
  ]);
  expect(countermeasures).toEqual([
    { code: 'DN', atMs: faults[1] ? faults[1].atMs + 7 * 24 * HOUR : 0, basePpm: 350, nightWeight: 0.1 },
  ]);
});

test('after the countermeasure dents are rarer by day and by night', () => {
  const plant = createPlant({ seed: 6, days: 10, file });
  const measure = historyStory(file, plant.calendar).countermeasures[0];
  const at = plant.lines.L2.defects.indexOf('DN');
  const risks: Record<string, Set<string>> = { before: new Set(), after: new Set() };
  for (const record of plant.until(plant.calendar.liveStartMs)) {
    if (record.line !== 'L2') continue;
    const when = record.ms < (measure?.atMs ?? 0) ? 'before' : 'after';
    risks[when]?.add(`${record.shift.id} ${((record.risks[at] ?? 0) * 1e6).toFixed(0)}`);
  }
  // 900 ppm and odds e^0.6 times that at night; then 350 ppm and e^0.1 times that.
  expect([...(risks.before ?? [])].sort()).toEqual(['D 900', 'N 1639']);
  expect([...(risks.after ?? [])].sort()).toEqual(['D 350', 'N 387']);
});
