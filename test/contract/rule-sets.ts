// Every file rules/run-rules/<set>.yaml keeps the contract of rule sets; their printed prices are those of the sets as they are.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseRule } from '../../src/spc/rule.ts';
import { type Covered, filesIn, ROOT } from './place.ts';
import { isExact } from './rule-chain.ts';
import { ruleSetContract } from './rule-set.ts';
import { keptPrices, priceOf, ruleSets, rulesDoc, SHIFTS, simulatedArl } from './rules-doc.ts';

/** Registers the contract of every rule set. */
export function discoverRuleSets(): Covered {
  const places = filesIn('rules/run-rules', '.yaml');
  for (const place of places) ruleSetContract(join(ROOT, place));

  test('docs/rules.md is what its generator writes', () => {
    expect(readFileSync(join(ROOT, 'docs', 'rules.md'), 'utf8')).toBe(rulesDoc(ruleSets(), keptPrices()));
  });

  test('kept prices belong to the sets as they are: exact ones recomputed, simulated ones within their interval', () => {
    for (const set of ruleSets()) {
      const kept = keptPrices().find((price) => price.set === set.id)!;
      expect(kept.rules).toEqual(set.rules.map(({ sentence }) => sentence));
      if (isExact(kept.rules.map(parseRule))) {
        expect(kept).toEqual(priceOf(set, 0, 0));
        continue;
      }
      // Eighteen comparisons at once: intervals of 99 % each would be too narrow, 1.5 times as wide is 99.99 %.
      for (const [i, shift] of SHIFTS.entries()) {
        const { mean, half } = simulatedArl(kept.rules, shift, 3000, 77 + i);
        expect(Math.abs(mean - kept.arl[i]!), `${set.id} at ${shift}`).toBeLessThan(
          1.5 * (half + kept.simulated!.half[i]!),
        );
      }
    }
  });
  return places;
}
