// The plant as a whole: the same again from a seed, parts through the flow, calendar, samples.
import { expect, test } from 'vitest';
import { HOUR, MINUTE, plantCalendar } from './calendar.ts';
import { createPlant } from './plant.ts';
import { loadPlantFile } from './plant-file.ts';
import { randomStream } from './random.ts';
import { parseSampling, sampler } from './sampling.ts';

const file = loadPlantFile();
const calendar = plantCalendar(file);

test('a seed gives the same plant again, record by record, and another seed another', () => {
  const day = (seed: number) => {
    const plant = createPlant({ seed, days: 1, file });
    return [...plant.until(plant.startMs + 4 * HOUR)];
  };
  expect(day(11)).toEqual(day(11));
  expect(day(12)[0]?.truths).not.toEqual(day(11)[0]?.truths);
});

test('records come in plant time and counters without holes', () => {
  const plant = createPlant({ seed: 1, days: 2, file });
  const counters = { L1: 0, L2: 0, L3: 0 };
  const strays: unknown[] = [];
  let lastMs = Number.NEGATIVE_INFINITY;
  for (const record of plant.until(plant.calendar.liveStartMs)) {
    if (record.ms < lastMs || record.counter !== counters[record.line] + 1) strays.push(record);
    lastMs = record.ms;
    counters[record.line] = record.counter;
  }
  expect(strays).toEqual([]);
  expect(Math.min(...Object.values(counters))).toBeGreaterThan(1000);
});

test('an assembly is built from a good cover of its own part number and a good body, each used once, first in first out', () => {
  const plant = createPlant({ seed: 1, days: 1, file });
  const covers = new Map<string, readonly string[]>();
  const bodies = new Map<string, readonly string[]>();
  const used = new Set<string>();
  let lastSerial = '';
  let assemblies = 0;
  for (const record of plant.until(plant.calendar.liveStartMs)) {
    if (record.line === 'L1') {
      for (const [i, codes] of record.codes.entries()) covers.set(`${record.counter}-${i + 1}`, codes);
    }
    if (record.line === 'L2') bodies.set(record.serial, record.codes[0] ?? []);
    if (record.line !== 'L3') continue;
    assemblies++;
    expect(covers.get(record.cover?.mark ?? '')).toEqual([]);
    expect(bodies.get(record.serial)).toEqual([]);
    expect(record.cover?.part.replace('-CV', '')).toBe(record.part.replace('-AS', ''));
    expect(record.serial > lastSerial).toBe(true);
    lastSerial = record.serial;
    expect(used.has(record.cover?.mark ?? '')).toBe(false);
    used.add(record.cover?.mark ?? '');
  }
  expect(assemblies).toBeGreaterThan(2500);
});

test('a part keeps its true values: the press force follows the bore of the very body pressed', () => {
  const plant = createPlant({ seed: 1, days: 1, story: false, file });
  const bore = plant.lines.L2.columns.findIndex((each) => each.characteristic === 'L2.bore_dia');
  const force = plant.lines.L3.columns.findIndex((each) => each.characteristic === 'L3.press_force');
  const bores = new Map<string, number>();
  let n = 0;
  let sum = 0;
  let squares = 0;
  for (const record of plant.until(plant.calendar.liveStartMs)) {
    if (record.line === 'L2') bores.set(record.serial, record.truths[bore] ?? Number.NaN);
    if (record.line !== 'L3') continue;
    const rest = (record.truths[force] ?? 0) - 3.2 + 75 * ((bores.get(record.serial) ?? Number.NaN) - 22.0105);
    n++;
    sum += rest;
    squares += rest * rest;
  }
  // What the bore does not explain is the noise of the file: mean 0, sd 0.12 kN.
  expect(Math.abs(sum / n)).toBeLessThan(0.01);
  expect(Math.sqrt(squares / n)).toBeGreaterThan(0.115);
  expect(Math.sqrt(squares / n)).toBeLessThan(0.125);
});

test('the live demo starts on Tuesday at 13:05 and no break falls into its first hundred minutes', () => {
  expect(calendar.label(calendar.liveStartMs)).toBe('Tue 13:05');
  const run = calendar.runAfter('L3', calendar.liveStartMs);
  expect(run.fromMs).toBe(calendar.liveStartMs);
  expect(run.toMs - run.fromMs).toBe(115 * MINUTE);
});

test('a line stops for breaks, changeovers and the weekend as the calendar says', () => {
  const saturday = calendar.liveStartMs + 4 * 24 * HOUR;
  expect(calendar.label(calendar.runAfter('L2', saturday).fromMs)).toBe('Mon 08:00');
  expect(calendar.label(calendar.runAfter('L3', calendar.liveStartMs + 2 * HOUR - 4 * MINUTE).fromMs)).toBe(
    'Tue 15:10',
  );
  expect(calendar.runAfter('L1', calendar.liveStartMs).part).toBe('CV-2100-CV');
  const change = calendar.runAfter('L1', calendar.liveStartMs).toMs;
  const next = calendar.runAfter('L1', change);
  expect(next.part).toBe('CV-2200-CV');
  expect(next.fromMs - change).toBe(50 * MINUTE);
});

test('a later start is at the same time of a later working day, with the same part numbers set up and no weekend ahead', () => {
  expect(calendar.startAfter(0)).toBe(calendar.liveStartMs);
  let livedMs = 1;
  for (let start = 0; start < 12; start++) {
    const at = calendar.startAfter(livedMs);
    expect(calendar.label(at)).toMatch(/^(Mon|Tue|Wed|Thu|Fri) 13:05$/);
    expect(at).toBeGreaterThan(calendar.liveStartMs + livedMs);
    for (const line of ['L1', 'L3'] as const) {
      const run = calendar.runAfter(line, at);
      expect(run.part).toBe(calendar.runAfter(line, calendar.liveStartMs).part);
      expect(run.fromMs).toBe(at);
    }
    livedMs = at - calendar.liveStartMs + HOUR;
  }
});

test('ten working days before the live start are two weeks back, at the same time of day', () => {
  expect(calendar.liveStartMs - calendar.daysBeforeLive(10)).toBe(14 * 24 * HOUR);
  expect(calendar.label(calendar.daysBeforeLive(3))).toBe('Thu 13:05');
});

test('parts are made in the shares of the plant file', () => {
  const plant = createPlant({ seed: 1, days: 8, story: false, file });
  const made: Record<string, number> = {};
  for (const record of plant.until(plant.calendar.liveStartMs)) made[record.part] = (made[record.part] ?? 0) + 1;
  const share = (a: string, b: string): number => (made[a] ?? 0) / ((made[a] ?? 0) + (made[b] ?? 0));
  expect(share('CV-2100-CV', 'CV-2200-CV')).toBeCloseTo(0.7, 1);
  expect(share('CV-2100-AS', 'CV-2200-AS')).toBeCloseTo(0.7, 1);
});

test('after a mould change no shot counts before the first piece is released', () => {
  const plant = createPlant({ seed: 1, days: 1, story: false, file });
  const mould = plant.lines.L1.columns.findIndex((each) => each.characteristic === 'L1.mould_temp');
  let last = { part: '', ms: 0 };
  let changes = 0;
  for (const record of plant.until(plant.calendar.liveStartMs)) {
    if (record.line !== 'L1') continue;
    if (last.part !== '' && record.part !== last.part) {
      changes++;
      // 50 min of changeover and three times 16 min of warm-up.
      expect((record.ms - last.ms) / MINUTE).toBeGreaterThan(95);
      expect(record.piece).toBe('first');
    }
    expect(record.truths[mould]).toBeGreaterThan(79);
    last = { part: record.part, ms: record.ms };
  }
  expect(changes).toBeGreaterThan(0);
});

test('samples are taken as often as the sentences of the plant file say', () => {
  const plant = createPlant({ seed: 1, days: 2, story: false, file });
  const taken: Record<string, number> = {};
  const made: Record<string, number> = {};
  for (const record of plant.until(plant.calendar.liveStartMs)) {
    made[record.line] = (made[record.line] ?? 0) + 1;
    for (const [i, column] of plant.lines[record.line].columns.entries()) {
      if (column.cavity > 1 || Number.isNaN(record.readings[i])) continue;
      taken[column.characteristic] = (taken[column.characteristic] ?? 0) + 1;
    }
  }
  expect(taken['L2.vibration']).toBe(made.L2);
  expect(taken['L2.bore_dia']).toBe(Math.ceil((made.L2 ?? 0) / 10));
  // Two days of 24 hours, begun and ended amid a period, less what changeovers and warm-up take.
  expect(taken['L1.weight']).toBeGreaterThan(42);
  expect(taken['L1.weight']).toBeLessThanOrEqual(50);
  expect(taken['L3.grease']).toBeGreaterThan(100);
  expect(taken['L3.grease']).toBeLessThanOrEqual(130);
  expect(taken['L2.coolant_conc']).toBeLessThanOrEqual(6);
});

test('a sampling sentence becomes numbers, and a strange one is refused', () => {
  expect(parseSampling('manual entry 2 per day')).toMatchObject({ kind: 'time', take: 1, everyMs: 12 * HOUR });
  expect(parseSampling('4 cavities x 1 shot per 4 h + first/middle/last')).toMatchObject({
    kind: 'time',
    take: 1,
    everyMs: 4 * HOUR,
    firstMiddleLast: true,
  });
  expect(() => parseSampling('now and then')).toThrow(/"now and then"/);
  const isDue = sampler(parseSampling('5 per 2 h'));
  expect(Array.from({ length: 100 }, (_, i) => isDue(8 * HOUR + i * 24_000)).filter(Boolean).length).toBe(5);
});

test('random streams are uniform, independent of each other and steady under other streams', () => {
  const a = randomStream(1, 'a');
  const b = randomStream(1, 'b');
  let product = 0;
  let mean = 0;
  let squares = 0;
  const n = 50_000;
  for (let i = 0; i < n; i++) {
    const x = a.normal();
    mean += x / n;
    squares += (x * x) / n;
    product += (x * b.normal()) / n;
  }
  // Four standard errors of mean, variance and covariance of n standard normals.
  expect(Math.abs(mean)).toBeLessThan(4 / Math.sqrt(n));
  expect(Math.abs(squares - 1)).toBeLessThan(4 * Math.sqrt(2 / n));
  expect(Math.abs(product)).toBeLessThan(4 / Math.sqrt(n));
});
