// docs/rules.md: what a rule sentence means and what each set costs. `node test/contract/rules-doc.ts --write` makes the file anew.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseRule } from '../../src/spc/rule.ts';
import { compileRules } from '../../src/spc/rule-kernel.ts';
import { seeded } from './random.ts';
import { exactArl, isExact } from './rule-chain.ts';
import { type RuleSet, readRuleSet } from './rule-set-file.ts';

/** Shifts of the mean, in sigma of the plotted statistic. */
export const SHIFTS = [0, 0.5, 1, 1.5, 2, 3] as const;

/** Average run length to the first signal at each of SHIFTS; simulated ones with half of their 99 % interval. */
export interface Price {
  readonly set: string;
  readonly rules: readonly string[];
  readonly arl: readonly number[];
  /** null = exact. */
  readonly simulated: { readonly runs: number; readonly seed: number; readonly half: readonly number[] } | null;
}

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
export function keptPrices(): readonly Price[] {
  return JSON.parse(readFileSync(PRICES, 'utf8')) as Price[];
}

/** The price of a set: exact where no rule is a trend or looks within, else simulated with a stated seed. */
export function priceOf(set: RuleSet, runs: number, seed: number): Price {
  const rules = set.rules.map(({ sentence }) => parseRule(sentence));
  const sentences = set.rules.map(({ sentence }) => sentence);
  if (isExact(rules))
    return {
      set: set.id,
      rules: sentences,
      arl: SHIFTS.map((shift) => rounded(exactArl(rules, shift))),
      simulated: null,
    };
  const results = SHIFTS.map((shift, i) => simulatedArl(sentences, shift, runs, seed + i));
  return {
    set: set.id,
    rules: sentences,
    arl: results.map(({ mean }) => rounded(mean)),
    simulated: { runs, seed, half: results.map(({ half }) => rounded(half)) },
  };
}

/** Mean run length of `runs` runs and half of its 99 % interval. */
export function simulatedArl(
  sentences: readonly string[],
  shift: number,
  runs: number,
  seed: number,
): { readonly mean: number; readonly half: number } {
  const kernel = compileRules(sentences.map(parseRule));
  const random = seeded(seed);
  const state = new Int32Array(kernel.width);
  const point = new Float64Array(1);
  let total = 0;
  let squares = 0;
  for (let run = 0; run < runs; run++) {
    kernel.reset(state, 0);
    let previous = Number.NaN;
    let length = 0;
    for (;;) {
      const z = random.normal() + shift;
      length += 1;
      point[0] = z;
      if (kernel.step(state, 0, point, 0, z > previous ? 1 : z < previous ? -1 : 0) !== 0) break;
      previous = z;
    }
    total += length;
    squares += length * length;
  }
  const mean = total / runs;
  return { mean, half: (2.5758 * Math.sqrt(squares / runs - mean * mean)) / Math.sqrt(runs) };
}

function rounded(x: number): number {
  return Number(x.toPrecision(6));
}

/** The text of docs/rules.md. */
export function rulesDoc(sets: readonly RuleSet[], prices: readonly Price[]): string {
  const rows = sets.map((set) => {
    const price = prices.find((one) => one.set === set.id);
    if (price === undefined) throw new Error(`no price of ${set.id}: run node test/contract/rules-doc.ts --write`);
    const cells = price.arl.map((arl, i) =>
      price.simulated === null ? shown(arl) : `${shown(arl)} ± ${shown(price.simulated.half[i]!)}`,
    );
    return `| ${set.id} | ${cells.join(' | ')} | ${price.simulated === null ? 'exact' : `${price.simulated.runs.toLocaleString('en')} runs, seed ${price.simulated.seed}`} |`;
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
of the plotted statistic. In control (0) more is better: at one point an hour, 216 points are nine days. Beside a figure that was simulated stands
half of its 99 % interval. Limits learnt from 25 subgroups make these figures true only "about"; real data with autocorrelation signal more often.

| set | 0 | 0.5 | 1 | 1.5 | 2 | 3 | how |
| --- | --- | --- | --- | --- | --- | --- | --- |
${rows.join('\n')}

Exact figures come from a Markov chain, which with windows that need not be full reproduces Table 1 of Champ & Woodall (1987),
Technometrics 29, 393.

## The sets

${listing.join('\n')}`;
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
  const prices = sets.map((set) => priceOf(set, 200_000, 19_840_701));
  writeFileSync(PRICES, `[\n${prices.map((price) => `  ${JSON.stringify(price)}`).join(',\n')}\n]\n`);
  writeFileSync(DOC, rulesDoc(sets, prices));
}
