// Short runs: all part numbers of a machine on one chart, as deviations from their targets or in units of their own sigma.
import { z } from 'zod';
import { CENTRE, type ChartKernel, defineChart, OWN, type Points, SIGMA } from '../../chart.ts';
import {
  LEVEL_WIDTH,
  learnLevel,
  levelCentre,
  levelSigma,
  levelSpreads,
  resetLevel,
  restartLevel,
} from '../../level-baseline.ts';
import { completePoint, emptyPoint } from '../../limits.ts';
import { d2, d3 } from '../../math/constants.ts';
import { COUNT, MEAN, SUMMARY_WIDTH, summarise, summariseDeviation } from '../../math/spread.ts';

/** Parameters of the scale z: centre and sigma of every part in turn, NaN while not learnt. */
const PARTS = OWN;
const PER_PART = 2;

const settings = z
  .strictObject({
    by: z.string().min(1).max(40).default('part').describe('Context key whose values are the parts.'),
    scale: z
      .enum(['deviation', 'z'])
      .default('deviation')
      .describe(
        '`deviation`: value less target, for parts that vary alike; `z`: divided by the sigma of the part, for parts that do not.',
      ),
    sigma: z
      .enum(['by_part', 'pooled'])
      .default('by_part')
      .describe('Scale z: sigma learnt for each part, or one `pooled` over all parts.'),
    parts: z
      .record(
        z.string().min(1).max(80),
        z.strictObject({
          target: z.number().optional().describe('Nominal value. Scale z: default is the mean learnt for the part.'),
          sigma: z.number().gt(0).optional().describe('Scale z: known sigma of the part instead of a learnt one.'),
        }),
      )
      .default({})
      .describe('Part number → its target and sigma. Other parts are stored but not charted.'),
  })
  .refine(({ scale, parts }) => scale === 'z' || Object.values(parts).every(({ target }) => target !== undefined), {
    path: ['parts'],
    message: 'every part needs a target, because the chart shows deviations from it',
  });

export default defineChart({
  settings,
  lanes: ['deviation', 'mr'],
  kind: 'variables',
  runRules: true,
  needs: ['parts'],
  reference:
    'Bothe (1989), ASQC Annual Quality Congress 43, 265; Farnum (1992), Journal of Quality Technology 24, 138; Montgomery, 7th ed. (2013), 10.1',
  compile: (chosen: z.infer<typeof settings>): ChartKernel =>
    chosen.scale === 'z' ? standardised(chosen) : deviations(chosen),
});

type Settings = z.infer<typeof settings>;

/** Deviation from target: one centre and one sigma for all parts. */
function deviations({ parts }: Settings): ChartKernel {
  const keys = Object.keys(parts);
  const targets = Float64Array.from(keys, (key) => parts[key]?.target ?? Number.NaN);
  const summary = new Float64Array(SUMMARY_WIDTH);
  const previous = OWN;
  const level = OWN + 2;
  return {
    width: level + LEVEL_WIDTH,
    transform: 'none',
    keys,
    reset(state, at) {
      state[at + CENTRE] = Number.NaN;
      state[at + SIGMA] = Number.NaN;
      state[at + previous] = Number.NaN;
      state[at + previous + 1] = 0;
      resetLevel(state, at + level);
    },
    restart(state, at) {
      state[at + previous] = Number.NaN;
      restartLevel(state, at + level);
    },
    step(state, at, columns, from, to, out, row) {
      summarise(columns.x, from, to, summary);
      const target = targets[columns.key ?? -1] ?? Number.NaN;
      const deviation = summary[MEAN]! - target;
      if (!Number.isFinite(deviation)) {
        emptyPoint(out, row);
        emptyPoint(out, row + 1);
        return;
      }
      const n = summary[COUNT]!;
      const sigma = state[at + SIGMA]!;
      const before = state[at + previous + 1]!;
      // The root mean square of the sigmas of both means; of equal sizes simply sigma / √n.
      const sigmaMoving = n === before ? sigma / Math.sqrt(n) : sigma * Math.sqrt((1 / n + 1 / before) / 2);
      out.statistic[row] = deviation;
      out.n[row] = n;
      out.centre[row] = state[at + CENTRE]!;
      out.sigma[row] = sigma / Math.sqrt(n);
      complete(out, row);
      out.statistic[row + 1] = Math.abs(deviation - state[at + previous]!);
      out.sigma[row + 1] = sigmaMoving;
      completeMoving(out, row + 1);
      state[at + previous] = deviation;
      state[at + previous + 1] = n;
      if (!Number.isNaN(state[at + CENTRE]!)) return;
      summariseDeviation(columns.x, from, to, summary);
      summary[MEAN] = deviation;
      learnLevel(state, at + level, summary);
    },
    freeze(state, at) {
      const centre = levelCentre(state, at + level);
      const sigma = levelSigma(state, at + level);
      if (Number.isNaN(centre) || Number.isNaN(sigma)) return false;
      state[at + CENTRE] = centre;
      state[at + SIGMA] = sigma;
      return true;
    },
  };
}

/** Z and moving range of Z: every part by its own centre and sigma, so that the limits are ±3 for all. */
function standardised({ parts, sigma: pooling }: Settings): ChartKernel {
  const keys = Object.keys(parts);
  const targets = Float64Array.from(keys, (key) => parts[key]?.target ?? Number.NaN);
  const sigmas = Float64Array.from(keys, (key) => parts[key]?.sigma ?? Number.NaN);
  const summary = new Float64Array(SUMMARY_WIDTH);
  const previous = PARTS + PER_PART * keys.length;
  const levels = previous + 1;
  return {
    width: levels + LEVEL_WIDTH * keys.length,
    transform: 'none',
    parameters: PER_PART * keys.length,
    keys,
    reset(state, at) {
      for (let i = 0; i < levels; i++) state[at + i] = Number.NaN;
      for (let part = 0; part < keys.length; part++) resetLevel(state, at + levels + part * LEVEL_WIDTH);
    },
    restart(state, at, why) {
      state[at + previous] = Number.NaN;
      if (why === 'gap')
        for (let part = 0; part < keys.length; part++) restartLevel(state, at + levels + part * LEVEL_WIDTH);
    },
    step(state, at, columns, from, to, out, row) {
      emptyPoint(out, row);
      emptyPoint(out, row + 1);
      summarise(columns.x, from, to, summary);
      const part = columns.key ?? -1;
      const average = summary[MEAN]!;
      if (!(part >= 0 && part < keys.length && Number.isFinite(average))) return;
      const n = summary[COUNT]!;
      const isLearning = Number.isNaN(state[at + CENTRE]!);
      const learntCentre = state[at + PARTS + PER_PART * part]!;
      const learntSigma = state[at + PARTS + PER_PART * part + 1]!;
      const centre = Number.isNaN(learntCentre) ? targets[part]! : learntCentre;
      const sigma = Number.isNaN(learntSigma) ? sigmas[part]! : learntSigma;
      const score = ((average - centre) * Math.sqrt(n)) / sigma;
      if (isLearning) {
        summariseDeviation(columns.x, from, to, summary);
        learnLevel(state, at + levels + part * LEVEL_WIDTH, summary);
        out.n[row] = n;
      }
      // A part nothing is known of cannot be judged.
      if (!Number.isFinite(score)) return;
      out.statistic[row] = score;
      out.n[row] = n;
      out.centre[row] = state[at + CENTRE]!;
      out.sigma[row] = state[at + SIGMA]!;
      complete(out, row);
      out.statistic[row + 1] = Math.abs(score - state[at + previous]!);
      out.sigma[row + 1] = state[at + SIGMA]!;
      completeMoving(out, row + 1);
      state[at + previous] = score;
    },
    freeze(state, at) {
      let total = 0;
      let estimates = 0;
      for (let part = 0; part < keys.length; part++) {
        const level = at + levels + part * LEVEL_WIDTH;
        const count = levelSpreads(state, level);
        if (count > 0) total += levelSigma(state, level) * count;
        estimates += count;
        const isSeen = !Number.isNaN(levelCentre(state, level));
        // A part of which a single value has come goes on learning, and so do the others.
        const isKnown = !Number.isNaN(sigmas[part]!) || levelSigma(state, level) > 0;
        if (isSeen && pooling === 'by_part' && !isKnown) return false;
      }
      const pooled = total / estimates;
      const isEveryKnown = sigmas.length > 0 && sigmas.every((sigma) => !Number.isNaN(sigma));
      if (!(pooled > 0) && !isEveryKnown) return false;
      for (let part = 0; part < keys.length; part++) {
        const level = at + levels + part * LEVEL_WIDTH;
        const own = pooling === 'pooled' ? pooled : levelSigma(state, level);
        const sigma = Number.isNaN(sigmas[part]!) ? own : sigmas[part]!;
        state[at + PARTS + PER_PART * part] = Number.isNaN(targets[part]!) ? levelCentre(state, level) : targets[part]!;
        // A part that has not come yet is judged by what the others vary.
        state[at + PARTS + PER_PART * part + 1] = Number.isNaN(sigma) ? pooled : sigma;
      }
      state[at + CENTRE] = 0;
      state[at + SIGMA] = 1;
      return true;
    },
  };
}

/** Completes a row whose statistic, n, centre and sigma stand. */
function complete(out: Points, row: number): void {
  completePoint(out, row, 3, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY);
}

/** Completes a moving range whose sigma of the plotted points stands. It runs from point to point, across parts; a first point has none. */
function completeMoving(out: Points, row: number): void {
  if (Number.isNaN(out.statistic[row]!)) {
    emptyPoint(out, row);
    return;
  }
  out.n[row] = out.n[row - 1]!;
  out.centre[row] = d2(2) * out.sigma[row]!;
  out.sigma[row] = d3(2) * out.sigma[row]!;
  completePoint(out, row, 3, 0, Number.POSITIVE_INFINITY);
}
