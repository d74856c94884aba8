// Every case of topic e of the shared oracle: ARL and operating characteristics, most of them from R's spc package.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseRule } from '../rule.ts';
import { cusumArl, cusumRunLength } from './cusum.ts';
import { ewmaArl, ewmaRunLength } from './ewma.ts';
import { runRulesArl } from './rule-chain.ts';
import { meanChartCharacteristic, shewhartRunLength } from './shewhart.ts';

const folder = join(process.env.PUMJIL_SHARED ?? join(import.meta.dirname, '../../../../shared'), 'oracle');
const names = existsSync(folder) ? readdirSync(folder).filter((name) => /^e-.*\.json$/.test(name)) : [];

interface Case {
  readonly input: {
    readonly scheme: string;
    readonly shift: readonly number[];
    readonly k: number;
    readonly h: number;
    readonly headstart: number;
    readonly sided: 'one' | 'two';
    readonly lambda: number;
    readonly L: number;
    readonly limits: string;
    readonly n: number;
    readonly rules: readonly number[];
  };
  readonly expected: { readonly arl: readonly number[]; readonly beta?: readonly number[] };
  readonly tolerance: { readonly rel: number; readonly abs: number };
}

/** Numbering of the oracle: one point beyond 3, two of three beyond 2, four of five beyond 1, eight on one side. */
const RULES = [
  '1 of 1 beyond 3 sigma',
  '2 of 3 beyond 2 sigma on one side',
  '4 of 5 beyond 1 sigma on one side',
  '8 of 8 beyond 0 sigma on one side',
].map(parseRule);

/** ARLs by every way there is to the same figure. */
function solved({ input }: Case, shift: number): number[] {
  switch (input.scheme) {
    case 'cusum': {
      const design = { ...input, sides: input.sided === 'one' ? 'upper' : 'both' } as const;
      return [cusumArl(design, shift) ?? Number.NaN, cusumRunLength(design, shift)?.arl ?? Number.NaN];
    }
    case 'ewma': {
      const limits = input.limits === 'asymptotic' ? 'asymptotic' : 'exact';
      const design = { lambda: input.lambda, width: input.L, limits } as const;
      return [ewmaArl(design, shift), ewmaRunLength(design, shift)?.arl ?? Number.NaN];
    }
    case 'shewhart':
      return [shewhartRunLength(input.L, shift).arl, runRulesArl(RULES.slice(0, 1), { shift }).arl];
    case 'xbar OC':
      return [meanChartCharacteristic({ size: input.n, width: input.L }, shift).arl];
    default: {
      const rules = input.rules.map((number) => RULES[number - 1]!);
      return [runRulesArl(rules, { shift, convention: 'short_histories' }).arl];
    }
  }
}

describe.skipIf(names.length === 0)('the shared oracle’s ARL cases (skipped where that folder is not there)', () => {
  test.each(names)('%s', (name) => {
    const one = JSON.parse(readFileSync(join(folder, name), 'utf8')) as Case;
    const close = (found: number, expected: number) =>
      expect(Math.abs(found - expected), `${found}, expected ${expected}`).toBeLessThanOrEqual(
        Math.max(one.tolerance.abs, one.tolerance.rel * Math.abs(expected)),
      );
    one.input.shift.forEach((shift, i) => {
      for (const found of solved(one, shift)) close(found, one.expected.arl[i]!);
      const beta = one.expected.beta?.[i];
      if (beta !== undefined)
        close(meanChartCharacteristic({ size: one.input.n, width: one.input.L }, shift).beta, beta);
    });
  });
});
