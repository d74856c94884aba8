// The simulated plant against its own file: capability and scrap over thirty healthy working days.
import { expect, test } from 'vitest';
import { DEFAULT_SEED } from '../seed.ts';
import { createPlant } from './plant.ts';
import { type LineId, lineOf, loadPlantFile } from './plant-file.ts';

const file = loadPlantFile();

/** True values by characteristic and risk by defect, over all released production. */
function thirtyDays(seed: number) {
  const plant = createPlant({ seed, days: 30, story: false, file });
  const truths = new Map(file.characteristics.map((each) => [each.id, [] as number[]]));
  const pools = { L1: poolsOf('L1'), L2: poolsOf('L2'), L3: poolsOf('L3') };
  const risks = { L1: [0], L2: [0], L3: [0] };
  const counts = { L1: [0], L2: [0], L3: [0] };
  const units = { L1: 0, L2: 0, L3: 0 };
  function poolsOf(line: LineId) {
    return plant.lines[line].columns.map(({ characteristic }) => {
      const own = file.characteristics.find((each) => each.id === characteristic);
      // A part number's own specification shifts with its own base, so capability is judged from the nominal.
      const shifts = file.parts.flatMap((part) => {
        const override = part.overrides[characteristic];
        return override === undefined || own === undefined ? [] : [{ part: part.id, by: override.base - own.base }];
      });
      return { values: truths.get(characteristic) ?? [], shift: shifts[0] };
    });
  }
  for (const record of plant.until(plant.calendar.liveStartMs)) {
    const pool = pools[record.line];
    for (let i = 0; i < pool.length; i++) {
      const { values, shift } = pool[i]!;
      values.push(record.truths[i]! - (shift?.part === record.part ? shift.by : 0));
    }
    units[record.line] += record.codes.length;
    const { defects } = plant.lines[record.line];
    const sums = risks[record.line];
    for (let i = 0; i < record.risks.length; i++) {
      const at = i % defects.length;
      sums[at] = (sums[at] ?? 0) + record.risks[i]!;
    }
    for (const codes of record.codes) {
      for (const code of codes) {
        const at = defects.indexOf(code);
        counts[record.line][at] = (counts[record.line][at] ?? 0) + 1;
      }
    }
  }
  const byCode = (of: typeof risks) => (code: string, line: LineId) =>
    of[line][plant.lines[line].defects.indexOf(code)] ?? 0;
  return { truths, risk: byCode(risks), found: byCode(counts), units };
}

/** Long-run index: (mean − limit) / 3 s, or by the percentiles 0.135, 50 and 99.865 for lognormal values. */
function cpk(values: readonly number[], isLognormal: boolean, lsl: number | null, usl: number | null): number {
  const sorted = Float64Array.from(values).sort();
  const quantile = (p: number): number => sorted[Math.floor(p * sorted.length)] ?? Number.NaN;
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  const s = Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (values.length - 1));
  const centre = isLognormal ? quantile(0.5) : mean;
  const below = isLognormal ? centre - quantile(0.00135) : 3 * s;
  const above = isLognormal ? quantile(0.99865) - centre : 3 * s;
  return Math.min(
    usl === null ? Number.POSITIVE_INFINITY : (usl - centre) / above,
    lsl === null ? Number.POSITIVE_INFINITY : (centre - lsl) / below,
  );
}

/** What the seeds share: values of many months, for the index that the file calls "long-run". */
type Month = ReturnType<typeof thirtyDays>;
const months = new Map<number, Month>();
function monthOf(seed: number): Month {
  const month = months.get(seed) ?? thirtyDays(seed);
  months.set(seed, month);
  return month;
}

/** Deviation of each characteristic's index from the file's. */
function deviations(of: readonly Month[]): { id: string; by: number }[] {
  return file.characteristics.map((each) => {
    const values = of.flatMap((month) => month.truths.get(each.id) ?? []);
    return { id: each.id, by: cpk(values, each.dist === 'lognormal', each.lsl, each.usl) - each.cpk };
  });
}

/** Scrap of a line against the sum of its typical rates: by probability, and as counted. */
function scrap(month: Month, line: LineId): { readonly expected: number; readonly counted: number } {
  const own = file.defects.filter((one) => one.line === line);
  const typical = own.reduce((sum, each) => sum + each.typical_ppm, 0) / 1e6;
  const share = (of: Month['risk']): number =>
    own.reduce((sum, each) => sum + of(each.code, line), 0) / month.units[line] / typical;
  return { expected: share(month.risk), counted: share(month.found) };
}

test('thirty healthy days of the default plant have the capability and the scrap that the plant file states', () => {
  const month = monthOf(DEFAULT_SEED);
  for (const { id, by } of deviations([month])) expect(Math.abs(by), `${id}: Cpk off by ${by}`).toBeLessThan(0.1);
  for (const line of ['L1', 'L2', 'L3'] as const) {
    const { expected, counted } = scrap(month, line);
    expect(Math.abs(expected - 1), `${line}: ${expected}`).toBeLessThan(0.2);
    expect(Math.abs(counted - 1), `${line}: ${counted}`).toBeLessThan(0.2);
  }
  // Three seconds of work; a busy machine may take ten times as long.
}, 60_000);

test('the long-run index, from the months of three other plants together, is the file’s; their scrap is so in each month', () => {
  // Thirty days hold some sixty resin lots: their spread alone is uncertain by a tenth, the months together by half of that.
  const seeds = [1, 2, 3].map(monthOf);
  for (const { id, by } of deviations(seeds)) expect(Math.abs(by), `${id}: Cpk off by ${by}`).toBeLessThan(0.1);
  for (const month of seeds) {
    for (const line of ['L1', 'L2', 'L3'] as const) {
      const { expected } = scrap(month, line);
      expect(Math.abs(expected - 1), `${line}: ${expected}`).toBeLessThan(0.2);
    }
  }
}, 120_000);

test('cavity three of the cover is the worst and has the index that the file states for it', () => {
  const plant = createPlant({ seed: 2, days: 5, story: false, file });
  const column = plant.lines.L1.columns.findIndex((each) => each.characteristic === 'L1.boss_dia' && each.cavity === 3);
  const values: number[] = [];
  for (const record of plant.until(plant.calendar.liveStartMs)) {
    if (record.line === 'L1') values.push(record.truths[column] ?? Number.NaN);
  }
  const boss = file.characteristics.find((each) => each.id === 'L1.boss_dia');
  expect(Math.abs(cpk(values, false, 3.95, 4.05) - (boss?.cpk_worst_cavity ?? 0))).toBeLessThan(0.1);
});

test('a reading differs from the truth by the spread of its gauge, rounded to its resolution', () => {
  const plant = createPlant({ seed: 3, days: 2, story: false, file });
  const { columns } = plant.lines.L2;
  const column = columns.findIndex((each) => each.characteristic === 'L2.depth');
  let n = 0;
  let sum = 0;
  for (const record of plant.until(plant.calendar.liveStartMs)) {
    const shown = record.readings[column] ?? Number.NaN;
    if (record.line !== 'L2' || Number.isNaN(shown)) continue;
    expect(Math.abs(shown * 1000 - Math.round(shown * 1000))).toBeLessThan(1e-6);
    sum += (shown - (record.truths[column] ?? Number.NaN)) ** 2;
    n++;
  }
  // G-DD1: 34 % of a tolerance of 0.06 mm over six sigma, and rounding to 0.001 mm.
  const expected = Math.sqrt(((0.34 * 0.06) / 6) ** 2 + 0.001 ** 2 / 12);
  expect(n).toBeGreaterThan(100);
  expect(Math.sqrt(sum / n) / expected).toBeGreaterThan(0.8);
  expect(Math.sqrt(sum / n) / expected).toBeLessThan(1.2);
});

test('every characteristic belongs to a line of the plant', () => {
  expect([...new Set(file.characteristics.map((each) => lineOf(each.id)))]).toEqual(['L1', 'L2', 'L3']);
});
