// Rows drawn at random for the contract of histories: every kind of number, text and time.
import fc from 'fast-check';
import type { Given } from './history-blocks.ts';

const anyText = fc.oneof(
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 12 }),
  fc.constantFrom('쿠션량', 'a\\', '\\', '"', 'a,b=c d', 'line\nbreak', '\r', '%5C', "'; DROP"),
);

/** Rows of any kind that a history must give back, at distinct times. */
export function anyRows(maxLength: number): fc.Arbitrary<readonly Given[]> {
  const row = fc.record({
    series: fc.nat(3),
    timeNs: fc.oneof(
      { weight: 20, arbitrary: fc.bigInt({ min: 1_700_000_000_000_000_000n, max: 1_700_900_000_000_000_000n }) },
      fc.bigInt({ min: -1000n, max: 1000n }),
      fc.constantFrom(-(2n ** 62n), 2n ** 62n),
    ),
    value: fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.constantFrom(-0, 0, 5e-324, -5e-324, 1.7976931348623157e308, Number.NaN),
      fc.integer({ min: -5000, max: 5000 }).map((n) => n / 1000),
    ),
    size: fc.constantFrom(1, 1, 200),
    reason: fc.option(anyText, { nil: undefined }),
    text: fc.option(anyText, { nil: undefined }),
    context: fc.dictionary(fc.oneof(anyText, fc.constantFrom('lot', 'cavity', 'tool')), anyText, { maxKeys: 2 }),
  });
  return fc.uniqueArray(row, { maxLength, selector: (each) => each.timeNs });
}
