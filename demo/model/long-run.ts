// What a characteristic does in the long run without faults: mean and spread, computed from the plant file alone.
import { type CharacteristicFile, type DriverFile, lineOf, type PlantFile } from './plant-file.ts';
import { gaugeSd } from './value.ts';

export interface LongRun {
  readonly mean: number;
  readonly sd: number;
  /** Share of the variance that comes from drivers: lots, wear, drift; the rest is new with every part. */
  readonly slowShare: number;
}

/**
 * Mean and standard deviation of the readings, all lots, tools and hours pooled; effects taken as independent and linear.
 *
 * @throws Error when the characteristic does not exist
 * @example
 * longRun(loadPlantFile(), 'L2.spindle_load').mean; // => 42.5
 */
export function longRun(file: PlantFile, id: string): LongRun {
  const own = file.characteristics.find((each) => each.id === id);
  if (own === undefined) throw new Error(`no characteristic "${id}" in ${file.meta.id}`);
  const gauge = file.gauges.find((each) => each.id === own.gauge);
  const truth = truthOf(file, own);
  const sd = Math.hypot(truth.sd, gauge === undefined ? 0 : gaugeSd(gauge.grr, own));
  return { mean: truth.mean, sd, slowShare: truth.slow / (sd * sd) };
}

/** Mean, standard deviation, and the part of the variance that drivers make. */
interface Truth {
  readonly mean: number;
  readonly sd: number;
  readonly slow: number;
}

function truthOf(file: PlantFile, own: CharacteristicFile): Truth {
  let mean = own.base;
  let variance = 0;
  let slow = 0;
  for (const effect of own.effects) {
    if (effect.cavity !== undefined) continue;
    const from = sourceOf(file, own, effect.from);
    mean += effect.coef * (from.mean - effect.ref);
    variance += (effect.coef * from.sd) ** 2;
    slow += effect.coef ** 2 * from.slow;
  }
  const noise = own.dist === 'lognormal' ? mean * (own.s ?? 0) : (own.sd ?? 0);
  return { mean, sd: Math.sqrt(variance + noise * noise), slow };
}

function sourceOf(file: PlantFile, user: CharacteristicFile, name: string): Truth {
  const other = file.characteristics.find((each) => each.id === name);
  if (other !== undefined) return truthOf(file, other);
  const home = file.lines.find((each) => each.id === lineOf(user.id));
  const driver = [home, ...file.lines].flatMap((each) => each?.drivers ?? []).find((each) => each.id === name);
  if (driver === undefined) throw new Error(`${user.id}: nothing is called "${name}"`);
  const { mean, sd } = driverOf(driver);
  return { mean, sd, slow: sd * sd };
}

function driverOf(driver: DriverFile): { readonly mean: number; readonly sd: number } {
  switch (driver.kind) {
    case 'ar1':
    case 'lot':
      return { mean: driver.mean, sd: driver.sd };
    case 'ramp':
      return { mean: driver.every / 2, sd: driver.every / Math.sqrt(12) };
    case 'saw':
      return { mean: (driver.high + driver.low) / 2, sd: (driver.high - driver.low) / Math.sqrt(12) };
    case 'daily':
      return { mean: 0, sd: driver.amp / Math.SQRT2 };
    case 'warmup':
      return { mean: 0, sd: 0 };
    case 'fault':
      return { mean: driver.mean, sd: 0 };
  }
}
