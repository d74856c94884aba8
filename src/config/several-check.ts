// A characteristic over several tags, checked against itself: its chart, its limits, and what only one value can have.
import type { Components } from './components.ts';
import { type Finding, finding, type Key } from './problem.ts';
import type { CharacteristicFile } from './schema.ts';
import { isSeveral } from './source.ts';

/** Settings that belong to one value in one unit. */
const OF_ONE_VALUE = ['spec', 'plausible', 'capability'] as const;

/**
 * Checks what comes with `from: { all: [...] }`, and that only such a source feeds a chart of several variables.
 *
 * @param base where the characteristic stands in the file
 * @param file settings that passed their schema
 */
export function checkSeveral(
  base: readonly Key[],
  file: Partial<CharacteristicFile>,
  components: Components,
): Finding[] {
  const { from, chart } = file;
  if (from === undefined) return [];
  const use = typeof chart === 'string' ? chart : chart?.use;
  const component = use === undefined ? undefined : components.charts.get(use);
  if (!isSeveral(from)) {
    if (component?.isMultivariate !== true) return [];
    const what = `the chart ${use} judges several tags together, but from names one`;
    return [finding(chartKeys(base, chart), 'contradiction', what, 'Write from: { all: [adapter/tag, adapter/tag] }.')];
  }
  const findings: Finding[] = [];
  if (component !== undefined && component.isMultivariate !== true && component.kind !== 'attributes') {
    const what = `the chart ${use} judges one value, but from names several tags`;
    const hint = 'Use the chart t2, mewma or pca, or give each tag a characteristic of its own.';
    findings.push(finding(chartKeys(base, chart), 'contradiction', what, hint));
  }
  const tags = from.all;
  tags.forEach((tag, i) => {
    if (tags.indexOf(tag) === i) return;
    findings.push(finding([...base, 'from', 'all', i], 'duplicate', `${tag} is named twice`, 'Name each tag once.'));
  });
  for (const key of OF_ONE_VALUE) {
    if (Object.keys(file[key] ?? {}).length === 0) continue;
    const what = `${key} belongs to one value, but from names several tags`;
    findings.push(
      finding([...base, key], 'contradiction', what, `Write it at a characteristic of the tag itself.`, 'key'),
    );
  }
  findings.push(...checkLimits([...base, 'limits'], file.limits, file, tags.length));
  for (const [part, own] of Object.entries(file.by_part ?? {})) {
    findings.push(...checkLimits([...base, 'by_part', part, 'limits'], own.limits, file, tags.length));
    if (own.spec === undefined) continue;
    const what = 'spec belongs to one value, but from names several tags';
    findings.push(
      finding(
        [...base, 'by_part', part, 'spec'],
        'contradiction',
        what,
        'Write it at a characteristic of the tag itself.',
        'key',
      ),
    );
  }
  const components_ = typeof chart === 'object' && use === 'pca' ? chart.components : undefined;
  if (typeof components_ === 'number' && components_ >= tags.length) {
    const what = `${components_} components leave nothing over of ${tags.length} tags`;
    const hint = `Give at most ${tags.length - 1}, or leave it out.`;
    findings.push(finding([...base, 'chart', 'components'], 'out_of_range', what, hint));
  }
  return findings;
}

function chartKeys(base: readonly Key[], chart: CharacteristicFile['chart']): readonly Key[] {
  return typeof chart === 'object' ? [...base, 'chart', 'use'] : chart === undefined ? base : [...base, 'chart'];
}

/** Limits of several tags are a mean of each and how they vary together: learnt, from more members than there are tags. */
function checkLimits(
  keys: readonly Key[],
  limits: CharacteristicFile['limits'] | undefined,
  { subgroup }: Partial<CharacteristicFile>,
  tags: number,
): Finding[] {
  if (limits === undefined) return [];
  if (!('baseline' in limits)) {
    const what =
      'limits of several tags cannot be typed: one centre and one sigma do not tell how the tags vary together';
    return [finding(keys, 'contradiction', what, 'Learn them: limits: { baseline: 50 }.')];
  }
  const size = subgroup?.size ?? 1;
  const tells = size > 1 ? limits.baseline * (size - 1) : limits.baseline - 1;
  if (tells >= tags) return [];
  const least = size > 1 ? Math.ceil(tags / (size - 1)) : tags + 1;
  const what = `a baseline of ${limits.baseline} cannot tell how ${tags} tags vary together`;
  return [finding([...keys, 'baseline'], 'out_of_range', what, `Give at least ${least}, better ${20 * tags} or more.`)];
}
