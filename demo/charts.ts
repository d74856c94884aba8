// How the charts of the plant file are drawn with the charts that exist today, and how often each takes a value.
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
/** A chart on every part of a line that makes 3 600 a day would cry wolf ten times a day. */
const EVERY_PART_TAKE_ONE_OF = 10;
/** Half width of the EWMA limits where tool wear is part of the process; 8 false alarms in ten healthy days, simulated. */
const WORN_WIDTH = 5;

/**
 * Chart, subgroup, sample, rules and limits of one characteristic.
 *
 * three-way → xbar-s · tool-wear regression → i-mr within the long-run limits · on ln → i-mr of logarithms · run chart → i-mr
 */
export function chartSettings(file: PlantFile, wire: Wire): ChartSettings {
  const { characteristic } = wire;
  const text = characteristic.chart;
  const sample = sampleOf(file, wire);
  const common = { sample, rules: undefined, limits: { baseline: BASELINE } };
  if (text === 'three-way' || text === 'xbar-s') return { ...common, chart: 'xbar-s', size: takeOf(wire) };
  if (text === 'xbar-r') return { ...common, chart: 'xbar-r', size: takeOf(wire) };
  if (text === 'ewma') {
    // The wear of each tool is within these limits; a baseline of one tool would call the next one a signal.
    return {
      ...common,
      chart: { use: 'ewma', lambda: 0.2, width: WORN_WIDTH },
      size: 1,
      limits: typed(file, characteristic),
    };
  }
  if (text.startsWith('tool-wear')) {
    const rules = { use: 'standard', without: ['N2'] };
    return { ...common, chart: 'i-mr', size: 1, rules, limits: typed(file, characteristic) };
  }
  const isLn = text.includes('on ln') || characteristic.dist === 'lognormal';
  // Neighbouring values of a slow process stay on one side for long without a cause.
  const rules = isSlow(file, characteristic) ? { use: 'standard', without: ['N2'] } : undefined;
  return { ...common, chart: isLn ? { use: 'i-mr', transform: 'ln' } : 'i-mr', size: 1, rules };
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

function isSlow(file: PlantFile, characteristic: CharacteristicFile): boolean {
  const slow = file.lines.flatMap((line) => line.drivers.filter((each) => each.kind === 'ar1').map((each) => each.id));
  return characteristic.role === 'process' && characteristic.effects.some((each) => slow.includes(each.from));
}
