// Each process fault under the demo's own charts: it is seen where the plant file says it is seen first, and not without it.
import { beforeAll, expect, test } from 'vitest';
import { characteristicOf, firstSeen, reachedBy } from '../test/campaign/demo-expect.ts';
import { type Judged, judgePlant } from './judge.ts';
import { DAY, HOUR, MINUTE, plantCalendar } from './model/calendar.ts';
import type { ScheduledFault } from './model/faults.ts';
import { loadPlantFile } from './model/plant-file.ts';
import { DEFAULT_SEED } from './seed.ts';

const file = loadPlantFile();
const calendar = plantCalendar(file);
/** One after the other on each line, at these working hours after the live start. */
const PLAN: Readonly<Record<string, number>> = {
  'resin-lot': 0,
  dryer: 12,
  chiller: 22,
  gate3: 30,
  'check-ring': 44,
  'tool-overrun': 0,
  'tool-chip': 10,
  // A shift after a shift that did not signal: an event is the rising edge.
  'casting-lot': 31,
  'cold-start': 45,
  'torque-bias': 2,
  'oring-lot': 16,
  'fixture-seal': 30,
};
const LIVE_HOURS = 70;
/** Enough for every baseline: ten shifts are five of them. */
const DAYS = 7;
/** The end of a shift closes the subgroup of an inspection. */
const SHIFT_MS = 12 * HOUR;

const atMs = (name: string): number =>
  calendar.plantMs(calendar.workMs(calendar.liveStartMs) + (PLAN[name] ?? 0) * HOUR);
let healthy: Judged;
let ill: Judged;

beforeAll(async () => {
  const faults: ScheduledFault[] = file.faults.map(({ name }) => ({ name, atMs: atMs(name) }));
  const options = { seed: DEFAULT_SEED, days: DAYS, story: false };
  const untilMs = calendar.plantMs(calendar.workMs(calendar.liveStartMs) + LIVE_HOURS * HOUR) - calendar.liveStartMs;
  healthy = await judgePlant(options, untilMs);
  ill = await judgePlant({ ...options, faults }, untilMs);
}, 120_000);

test.each(file.faults.map(({ name, lasts_h, first }) => [name, first.join(', '), lasts_h] as const))(
  '%s is seen on %s while it lasts',
  (name, _, lastsH) => {
    const expected = firstSeen(file, name);
    const fromMs = atMs(name);
    const isOfShift = expected.some((id) => file.attributes.some((each) => each.id === id));
    const toMs = fromMs + lastsH * HOUR + (isOfShift ? SHIFT_MS : 0);
    const known = new Set(healthy.signals.map(({ characteristic, ms }) => `${characteristic} ${ms}`));
    const seen = ill.signals.filter(
      ({ characteristic, ms }) =>
        expected.includes(characteristic) && ms >= fromMs && ms <= toMs && !known.has(`${characteristic} ${ms}`),
    );
    expect(seen.map(({ characteristic, rule }) => `${characteristic} ${rule}`).join(', ')).not.toBe('');
  },
);

test('what no fault moves signals in the ill plant as in the healthy one', () => {
  const reached = new Set(file.faults.flatMap(({ name }) => [...reachedBy(file, name)]));
  const calm = [...file.characteristics, ...file.attributes].map(({ id }) => id).filter((id) => !reached.has(id));
  expect(calm).toContain('L1.hold_pressure');
  expect(calm).toContain('L2.clamp_pressure');
  const of = (judged: Judged): string[] =>
    judged.signals.filter(({ characteristic }) => calm.includes(characteristic)).map((each) => JSON.stringify(each));
  expect(of(ill)).toEqual(of(healthy));
});

test('a chipped tool is seen within a quarter of an hour, the dryer before the counts, the torque stays green', () => {
  const firstOf = (id: string, fromMs: number): number =>
    ill.signals.find(({ characteristic, ms }) => characteristic === id && ms >= fromMs)?.ms ?? Number.POSITIVE_INFINITY;
  expect(firstOf('L2.vibration', atMs('tool-chip')) - atMs('tool-chip')).toBeLessThan(15 * MINUTE);
  const dryer = atMs('dryer');
  expect(firstOf('L1.metering_time', dryer)).toBeLessThan(firstOf('L1.visual', dryer));
  const isBiased = ({ ms }: { ms: number }): boolean => ms >= atMs('torque-bias') && ms < atMs('torque-bias') + DAY / 2;
  const torque = (judged: Judged): number[] =>
    judged.signals.filter((each) => each.characteristic === 'L3.torque' && isBiased(each)).map(({ ms }) => ms);
  expect(torque(ill)).toEqual(torque(healthy));
});

test('a stream id gives its characteristic', () => {
  expect(characteristicOf('L1.weight~CV-2100-CV~3')).toBe('L1.weight');
  expect(characteristicOf(null)).toBe('');
});
