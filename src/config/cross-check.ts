// What no single setting can get wrong alone: references between parts of the file, and contradictions.
import type { ChartComponent, Components } from './components.ts';
import { didYouMean, inWords, nearest } from './nearest.ts';
import type { Specification } from './plan.ts';
import { type Finding, finding, type Key } from './problem.ts';
import type { CharacteristicFile } from './schema.ts';
import { checkSeveral } from './several-check.ts';
import { isCounts, isSeveral } from './source.ts';

/** What is known of the adapters of this file. `tags` is undefined where tags are only known at run time, or the settings are broken. */
export type KnownAdapters = ReadonlyMap<string, { readonly tags: readonly string[] | undefined }>;

/**
 * Checks one characteristic against the rest of the file.
 *
 * @param file settings that passed their schema; those that did not are absent and not checked again
 */
export function crossCheckCharacteristic(
  id: string,
  file: Partial<CharacteristicFile>,
  adapters: KnownAdapters,
  components: Components,
): Finding[] {
  const base = ['characteristics', id];
  return [
    ...checkTags(base, file, adapters),
    ...checkChart(base, file, components),
    ...checkNumbers(base, file, components),
    ...checkSplit(base, file),
    ...checkSeveral(base, file, components),
  ];
}

function checkTags(base: readonly Key[], file: Partial<CharacteristicFile>, adapters: KnownAdapters): Finding[] {
  const findings: Finding[] = [];
  const value = (keys: readonly Key[], tag: string): void => {
    findings.push(...checkTag(keys, tag, adapters, 'every'));
  };
  if (typeof file.from === 'string') value([...base, 'from'], file.from);
  else if (file.from !== undefined && isSeveral(file.from))
    for (const [i, tag] of file.from.all.entries()) value([...base, 'from', 'all', i], tag);
  else if (file.from !== undefined) {
    value([...base, 'from', 'count'], file.from.count);
    value([...base, 'from', 'inspected'], file.from.inspected);
  }
  if (file.part !== undefined) findings.push(...checkTag([...base, 'part'], file.part, adapters, 'mistyped'));
  for (const [key, tag] of Object.entries(file.context ?? {})) {
    findings.push(...checkTag([...base, 'context', key], tag, adapters, 'mistyped'));
  }
  return findings;
}

// A characteristic without its tag can never work. Part and context may be wired later: there only a mistyped tag is a mistake.
function checkTag(
  keys: readonly Key[],
  reference: string,
  adapters: KnownAdapters,
  strictness: 'every' | 'mistyped',
): Finding[] {
  const slash = reference.indexOf('/');
  const adapter = reference.slice(0, slash);
  const tag = reference.slice(slash + 1);
  const known = adapters.get(adapter);
  if (known === undefined) {
    const names = [...adapters.keys()];
    const hint =
      names.length === 0
        ? 'This file has no adapters yet; add one under adapters:.'
        : `Adapters of this file: ${inWords(names)}.`;
    return [finding(keys, 'unknown_reference', `there is no adapter "${adapter}"${didYouMean(adapter, names)}`, hint)];
  }
  if (known.tags === undefined || known.tags.includes(tag)) return [];
  if (strictness === 'mistyped' && nearest(tag, known.tags) === undefined) return [];
  const hint =
    known.tags.length === 0 ? `Add it under adapters: ${adapter}.` : `Tags of ${adapter}: ${inWords(known.tags, 20)}.`;
  return [
    finding(
      keys,
      'unknown_reference',
      `the adapter ${adapter} has no tag "${tag}"${didYouMean(tag, known.tags)}`,
      hint,
    ),
  ];
}

function checkChart(base: readonly Key[], file: Partial<CharacteristicFile>, components: Components): Finding[] {
  if (file.chart === undefined) return [];
  const use = chartName(file.chart) ?? '';
  const keys = typeof file.chart === 'string' ? [...base, 'chart'] : [...base, 'chart', 'use'];
  const chart = components.charts.get(use);
  if (chart === undefined) {
    const known = [...components.charts.keys()].sort();
    const what = `there is no chart "${use}"${didYouMean(use, known)}`;
    return [finding(keys, 'unknown_reference', what, `Charts: ${inWords(known)}.`)];
  }
  const isCount = file.from !== undefined && isCounts(file.from);
  if (chart.kind === 'attributes' && !isCount && file.from !== undefined) {
    const hint = 'Write from: { count: adapter/tag, inspected: adapter/tag }.';
    return [
      finding(
        keys,
        'contradiction',
        `the chart ${use} judges counts, but from names ${isSeveral(file.from) ? 'several tags' : 'a single value'}`,
        hint,
      ),
    ];
  }
  if (chart.kind === 'variables' && isCount) {
    const hint = 'Use the chart p (defective units) or u (defects).';
    return [finding(keys, 'contradiction', `the chart ${use} judges measured values, but from names counts`, hint)];
  }
  return [
    ...checkNeeds([...base, 'chart'], use, chart, file),
    ...checkInput([...base, 'chart', 'input'], use, chart, file),
    ...checkSize([...base, 'subgroup', 'size'], use, chart, file.subgroup?.size),
  ];
}

/** Settings without which the chart has nothing to judge. */
function checkNeeds(
  keys: readonly Key[],
  use: string,
  { needs = [] }: ChartComponent,
  { chart }: Partial<CharacteristicFile>,
): Finding[] {
  const written: Readonly<Record<string, unknown>> = typeof chart === 'object' ? chart : {};
  return needs
    .filter((need) => Object.keys(written[need] ?? {}).length === 0)
    .map((need) => {
      const at = typeof chart === 'object' && need in chart ? [...keys, need] : keys;
      const hint = `Write them beside use: chart: { use: ${use}, ${need}: { … } }.`;
      return finding(at, 'missing', `the chart ${use} needs ${need}`, hint);
    });
}

/** What the chart is told to read must be what `from` delivers. */
function checkInput(
  keys: readonly Key[],
  use: string,
  { kind }: ChartComponent,
  { chart, from }: Partial<CharacteristicFile>,
): Finding[] {
  if (kind !== 'either' || typeof chart !== 'object' || from === undefined || chart.input === undefined) return [];
  const isCount = isCounts(from);
  if ((chart.input === 'counts') === isCount) return [];
  const what = isCount
    ? `from names counts, but the chart ${use} is told to read "${String(chart.input)}"`
    : `the chart ${use} is told to read counts, but from names a single value`;
  const hint = isCount ? 'Leave input out.' : 'Write from: { count: adapter/tag, inspected: adapter/tag }.';
  return [finding(keys, 'contradiction', what, hint)];
}

function checkSize(keys: readonly Key[], use: string, chart: ChartComponent, size: number | undefined): Finding[] {
  if (size === undefined || chart.kind === 'attributes') return [];
  const smallest = chart.minSize ?? 1;
  if (size < smallest) {
    const hint = `Give size ${smallest} or more (usual: 3 to 5), or use the chart i-mr for single values.`;
    const what = `the chart ${use} needs subgroups of at least ${smallest} values, not ${size}`;
    return [finding(keys, 'contradiction', what, hint)];
  }
  const largest = chart.maxSize ?? Number.POSITIVE_INFINITY;
  if (size <= largest) return [];
  if (largest === 1) {
    const hint = 'Give size 1, or use the chart xbar-s for subgroups.';
    return [
      finding(keys, 'contradiction', `the chart ${use} judges single values, but the subgroup size is ${size}`, hint),
    ];
  }
  const hint = `Give size ${largest} or less, or use the chart xbar-s for larger subgroups.`;
  return [
    finding(keys, 'contradiction', `the chart ${use} takes subgroups of at most ${largest} values, not ${size}`, hint),
  ];
}

function checkNumbers(base: readonly Key[], file: Partial<CharacteristicFile>, components: Components): Finding[] {
  const findings = [...checkSpecification([...base, 'spec'], file.spec)];
  for (const [part, own] of Object.entries(file.by_part ?? {})) {
    findings.push(...checkSpecification([...base, 'by_part', part, 'spec'], own.spec));
    findings.push(...checkLimits([...base, 'by_part', part, 'limits'], own.limits, file, components));
  }
  findings.push(...checkLimits([...base, 'limits'], file.limits, file, components));
  const { lower, upper } = file.plausible ?? {};
  if (lower !== undefined && upper !== undefined && lower >= upper) {
    findings.push(
      finding(
        [...base, 'plausible', 'lower'],
        'contradiction',
        `lower ${lower} is not below upper ${upper}`,
        'Exchange the two, or correct one.',
      ),
    );
  }
  const outside = (limit: number | undefined): boolean =>
    limit !== undefined && ((lower !== undefined && limit < lower) || (upper !== undefined && limit > upper));
  for (const side of ['lower', 'upper'] as const) {
    if (!outside(file.spec?.[side])) continue;
    const what = `the specification limit ${file.spec?.[side]} lies outside the plausible range ${lower ?? '-∞'} to ${upper ?? '∞'}`;
    findings.push(
      finding(
        [...base, 'spec', side],
        'contradiction',
        what,
        'Widen plausible: values outside it count as faults of the measurement.',
      ),
    );
  }
  const sample = file.sample;
  if (sample !== undefined && sample.take > sample.of) {
    findings.push(
      finding(
        [...base, 'sample', 'take'],
        'contradiction',
        `take ${sample.take} is more than of ${sample.of}`,
        'take: 1, of: 10 means the first of every ten values.',
      ),
    );
  }
  return findings;
}

function checkSpecification(keys: readonly Key[], spec: Specification | undefined): Finding[] {
  if (spec === undefined) return [];
  const { lower, target, upper } = spec;
  if (lower !== undefined && upper !== undefined && lower >= upper) {
    return [
      finding(
        [...keys, 'lower'],
        'contradiction',
        `lower ${lower} is not below upper ${upper}`,
        'Exchange the two, or correct one.',
      ),
    ];
  }
  if (target === undefined) return [];
  if ((lower !== undefined && target < lower) || (upper !== undefined && target > upper)) {
    const range =
      lower === undefined ? `at most ${upper}` : upper === undefined ? `at least ${lower}` : `${lower} to ${upper}`;
    return [
      finding(
        [...keys, 'target'],
        'contradiction',
        `the target ${target} lies outside the specification (${range})`,
        'Correct the target or the limits.',
      ),
    ];
  }
  return [];
}

function checkLimits(
  keys: readonly Key[],
  limits: CharacteristicFile['limits'] | undefined,
  file: Partial<CharacteristicFile>,
  components: Components,
): Finding[] {
  if (limits === undefined || 'baseline' in limits || file.from === undefined || isSeveral(file.from)) return [];
  const isCount = isCounts(file.from);
  const chart = chartName(file.chart) ?? (isCount ? 'p' : 'i-mr');
  const unitSigma = components.charts.get(chart)?.unitSigma;
  if (!isCount && limits.sigma === undefined && unitSigma === undefined) {
    return [
      finding(
        [...keys, 'sigma'],
        'missing',
        'missing',
        'Add sigma, the standard deviation of the individual values, or learn both: limits: { baseline: 25 }.',
      ),
    ];
  }
  if (unitSigma === undefined) return [];
  const sigma = sigmaOf(unitSigma, limits.centre, file.chart);
  if (Number.isNaN(sigma)) {
    const hint =
      limits.centre > 1
        ? 'Write the proportion defective, from 0 to 1: 2 % is 0.02.'
        : limits.centre > 0
          ? 'Write a proportion below the one that is to be found (p1).'
          : 'Write the mean, above 0.';
    return [
      finding([...keys, 'centre'], 'out_of_range', `${limits.centre} cannot be the centre of the chart ${chart}`, hint),
    ];
  }
  return [];
}

/** Settings that are wrong are told of elsewhere; here they must not throw. */
function sigmaOf(
  unitSigma: NonNullable<ChartComponent['unitSigma']>,
  centre: number,
  chart: CharacteristicFile['chart'],
): number {
  if (typeof chart !== 'object') return unitSigma(centre);
  const { use, ...settings } = chart;
  try {
    return unitSigma(centre, settings);
  } catch {
    return unitSigma(centre);
  }
}

function checkSplit(base: readonly Key[], file: Partial<CharacteristicFile>): Finding[] {
  if (file.by === undefined || file.from === undefined || isCounts(file.from)) return [];
  return [
    finding(
      [...base, 'by'],
      'contradiction',
      '`by` belongs to counts (from: { count, inspected })',
      'Use split_by: [cavity] to split measured values.',
      'key',
    ),
  ];
}

function chartName(chart: CharacteristicFile['chart']): string | undefined {
  return typeof chart === 'string' ? chart : chart?.use;
}
