// Many parts on one chart: deviation from nominal, and Z with its moving range.
import { z } from 'zod';
import { d2, d3 } from '../../spc/math/constants.ts';
import { meanOf } from '../../spc/math/sample.ts';
import { enoughPoints, independence, normality } from '../assumptions.ts';
import { beyond, column, countOf, movingRanges } from '../column.ts';
import { figure, figures, nsigma, samples, values } from '../fields.ts';
import { impossible } from '../study.ts';
import { defineFamily, merged, NO_SPREAD } from './family.ts';

const byPart = z.record(z.string(), figure);

export const shortRun = defineFamily({
  input: z.object({
    chart: z.enum(['dnom + z-mr', 'short-run']),
    values,
    part: z.array(z.string()).min(1).max(1_000_000).describe('Part number of each value.'),
    nominal: z.record(z.string(), z.number()).describe('Nominal value of each part number.'),
    nsigma,
  }),
  output: z.object({
    dnom: z.object({
      deviation: figures.describe('Value less the nominal of its part.'),
      center: figure,
      mr_bar: figure,
      sigma: figure,
      lcl: figure,
      ucl: figure,
      beyond: samples,
    }),
    z_by_part: z.object({
      part_mean: byPart,
      part_sigma: byPart.describe('Mean difference of successive values of the part / d2(2).'),
      z: figures,
      beyond: samples,
      mr: figures,
      mr_center: figure,
      mr_ucl: figure,
      mr_beyond: samples,
    }),
    z_pooled: z.object({ sigma: figure, z: figures, beyond: samples }),
  }),
  reference: 'Farnum (1992), J. Quality Technology 24, 138; Montgomery, 7th ed. (2013), 10.1; Griffith (1996) for Z-MR',
  run(input) {
    const x = column(input.values);
    if (input.part.length !== x.length)
      throw impossible(
        'part',
        `${input.part.length} parts for ${x.length} values`,
        'Give one part number for each value.',
      );
    const parts = [...new Set(input.part)];
    const missing = parts.find((part) => !Object.hasOwn(input.nominal, part));
    if (missing !== undefined)
      throw impossible('nominal', `part ${JSON.stringify(missing)} has none`, `Add "${missing}": its nominal value.`);
    const rows = new Map(parts.map((part) => [part, [] as number[]]));
    for (const [i, part] of input.part.entries()) rows.get(part)?.push(i);
    const width = input.nsigma;

    const deviation = x.map((value, i) => value - (input.nominal[input.part[i] ?? ''] ?? Number.NaN));
    const center = meanOf(deviation);
    const bar = meanOf(movingRanges(deviation, 2));
    const sigma = bar / d2(2);
    const [lcl, ucl] = [center - width * sigma, center + width * sigma];

    const mean = new Map<string, number>();
    const spread = new Map<string, number>();
    const allRanges: number[] = [];
    for (const [part, indices] of rows) {
      const own = Float64Array.from(indices, (i) => x[i] ?? Number.NaN);
      const ranges = movingRanges(own, 2);
      mean.set(part, meanOf(own));
      spread.set(part, meanOf(ranges) / d2(2));
      for (const range of ranges) allRanges.push(range);
    }
    const pooled = meanOf(Float64Array.from(allRanges)) / d2(2);
    const scores = (sigmaOf: (part: string) => number): Float64Array =>
      x.map((value, i) => {
        const part = input.part[i] ?? '';
        return (value - (mean.get(part) ?? Number.NaN)) / sigmaOf(part);
      });
    const own = scores((part) => spread.get(part) ?? Number.NaN);
    const common = scores(() => pooled);
    const moving = movingRanges(own, 2);
    const mrUpper = d2(2) + width * d3(2);
    const outDeviation = beyond(deviation, lcl, ucl);
    const outZ = beyond(own, -width, width);
    const outMoving = beyond(moving, 0, mrUpper, 1);
    return {
      dnom: { deviation: Array.from(deviation), center, mr_bar: bar, sigma, lcl, ucl, beyond: outDeviation },
      z_by_part: {
        part_mean: Object.fromEntries(mean),
        part_sigma: Object.fromEntries(spread),
        z: Array.from(own),
        beyond: outZ,
        mr: Array.from(moving),
        mr_center: d2(2),
        mr_ucl: mrUpper,
        mr_beyond: outMoving,
      },
      z_pooled: { sigma: pooled, z: Array.from(common), beyond: beyond(common, -width, width) },
      judged: {
        points: countOf(x),
        signals: merged(outZ, outMoving),
        assumptions: [
          enoughPoints(Math.min(...Array.from(rows.values(), (indices) => indices.length)), 10),
          equalSpread(spread),
          independence(own),
          normality(own),
        ],
        none: Number.isNaN(sigma) ? NO_SPREAD : undefined,
      },
    };
  },
});

/** The chart of deviations needs parts that scatter alike. */
function equalSpread(spread: ReadonlyMap<string, number>): {
  readonly name: string;
  readonly holds: boolean | null;
  readonly en: string;
  readonly ko: string;
} {
  const known = [...spread.values()].filter((s) => s > 0);
  const ratio = known.length < 2 ? Number.NaN : Math.max(...known) / Math.min(...known);
  const shown = Number.isNaN(ratio) ? '–' : ratio.toFixed(2);
  const holds = Number.isNaN(ratio) ? null : ratio <= 1.3;
  return {
    name: 'equal_spread',
    holds,
    en:
      holds === false
        ? `The parts scatter differently (largest / smallest sigma ${shown}): read the Z chart, not the deviations.`
        : `The parts scatter alike (largest / smallest sigma ${shown}).`,
    ko:
      holds === false
        ? `품번별 산포가 다릅니다(최대/최소 시그마 ${shown}). 편차 관리도 대신 Z 관리도를 보십시오.`
        : `품번별 산포가 비슷합니다(최대/최소 시그마 ${shown}).`,
  };
}
