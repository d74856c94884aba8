// Every file rules/run-rules/<set>.yaml keeps the contract of rule sets; their printed prices are those of the sets as they are.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Interval, PRICED_SHIFTS } from '../../src/spc/price/price.ts';
import { type Covered, filesIn, ROOT } from './place.ts';
import { ruleSetContract } from './rule-set.ts';
import { keptPrices, priceOf, ruleSets, rulesDoc } from './rules-doc.ts';

/** Registers the contract of every rule set. */
export function discoverRuleSets(): Covered {
  const places = filesIn('rules/run-rules', '.yaml');
  for (const place of places) ruleSetContract(join(ROOT, place));

  test('docs/rules.md is what its generator writes', () => {
    expect(readFileSync(join(ROOT, 'docs', 'rules.md'), 'utf8')).toBe(rulesDoc(ruleSets(), keptPrices()));
  });

  test('kept prices belong to the sets as they are: exact ones recomputed, simulated ones within their interval', () => {
    for (const set of ruleSets()) {
      const kept = keptPrices().find((each) => each.set === set.id)!;
      const now = priceOf(set, 3000);
      expect(kept.rules).toEqual(now.rules);
      expect(now.price.method).toBe(kept.price.method);
      expect(now.price.newEventsPerPoint).toBeCloseTo(kept.price.newEventsPerPoint, 12);
      if (now.price.method === 'exact') {
        expect(JSON.parse(JSON.stringify(now.price))).toEqual(kept.price);
        continue;
      }
      // Eighteen comparisons at once: intervals of 99 % each would be too narrow, 1.5 times as wide is 99.99 %.
      expect(reaches(now.price.arl0, now.price.interval!, kept.price.arl0), set.id).toBe(true);
      for (const shift of PRICED_SHIFTS)
        expect(
          reaches(now.price.arlBySigma[shift], now.price.intervalBySigma![shift], kept.price.arlBySigma[shift]),
          `${set.id} at ${shift}`,
        ).toBe(true);
    }
  });
  return places;
}

function reaches(mean: number, interval: Interval, kept: number): boolean {
  return Math.abs(mean - kept) < 0.75 * (interval.upper - interval.lower);
}
