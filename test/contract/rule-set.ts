// What every set of run rules must show: R1 to R5. A set gets these tests by its file.
import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseRule, printRule, type Rule } from '../../src/spc/rule.ts';
import { compileRules } from '../../src/spc/rule-kernel.ts';
import { type PlainPoint, plainlyHolds } from './plain-rules.ts';
import { seeded } from './random.ts';
import { readRuleCases, readRuleSet } from './rule-set-file.ts';

/** Bits of the rules that hold at each point, by the kernel. */
export function runRules(rules: readonly Rule[], points: readonly (number | null)[]): number[] {
  const kernel = compileRules(rules);
  const state = new Int32Array(kernel.width);
  const bits: number[] = [];
  let previous = Number.NaN;
  for (const z of points) {
    if (z === null) {
      kernel.reset(state, 0);
      previous = Number.NaN;
      continue;
    }
    bits.push(kernel.step(state, 0, Float64Array.of(z), 0, z > previous ? 1 : z < previous ? -1 : 0));
    previous = z;
  }
  return bits;
}

/** The rule seen in a mirror: above becomes below. */
export function mirrored(rule: Rule): Rule {
  if (rule.zone === 'above') return { ...rule, zone: 'below' };
  return rule.zone === 'below' ? { ...rule, zone: 'above' } : rule;
}

/** Sequences rich in ties, points on lines, runs and gaps. */
function sequences(count: number): (number | null)[][] {
  const random = seeded(20260);
  return Array.from({ length: count }, () => {
    const drift = random.normal();
    const step = random.uniform() < 0.5 ? 0.5 : 0.01;
    return Array.from({ length: 60 }, () =>
      random.uniform() < 0.02 ? null : Math.round((random.normal() + drift) / step) * step,
    );
  });
}

/** Registers the tests of one set. */
export function ruleSetContract(path: string): void {
  const set = readRuleSet(path);
  const rules = set.rules.map(({ sentence }) => parseRule(sentence));

  test(`R1 ${set.id}: parsing, printing and parsing again gives the same rules; names and source are there`, () => {
    expect(set.rules.length).toBeGreaterThan(0);
    expect(set.name.ko.length * set.name.en.length * set.source.length).toBeGreaterThan(0);
    for (const [i, rule] of rules.entries()) {
      expect(printRule(rule)).toBe(set.rules[i]!.sentence);
      expect(parseRule(printRule(rule))).toEqual(rule);
    }
  });

  test(`R2 ${set.id}: the kernel agrees with the plain definition`, () => {
    for (const points of sequences(300)) {
      let history: PlainPoint[] = [];
      const expected: number[] = [];
      for (const z of points) {
        if (z === null) {
          history = [];
          continue;
        }
        history.push({ z, x: z });
        expected.push(rules.reduce((bits, rule, r) => (plainlyHolds(rule, history) ? bits | (1 << r) : bits), 0));
      }
      expect(runRules(rules, points)).toEqual(expected);
    }
  });

  test(`R3 ${set.id}: every row of the cases file comes out as written, and every rule occurs in one`, () => {
    const file = path.replace(/\.yaml$/, '.cases.txt');
    expect(existsSync(file), `${file} is missing`).toBe(true);
    const cases = readRuleCases(readFileSync(file, 'utf8'));
    for (const { title, points, holds } of cases) {
      const held = runRules(rules, points).flatMap((bits, i) =>
        set.rules.filter((_, r) => (bits >>> r) & 1).map(({ id }) => `${id}@${i + 1}`),
      );
      expect([...held].sort(), title).toEqual([...holds].sort());
    }
    const seen = new Set(cases.flatMap(({ holds }) => holds.map((hold) => hold.slice(0, hold.lastIndexOf('@')))));
    expect(set.rules.map(({ id }) => id).filter((id) => !seen.has(id))).toEqual([]);
  });

  test(`R4 ${set.id}: its price is printed in docs/rules.md`, () => {
    const doc = readFileSync(new URL('../../docs/rules.md', import.meta.url), 'utf8');
    const row = doc.split('\n').find((line) => line.startsWith(`| ${set.id} |`));
    expect(row, `no row for ${set.id}`).toBeDefined();
    expect(row!.split('|').length).toBeGreaterThanOrEqual(8);
  });

  test(`R5 ${set.id}: mirrored points signal the mirrored rules`, () => {
    const opposite = rules.map(mirrored);
    for (const points of sequences(100))
      expect(
        runRules(
          opposite,
          points.map((z) => (z === null ? null : -z)),
        ),
      ).toEqual(runRules(rules, points));
  });
}
