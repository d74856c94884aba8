// The reference cases of the shared oracle through the studies: the input as it stands, every number of `expected` within its tolerance.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { STUDIES } from '../../src/studies/registry.ts';
import { runStudy } from '../../src/studies/run-study.ts';

const shared = process.env.PUMJIL_SHARED ?? join(import.meta.dirname, '../../../shared');
const folder = join(shared, 'oracle');

/** Which study answers a case: by the beginning of its id, the longest that fits. */
const STUDY_OF: readonly (readonly [string, string])[] = [
  ['a-overdispersion', 'overdispersion'],
  ['a-', 'control-chart'],
  ['b-constants', 'chart-constants'],
  ['b-d2star', 'd2-star'],
  ['c-anhoej', 'control-chart'],
  ['c-rules', 'run-rules'],
  ['d-', 'control-chart'],
  ['e-arl', 'arl'],
  ['e-oc-xbar', 'oc-curve'],
  ['j-westgard', 'westgard'],
  ['j-', 'control-chart'],
  ['k-changepoint', 'change-point'],
];

export interface OracleCase {
  readonly id: string;
  readonly study: string;
  readonly input: unknown;
  readonly expected: unknown;
  readonly tolerance: Readonly<Record<string, unknown>>;
}

/** Cases of the shared oracle that a study of this installation answers; none when the oracle is not beside this checkout. */
export function oracleCases(): readonly OracleCase[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .flatMap((name) => {
      const study = STUDY_OF.find(([start]) => name.startsWith(start))?.[1];
      if (study === undefined || !Object.hasOwn(STUDIES, study)) return [];
      const { id, input, expected, tolerance } = JSON.parse(readFileSync(join(folder, name), 'utf8')) as OracleCase;
      return [{ id, study, input, expected, tolerance }];
    });
}

export interface Compared {
  /** What differs by more than the tolerance, as `path: found, expected`. */
  readonly wrong: readonly string[];
  /** Numbers and empty lists compared. */
  readonly numbers: number;
  /** Largest error relative to the expected number, or to abs/rel of the tolerance where that is larger. */
  readonly worst: number;
}

/** Runs a case and compares every leaf of `expected`. */
export function compareCase(one: OracleCase): Compared {
  const wrong: string[] = [];
  let numbers = 0;
  let worst = 0;
  const tolerance = (key: string): { rel: number; abs: number } => {
    const isP = key === 'p' || key.startsWith('dw_p');
    const own = (isP ? one.tolerance.p : undefined) as { rel?: number; abs?: number } | undefined;
    const { rel = 0, abs = 0 } = { ...(one.tolerance as { rel?: number; abs?: number }), ...own };
    return { rel, abs };
  };
  const visit = (found: unknown, expected: unknown, path: string, key: string): void => {
    if (typeof expected === 'number') {
      numbers += 1;
      const { rel, abs } = tolerance(key);
      const error = typeof found === 'number' ? Math.abs(found - expected) : Number.POSITIVE_INFINITY;
      if (!(error <= abs || error <= rel * Math.abs(expected))) wrong.push(`${path}: ${String(found)}, ${expected}`);
      // Near zero the absolute tolerance decides: errors count relative to the size at which both are the same.
      const size = Math.max(Math.abs(expected), rel > 0 ? abs / rel : 0);
      if (size > 0) worst = Math.max(worst, error / size);
      return;
    }
    if (Array.isArray(expected)) {
      // An empty list says something too.
      if (expected.length === 0) numbers += 1;
      const list = Array.isArray(found) ? found : undefined;
      if (list?.length !== expected.length) wrong.push(`${path}: ${String(found)}, a list of ${expected.length}`);
      else
        expected.forEach((inner, i) => {
          visit(list[i], inner, `${path}[${i}]`, key);
        });
      return;
    }
    if (typeof expected === 'object' && expected !== null) {
      for (const [name, inner] of Object.entries(expected))
        visit(
          (found as Record<string, unknown> | undefined)?.[name],
          inner,
          path === '' ? name : `${path}.${name}`,
          name,
        );
      return;
    }
    if (found !== expected) wrong.push(`${path}: ${String(found)}, ${String(expected)}`);
  };
  visit(runStudy(one.study, one.input), one.expected, '', '');
  return { wrong, numbers, worst };
}
