// Tool wear: a straight trend over the life of a tool, with parallel limits.
import { z } from 'zod';
import { CENTRE, type ChartKernel, type Columns, defineChart, OWN, SIGMA } from '../../chart.ts';
import { completePoint, emptyPoint } from '../../limits.ts';
import { fitSigma, fitSlope, LINE_WIDTH, lineCount, meanX, meanY, observePair, resetLine } from '../../math/line.ts';
import { COUNT, MEAN, SUMMARY_WIDTH, summarise } from '../../math/spread.ts';

/** Parameter: the slope, NaN while not learnt. */
const SLOPE = OWN;
/** Life of the tool: points on it so far, and the time of its first, ms. */
const PIECES = OWN + 1;
const STARTED = OWN + 2;
const LINE = OWN + 3;

const MS_PER_HOUR = 3_600_000;

const settings = z.strictObject({
  per: z
    .enum(['point', 'hour'])
    .default('point')
    .describe('What wears the tool: every plotted `point` (the first is 1), or each `hour` since its first point.'),
  slope: z
    .number()
    .optional()
    .describe(
      'Wear a point or an hour, in the unit of the values. Default: learnt from the baseline; 0 with typed limits.',
    ),
  after_gap: z
    .enum(['same_tool', 'new_tool'])
    .default('same_tool')
    .describe('What a gap in the data means: the tool went on (`same_tool`), or it was changed (`new_tool`).'),
});

export default defineChart({
  settings,
  lanes: ['x'],
  kind: 'variables',
  runRules: true,
  reference:
    'Mandel (1969), Journal of Quality Technology 1, 1 (regression control chart); Manuele (1945), Industrial Quality Control 1 (tool wear)',
  maxSize: 1,
  compile: (chosen: z.infer<typeof settings>): ChartKernel => kernel(chosen, new Float64Array(SUMMARY_WIDTH)),
});

function kernel({ per, slope: typed, after_gap }: z.infer<typeof settings>, summary: Float64Array): ChartKernel {
  // Numbers in arrays: as variables of their own they would be allocated.
  const given = Float64Array.of(typed ?? Number.NaN);
  const pair = new Float64Array(2);
  const isHourly = per === 'hour';
  return {
    width: LINE + LINE_WIDTH,
    transform: 'none',
    parameters: 1,
    reset(state, at) {
      state[at + CENTRE] = Number.NaN;
      state[at + SIGMA] = Number.NaN;
      state[at + SLOPE] = Number.NaN;
      state[at + PIECES] = 0;
      state[at + STARTED] = Number.NaN;
      resetLine(state, at + LINE);
    },
    restart(state, at, why) {
      // New limits do not sharpen the tool.
      if (why === 'gap' && after_gap === 'new_tool') state[at + PIECES] = 0;
    },
    step(state, at, columns, from, to, out, row) {
      // A new tool is a new tool, even where its first value is missing.
      if (columns.changed === true) state[at + PIECES] = 0;
      // One member; where a plan asks for several, their mean is the individual value.
      summarise(columns.x, from, to, summary);
      const x = summary[MEAN]!;
      emptyPoint(out, row);
      if (!Number.isFinite(x)) return;
      const pieces = state[at + PIECES]! + 1;
      state[at + PIECES] = pieces;
      if (pieces === 1) state[at + STARTED] = timeOf(columns);
      const age = isHourly ? (timeOf(columns) - state[at + STARTED]!) / MS_PER_HOUR : pieces;
      const centre = state[at + CENTRE]!;
      let slope = given[0]!;
      if (Number.isNaN(slope)) slope = state[at + SLOPE]!;
      if (Number.isNaN(slope)) slope = 0;
      out.statistic[row] = x;
      out.n[row] = summary[COUNT]!;
      out.centre[row] = centre + slope * age;
      out.sigma[row] = state[at + SIGMA]!;
      completePoint(out, row, 3, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY);
      if (!Number.isNaN(centre)) return;
      pair[0] = age;
      pair[1] = x;
      observePair(state, at + LINE, pair);
    },
    freeze(state, at) {
      const free = lineCount(state, at + LINE) - (typed === undefined ? 2 : 1);
      if (free < 1) return false;
      const slope = typed ?? fitSlope(state, at + LINE);
      const sigma = fitSigma(state, at + LINE, slope, free);
      const centre = meanY(state, at + LINE) - slope * meanX(state, at + LINE);
      if (!Number.isFinite(sigma) || !Number.isFinite(centre)) return false;
      state[at + SLOPE] = slope;
      state[at + CENTRE] = centre;
      state[at + SIGMA] = sigma;
      return true;
    },
    explain: (state, at) => ({ tool_points: state[at + PIECES]! }),
  };
}

/** Without a time the tool is as old as at its first point. */
function timeOf(columns: Columns): number {
  return columns.timeMs ?? 0;
}
