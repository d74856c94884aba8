// How the charts of the plant file are drawn with the charts that exist today, and how often each takes a value.
import { HOUR } from './model/calendar.ts';
import { longRun } from './model/long-run.ts';
import type { CharacteristicFile, PlantFile } from './model/plant-file.ts';
import type { Wire } from './wiring.ts';

export interface ChartSettings {
  readonly chart: string | Readonly<Record<string, string | number>>;
  readonly size: number;
  readonly sample: { readonly take: number; readonly of: number } | undefined;
  readonly rules: { readonly use: string; readonly without: readonly string[] } | undefined;
  readonly limits: { readonly centre: number; readonly sigma: number } | { readonly baseline: number };
}

const BASELINE = 25;
/** Of one part in ten: 25 of those are two hours, 400 more than a day: tools, a lot and the hours of the day show. */
const WIRED_BASELINE = 400;
/** Of what is measured twice a day: a working week. */
const RARE_BASELINE = 10;
const RARE_MS = 12 * HOUR;
/**
 * A chart on every part of a line that makes 3 600 a day would cry wolf sixteen times a day. One in ten is what the plant
 * file asks of its other individuals charts; ten has no factor in common with three positions, so each has its turn.
 */
const EVERY_PART_TAKE_ONE_OF = 10;
/** Half width of the EWMA limits where tool wear is part of the process; 8 false alarms in ten healthy days, simulated. */
const WORN_WIDTH = 5;
/** From this share of slow variation on, neighbouring values say little about how far the process goes. */
const SLOW_SHARE = 0.3;
/** The same for means of a few parts in a row, whose own noise is small; learnt limits then alarm at every second lot. */
const SLOW_SHARE_OF_MEANS = 0.2;
/** A slow process stays on one side for long without a cause. */
const WITHOUT_RUNS = { use: 'standard', without: ['N2'] };

/**
 * Chart, subgroup, sample, rules and limits of one characteristic.
 *
 * three-way → xbar-s · tool-wear regression → i-mr within the long-run limits · on ln → i-mr of logarithms · run chart → i-mr
 */
export function chartSettings(file: PlantFile, wire: Wire): ChartSettings {
  const { characteristic } = wire;
  const text = characteristic.chart;
  const sample = sampleOf(file, wire);
  const common = { sample, rules: undefined, limits: { baseline: baselineOf(wire) } };
  if (text === 'three-way' || text === 'xbar-s' || text === 'xbar-r') {
    const size = takeOf(wire);
    const subgrouped = { ...common, chart: text === 'xbar-r' ? 'xbar-r' : 'xbar-s', size };
    if (slowShareOfMeans(file, characteristic, size) < SLOW_SHARE_OF_MEANS) return subgrouped;
    return { ...subgrouped, rules: WITHOUT_RUNS, limits: typed(file, characteristic) };
  }
  if (text === 'ewma') {
    // The wear of each tool is within these limits; a baseline of one tool would call the next one a signal.
    const chart = { use: 'ewma', lambda: 0.2, width: WORN_WIDTH };
    return { ...common, chart, size: 1, limits: typed(file, characteristic) };
  }
  const isLn = text.includes('on ln') || characteristic.dist === 'lognormal';
  const chart = isLn ? { use: 'i-mr', transform: 'ln' } : 'i-mr';
  if (!isLn && isSlow(file, characteristic)) {
    // Its moving range shows a part of its spread only.
    return { ...common, chart, size: 1, rules: WITHOUT_RUNS, limits: typed(file, characteristic) };
  }
  return { ...common, chart, size: 1 };
}

/** Periods from which the limits of an attribute are learnt: ten shifts are a working week. */
export const ATTRIBUTE_BASELINE = 10;

function takeOf(wire: Wire): number {
  return wire.sampling.kind === 'time' ? wire.sampling.take : 1;
}

/** Counts instead of times, so that a faster clock changes nothing; undefined = every delivered value. */
function sampleOf(file: PlantFile, wire: Wire): ChartSettings['sample'] {
  const { characteristic, sampling, isWired } = wire;
  if (!isWired) return undefined;
  if (sampling.kind === 'time') {
    const line = file.lines.find((each) => characteristic.id.startsWith(each.id));
    return { take: sampling.take, of: Math.round(sampling.everyMs / 1000 / (line?.cycle_s ?? 1)) };
  }
  const own = /on (\d+) per (\d+)/.exec(characteristic.chart);
  if (own !== null) return { take: Number(own[1]), of: Number(own[2]) };
  return characteristic.chart === 'ewma' ? undefined : { take: 1, of: EVERY_PART_TAKE_ONE_OF };
}

function typed(file: PlantFile, characteristic: CharacteristicFile): { centre: number; sigma: number } {
  const { mean, sd } = longRun(file, characteristic.id);
  return { centre: Number(mean.toPrecision(7)), sigma: Number(sd.toPrecision(4)) };
}

/** Wear, drift and lots make up much of its spread, and every cavity is one process. */
function isSlow(file: PlantFile, characteristic: CharacteristicFile): boolean {
  return characteristic.cavity === undefined && longRun(file, characteristic.id).slowShare > SLOW_SHARE;
}

function slowShareOfMeans(file: PlantFile, characteristic: CharacteristicFile, size: number): number {
  const { sd, slowShare } = longRun(file, characteristic.id);
  const slow = slowShare * sd * sd;
  return slow / (slow + (sd * sd - slow) / size);
}

function baselineOf(wire: Wire): number {
  if (wire.sampling.kind === 'time' && wire.sampling.everyMs >= RARE_MS) return RARE_BASELINE;
  return wire.isWired && wire.sampling.kind === 'every' ? WIRED_BASELINE : BASELINE;
}
