// docs/rules.md: what a rule sentence means and what each set costs. `node test/contract/rules-doc.ts --write` makes the file anew.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PRICED_SHIFTS, type Price, price } from '../../src/spc/price/price.ts';
import { runRulesArl } from '../../src/spc/price/rule-chain.ts';
import { parseRule } from '../../src/spc/rule.ts';
import { type RuleSet, readRuleSet } from './rule-set-file.ts';

/** What stands in the table of prices for one set: exact figures are computed anew by the test, simulated ones are kept. */
export interface KeptPrice {
  readonly set: string;
  readonly rules: readonly string[];
  readonly price: Price;
}

/** Combinations of the Western Electric rules with the ARL in control that is printed for them. */
export const CHAMP_WOODALL: readonly (readonly [combination: string, printed: number])[] = [
  ['1', 370.4],
  ['12', 225.44],
  ['13', 166.05],
  ['14', 152.73],
  ['123', 132.89],
  ['124', 122.05],
  ['134', 105.78],
  ['1234', 91.75],
];

const WESTERN_ELECTRIC = [
  '1 of 1 beyond 3 sigma',
  '2 of 3 beyond 2 sigma on one side',
  '4 of 5 beyond 1 sigma on one side',
  '8 of 8 beyond 0 sigma on one side',
];
/** Limits as most plants have them: learnt from 25 subgroups of five. */
const BASELINE = { subgroups: 25, size: 5, estimator: 'range' } as const;
const RUNS = 200_000;
const ROOT = new URL('../../', import.meta.url);
const PRICES = new URL('rules-price.json', import.meta.url);
const DOC = new URL('docs/rules.md', ROOT);

/** Every set in rules/run-rules, by name. */
export function ruleSets(): readonly RuleSet[] {
  const folder = new URL('rules/run-rules/', ROOT);
  const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'));
  return files.sort().map((name) => readRuleSet(fileURLToPath(new URL(name, folder))));
}

/** Prices computed before and kept beside this file. */
export function keptPrices(): readonly KeptPrice[] {
  return JSON.parse(readFileSync(PRICES, 'utf8')) as KeptPrice[];
}

/** The price of a set at one point a day, with the range for limits learnt from 25 subgroups of five. */
export function priceOf(set: RuleSet, runs = RUNS): KeptPrice {
  const rules = set.rules.map(({ sentence }) => sentence);
  return {
    set: set.id,
    rules,
    price: price(rules.map(parseRule), { pointsPerDay: 1 }, { runs, seed: 19_840_701, baseline: BASELINE }),
  };
}

/** The text of docs/rules.md. */
export function rulesDoc(sets: readonly RuleSet[], prices: readonly KeptPrice[]): string {
  const rows = sets.map((set) => {
    const kept = prices.find((one) => one.set === set.id);
    if (kept === undefined) throw new Error(`no price of ${set.id}: run node test/contract/rules-doc.ts --write`);
    const { arl0, arlBySigma, interval, intervalBySigma, medianRunLength, newEventsPerPoint, range } = kept.price;
    const cells = [
      withHalf(arl0, interval),
      ...PRICED_SHIFTS.map((shift) => withHalf(arlBySigma[shift], intervalBySigma?.[shift])),
      medianRunLength.toFixed(0),
      (1000 * newEventsPerPoint).toFixed(2),
      range === undefined ? '' : `${range.lower.toPrecision(2)} to ${Number(range.upper.toPrecision(2))}`,
    ];
    return `| ${set.id} | ${cells.join(' | ')} | ${kept.price.method} |`;
  });
  const published = CHAMP_WOODALL.map(([combination, printed]) => {
    const rules = [...combination].map((digit) => parseRule(WESTERN_ELECTRIC[Number(digit) - 1] ?? ''));
    const arl = (convention: 'short_histories' | 'full_windows') =>
      runRulesArl(rules, { shift: 0, convention }).arl.toFixed(2);
    return `| ${[...combination].join(', ')} | ${printed.toFixed(2)} | ${arl('short_histories')} | ${arl('full_windows')} |`;
  });
  const listing = sets.map((set) => {
    const lines = set.rules.map(({ id, sentence }) => `| ${id} | ${sentence} |`);
    return [
      `### ${set.id}`,
      '',
      `${set.name.en} · ${set.name.ko}. Source: ${set.source}`,
      '',
      '| rule | sentence |',
      '| --- | --- |',
      ...lines,
      '',
    ].join('\n');
  });
  return `${INTRODUCTION}
## What a set costs

Average number of points to the first signal (ARL), for independent normal points and known limits, when the mean is off by so many sigma
of the plotted statistic. In control (0) more is better: at one point an hour, 216 points are nine days. Half of all charts in control have signalled
after the median. A chart that goes on after a signal raises so many new events in a thousand points, each rule its own. Limits learnt from 25 subgroups of
five are never quite right: nine of ten plants then have an ARL in control within the range of the last column. Beside a figure that was simulated
(${RUNS.toLocaleString('en')} runs) stands half of its 99 % interval. Real data with autocorrelation signal more often.

| set | 0 | 0.5 | 1 | 1.5 | 2 | 3 | median | events in 1000 | learnt limits | how |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
${rows.join('\n')}

Exact figures come from a Markov chain. With windows that need not be full it reproduces Table 1 of Champ & Woodall (1987), Technometrics 29, 393;
our windows are full before they speak, which delays the first signal a little:

| Western Electric rules | printed | chain, short histories | chain, full windows |
| --- | --- | --- | --- |
${published.join('\n')}

## The sets

${listing.join('\n')}`;
}

function withHalf(x: number, interval?: { readonly lower: number; readonly upper: number }): string {
  return interval === undefined ? shown(x) : `${shown(x)} ± ${shown((interval.upper - interval.lower) / 2)}`;
}

function shown(x: number): string {
  return x >= 100 ? x.toFixed(1) : x.toFixed(2);
}

const INTRODUCTION = `# Run rules

A rule is a sentence, in the configuration, in the sets below and in the text of an alarm:

- \`k of n (beyond|within|above|below) L sigma [on one side|on either side|on both sides]\`, with 1 ≤ k ≤ n ≤ 32
- \`n of n (trending|alternating)\`

What it means is the same everywhere:

- The rule looks at the last n points. The window must be full, and the newest point takes part.
- \`beyond L sigma\` is strict: a point on the line is not beyond it. \`within\` is the complement, so a point on the line is within.
- \`on one side\`: at least k points on the side of the newest one. \`on either side\` (or nothing): sides do not matter. \`on both sides\`: at least k
  together, and neither side is empty. A point on the centre line is on no side.
- \`trending\`: each point above the one before, or each below. \`alternating\`: up and down in turn. Equal neighbours end both.
- A point without a value is skipped. A gap and new limits start the history anew.
- A signal is raised when a rule begins to hold, not again while it goes on holding.
- Run rules act on the first lane of a chart. The others, and charts whose points depend on each other (EWMA), signal only beyond their own limits.

A set is a file \`rules/run-rules/<set>.yaml\`; a configuration may leave rules out and add its own:

\`\`\`yaml
rules: { use: nelson, without: [N7], add: { X1: "3 of 4 beyond 1 sigma on one side" } }
\`\`\`
`;

if (process.argv[1] !== undefined && basename(process.argv[1]) === 'rules-doc.ts' && process.argv.includes('--write')) {
  const sets = ruleSets();
  const prices = sets.map((set) => priceOf(set));
  writeFileSync(PRICES, `[\n${prices.map((each) => `  ${JSON.stringify(each)}`).join(',\n')}\n]\n`);
  writeFileSync(DOC, rulesDoc(sets, prices));
}
