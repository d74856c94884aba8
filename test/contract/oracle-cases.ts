// The reference cases of the shared oracle, where it lies beside this checkout.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { CENTRE, OWN, points, SIGMA } from '../../src/spc/chart.ts';
import { CHARTS } from '../../src/spc/charts/registry.ts';
import { createEngine } from '../../src/spc/engine.ts';
import type { LanePoint, LimitsInForce, StreamSpec, SubgroupData } from '../../src/spc/stream.ts';

const folder = join(process.env.PUMJIL_SHARED ?? join(import.meta.dirname, '../../../shared'), 'oracle');
const hasOracle = existsSync(folder);

export interface OracleCase {
  readonly id: string;
  // biome-ignore lint/suspicious/noExplicitAny: the files differ from topic to topic; each test reads what its own topic has
  readonly input: any;
  // biome-ignore lint/suspicious/noExplicitAny: as above
  readonly expected: any;
  readonly tolerance: { readonly rel?: number; readonly abs?: number; readonly exact?: boolean };
}

/** Largest relative errors met, by case; printed on request, see `reportErrors`. */
const errors = new Map<string, number>();

/** Registers one test for every case whose id begins with the prefix. */
export function eachCase(prefix: string, title: string, body: (one: OracleCase) => void): void {
  const files = hasOracle
    ? readdirSync(folder).filter((name) => name.startsWith(prefix) && name.endsWith('.json'))
    : [];
  if (files.length === 0)
    test.skip(`${prefix}*: ${title} (skipped: the shared oracle is not beside this checkout)`, () => {});
  for (const file of files) {
    const one = JSON.parse(readFileSync(join(folder, file), 'utf8')) as OracleCase;
    test(`${one.id}: ${title}`, () => body(one));
  }
}

/** Compares one number within the tolerance of its case; null = nothing stated. */
export function close(one: OracleCase, actual: number, expected: number | null | undefined, what: string): void {
  if (expected === null || expected === undefined) return;
  const { rel = 0, abs = 0, exact } = one.tolerance;
  const error = Math.abs(actual - expected);
  const relative = expected === 0 ? 0 : error / Math.abs(expected);
  // A number that only its absolute tolerance lets pass says nothing of relative error.
  if (error > abs || relative <= rel) errors.set(one.id, Math.max(errors.get(one.id) ?? 0, relative));
  expect(error, `${one.id} ${what}: ${actual} is not ${expected}`).toBeLessThanOrEqual(
    exact === true ? 0 : Math.max(abs, rel * Math.abs(expected)),
  );
}

/** Writes the table of largest relative errors when PUMJIL_ORACLE_TABLE is set. */
export function reportErrors(): void {
  if (process.env.PUMJIL_ORACLE_TABLE === undefined) return;
  for (const [id, error] of [...errors].sort()) process.stdout.write(`${id} ${error.toExponential(1)}\n`);
}

/** Members of one subgroup. */
export function members(x: readonly number[], key = 0): SubgroupData {
  return { x: Float64Array.from(x), size: new Float64Array(x.length).fill(1), length: x.length, timeMs: 0, key };
}

export interface Judged {
  /** One list of lanes a subgroup. */
  readonly lanes: readonly (readonly LanePoint[])[];
  readonly limits: LimitsInForce;
}

const LIMIT = [{ id: 'N1', sentence: '1 of 1 beyond 3 sigma' }];

/**
 * Judges all subgroups with limits learnt from all of them, or typed ones, one at a time through the engine, and asserts that the
 * chart's kernel gives the very same numbers over all columns at once.
 */
export function judge(
  chart: StreamSpec['chart'],
  subgroups: readonly SubgroupData[],
  typed?: { readonly centre: number; readonly sigma: number },
): Judged {
  const size = Math.max(...subgroups.map(({ length }) => length));
  const engine = createEngine();
  let learnt: LimitsInForce | undefined;
  if (typed === undefined) {
    const learner = engine.open({ chart, rules: LIMIT, spec: {}, limits: { baseline: subgroups.length }, size });
    subgroups.forEach((subgroup, i) => {
      const { lanes, froze } = engine.step(learner, subgroup);
      expect(froze).toBe(i + 1 === subgroups.length);
      for (const lane of lanes) expect(lane.holds).toBe(0);
    });
    learnt = engine.limits(learner);
  }
  const { centre, sigma } = typed ?? learnt!;
  const ix = engine.open({ chart, rules: LIMIT, spec: {}, limits: { centre, sigma }, size });
  if (learnt !== undefined) engine.adopt(ix, learnt);
  const lanes = subgroups.map((subgroup) => engine.step(ix, subgroup).lanes.map((lane) => ({ ...lane })));
  const limits = learnt ?? engine.limits(ix);
  expectWholeEqual(chart, subgroups, limits, lanes);
  return { lanes, limits };
}

/** The same through the kernel alone, over one buffer that holds all subgroups. */
function expectWholeEqual(
  { use, ...rest }: StreamSpec['chart'],
  subgroups: readonly SubgroupData[],
  limits: LimitsInForce,
  lanes: readonly (readonly LanePoint[])[],
): void {
  const chart = CHARTS[use]!;
  const kernel = chart.compile(chart.settings.parse(rest));
  const state = new Float64Array(kernel.width);
  kernel.reset(state, 0);
  state[CENTRE] = limits.centre;
  state[SIGMA] = limits.sigma;
  limits.parameters?.forEach((value, i) => {
    state[OWN + i] = value;
  });
  const x = Float64Array.from(subgroups.flatMap((subgroup) => [...subgroup.x]));
  const size = new Float64Array(x.length).fill(1);
  const out = points(subgroups.length * chart.lanes.length);
  let from = 0;
  subgroups.forEach(({ length, key }, i) => {
    const to = from + length;
    kernel.step(state, 0, { x, size, ...(key === undefined ? {} : { key }) }, from, to, out, i * chart.lanes.length);
    from = to;
  });
  lanes.forEach((row, i) => {
    for (const { lane, value, centre, lower, upper } of row) {
      const at = i * chart.lanes.length + lane;
      expect([value, centre, lower, upper]).toEqual([out.statistic[at], out.centre[at], out.lower[at], out.upper[at]]);
    }
  });
}

/** Subgroups, counted from 1, whose point of this lane is beyond its limits. */
export function beyond({ lanes }: Judged, lane: number): number[] {
  return lanes.flatMap((row, i) => (row[lane]!.holds === 0 ? [] : [i + 1]));
}
