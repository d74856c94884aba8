// What the file says in formulae against what the plant does in a month.
import { expect, test } from 'vitest';
import { longRun } from './long-run.ts';
import { createPlant } from './plant.ts';
import { loadPlantFile } from './plant-file.ts';

test('long-run mean and spread computed from the plant file are those of the running plant', () => {
  const file = loadPlantFile();
  const plant = createPlant({ seed: 2, days: 12, story: false, file });
  const ids = ['L2.spindle_load', 'L2.vibration', 'L2.bore_dia', 'L1.mould_temp', 'L3.press_force'];
  const sums = new Map(ids.map((id) => [id, { n: 0, sum: 0, squares: 0 }]));
  for (const record of plant.until(plant.calendar.liveStartMs)) {
    for (const [i, { characteristic }] of plant.lines[record.line].columns.entries()) {
      const sum = sums.get(characteristic);
      const x = record.truths[i] ?? Number.NaN;
      if (sum === undefined) continue;
      sum.n++;
      sum.sum += x;
      sum.squares += x * x;
    }
  }
  for (const [id, { n, sum, squares }] of sums) {
    const { mean, sd } = longRun(file, id);
    const own = Math.sqrt(squares / n - (sum / n) ** 2);
    // Drift has a memory of hours: its mean over two weeks is uncertain by a few hundredths of sigma.
    expect(Math.abs(sum / n - mean) / sd, `${id}: mean`).toBeLessThan(0.15);
    expect(own / sd, `${id}: spread`).toBeGreaterThan(0.9);
    expect(own / sd, `${id}: spread`).toBeLessThan(1.1);
  }
});

test('slow processes are told from those that are new with every part', () => {
  const file = loadPlantFile();
  expect(longRun(file, 'L1.mould_temp').slowShare).toBeGreaterThan(0.9);
  expect(longRun(file, 'L2.clamp_pressure').slowShare).toBe(0);
  expect(() => longRun(file, 'L9.nothing')).toThrow(/L9.nothing/);
});
