import { expect, test } from 'vitest';
import { parseRule } from '../../src/spc/rule.ts';
import { exactArl } from './rule-chain.ts';

const WE = [
  '1 of 1 beyond 3 sigma',
  '2 of 3 beyond 2 sigma on one side',
  '4 of 5 beyond 1 sigma on one side',
  '8 of 8 beyond 0 sigma on one side',
].map(parseRule);

test('the chain reproduces the in-control run lengths of Champ & Woodall (1987), Table 1, read there', () => {
  const published: [number[], number][] = [
    [[1], 370.4],
    [[1, 2], 225.44],
    [[1, 3], 166.05],
    [[1, 4], 152.73],
    [[1, 2, 3], 132.89],
    [[1, 2, 4], 122.05],
    [[1, 3, 4], 105.78],
    [[1, 2, 3, 4], 91.75],
  ];
  for (const [numbers, arl] of published)
    expect(
      exactArl(
        numbers.map((i) => WE[i - 1]!),
        0,
        true,
      ),
    ).toBeCloseTo(arl, 2);
});

test('the chain reproduces shifted run lengths computed by the R package spc 0.6.7', () => {
  // xshewhartrunsrules.arl, rules 1 and 2, shift 1; rules 1 and 4, shift 2.
  expect(exactArl([WE[0]!, WE[1]!], 1, true)).toBeCloseTo(20.005036450869188, 8);
  expect(exactArl([WE[0]!, WE[3]!], 2, true)).toBeCloseTo(4.890709582873883, 8);
});
