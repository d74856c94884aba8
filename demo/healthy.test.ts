// The healthy plant under the demo's own charts: no more signals than the rules cost, but where the plant file says why.
import { expect, test } from 'vitest';
import { judgePlant } from './judge.ts';
import { loadPlantFile } from './model/plant-file.ts';
import { DEFAULT_SEED } from './seed.ts';

/** Signals a point of the set `standard`, docs/rules.md. */
const STANDARD = 1 / 216.7;
/** Of two neighbouring normal values: P(|a − b| > D4 · d2 · sigma), D4 = 3.267, d2 = 1.128, the difference having √2 sigma. */
const MOVING_RANGE = 0.0092;
/** Of S and R of five normal values beyond B4 = 2.089 and D4 = 2.114 times their centre (simulated by many; see Montgomery, 7th ed., 6.3). */
const SPREAD = 0.0046;
/** "anything above what its rule set's price predicts by more than three times must have a reason in the file". */
const TIMES = 3;
/** A count of few rare signals: that many more say nothing. */
const LUCK = 4;

/** What the plant file itself says against the price of independent points. */
const REASONS: Readonly<Record<string, string>> = {
  'L1.peak_pressure': 'why: lots dominate',
  'L1.fill_time': 'half of its spread is visc, constant during a lot',
  'L1.cushion': 'visc again: as wide as the means of five shots',
  'L1.metering_time': 'dry, constant during a lot',
  'L1.mould_temp': 'mtemp, phi 0.98, and the daily ambient',
  'L1.flatness': 'follows mtemp, phi 0.98, on either side',
  'L1.visual': 'FL follows visc, constant during a lot',
};

test('ten healthy days of the default plant signal no more than three times what the rules cost', async () => {
  const file = loadPlantFile();
  const { signals, points } = await judgePlant({ seed: DEFAULT_SEED, days: 10, story: false });
  const byId = new Map<string, { points: number; signals: number }>();
  for (const [stream, n] of points) {
    const id = stream.split('~')[0] ?? '';
    const sum = byId.get(id) ?? { points: 0, signals: 0 };
    byId.set(id, { points: sum.points + n, signals: 0 });
  }
  for (const each of signals) {
    const sum = byId.get(each.characteristic);
    if (sum !== undefined) sum.signals++;
  }
  expect(byId.size).toBe(file.characteristics.length + file.attributes.length);
  for (const [id, sum] of byId) {
    const chart = file.characteristics.find((each) => each.id === id)?.chart ?? '';
    const spread = chart.startsWith('i-mr') || chart.startsWith('tool') ? MOVING_RANGE : SPREAD;
    const price = chart === 'ewma' ? STANDARD : STANDARD + spread;
    if (REASONS[id] === undefined) {
      expect(sum.signals, `${id}: ${sum.points} points`).toBeLessThanOrEqual(TIMES * price * sum.points + LUCK);
    } else {
      // A reason is no licence: at the very most one point in ten.
      expect(sum.signals / sum.points, `${id}: ${REASONS[id]}`).toBeLessThan(0.1);
    }
  }
  // In plant days; at speed 60 a day is 24 minutes.
  expect(signals.length / 10).toBeLessThan(50);
}, 60_000);
