import { resolve } from 'node:path';
import type { Cost } from '../budget/budget.ts';
import type { Plan } from '../config/plan.ts';
import { printProblem, problemsOf } from '../config/problem.ts';
import { PumjilError } from '../errors.ts';
import { readArguments, textOption, usageError } from './arguments.ts';
import type { Command, CommandIo } from './command.ts';
import type { ProbeResult } from './probe.ts';

export const command: Command = {
  summary: { en: 'Checks a configuration; with --probe also connects to every device once.' },
  usage: `
Usage: pumjil check [-c pumjil.yaml] [--probe [adapter]] [--json]

Lists every mistake of the configuration with its line and what to write instead.

  -c, --config <file>  configuration, default pumjil.yaml
      --probe          connect to every device once (reads only); with an id to that one
      --json           result as JSON

Exit: 0 all right, 1 mistakes found or a device not reached, 2 command line wrong

Examples:
  pumjil check
  pumjil check -c line2.yaml --probe
  pumjil check --probe press3
`,
  async run(args, io) {
    const read = readArguments(
      args,
      { config: { type: 'string', short: 'c' }, probe: { type: 'boolean' }, json: { type: 'boolean' } },
      1,
    );
    const only = read.positionals[0];
    const isProbe = read.values.probe === true;
    if (only !== undefined && !isProbe)
      throw usageError(`"${only}" is not expected here`, `Name the file with -c: pumjil check -c ${only}`);
    return check(textOption(read, 'config') ?? 'pumjil.yaml', isProbe, only, read.values.json === true, io);
  },
};

async function check(
  file: string,
  isProbe: boolean,
  only: string | undefined,
  isJson: boolean,
  io: CommandIo,
): Promise<number> {
  const { loadComponents } = await import('./load.ts');
  const { loadPlan } = await import('../config/load.ts');
  const components = await loadComponents();
  let plan: Plan;
  try {
    plan = await loadPlan({ path: resolve(io.cwd, file), name: file, components, env: io.env });
  } catch (error) {
    const problems = problemsOf(error);
    if (!(error instanceof PumjilError) || problems.length === 0) throw error;
    if (isJson) io.stdout.write(`${JSON.stringify({ file, ok: false, problems }, null, 2)}\n`);
    else {
      for (const problem of problems) io.stdout.write(`${printProblem(file, problem)}\n`);
      io.stderr.write(`${file}: ${problems.length === 1 ? '1 mistake' : `${problems.length} mistakes`}\n`);
    }
    return 1;
  }
  const probes = isProbe ? await probe(plan, only, io) : [];
  const isGood = probes.every((each) => each.isReachable);
  const counts = { adapters: plan.adapters.length, characteristics: plan.characteristics.length };
  const budget = plan.false_alarms_per_day;
  const cost = budget === undefined ? undefined : await costOfPlan(plan);
  if (isJson) {
    const alarms =
      cost === undefined
        ? {}
        : { falseAlarms: { budget, perDay: cost.perDay, byClass: cost.byClass, unknown: cost.unknown } };
    io.stdout.write(
      `${JSON.stringify({ file, ok: isGood, problems: [], ...counts, ...(isProbe ? { probes } : {}), ...alarms }, null, 2)}\n`,
    );
    return isGood ? 0 : 1;
  }
  io.stdout.write(`${file}: no mistakes; ${counts.adapters} adapters, ${counts.characteristics} characteristics\n`);
  if (cost !== undefined) {
    const { budgetLine } = await import('./budget-of.ts');
    io.stdout.write(`${budgetLine(cost, budget)}\n`);
    if (budget !== undefined && cost.perDay > budget) io.stdout.write('Rules that would keep it: pumjil budget\n');
  }
  for (const each of probes) io.stdout.write(`${printProbe(each)}\n`);
  return isGood ? 0 : 1;
}

async function costOfPlan(plan: Plan): Promise<Cost> {
  const [{ costOf }, { budgetStreams }] = await Promise.all([import('../budget/budget.ts'), import('./budget-of.ts')]);
  return costOf(await budgetStreams(plan));
}

async function probe(plan: Plan, only: string | undefined, io: CommandIo): Promise<readonly ProbeResult[]> {
  const { loadComponents } = await import('./load.ts');
  const { probeAdapters } = await import('./probe.ts');
  const { didYouMean, inWords } = await import('../config/nearest.ts');
  const ids = plan.adapters.map((adapter) => adapter.id);
  if (only !== undefined && !ids.includes(only)) {
    throw usageError(
      `there is no adapter "${only}"${didYouMean(only, ids)}`,
      `Adapters of this file: ${inWords(ids, 30)}.`,
    );
  }
  if (io.isTerminal) io.stderr.write(`connecting to ${only ?? `${ids.length} adapters`} …\n`);
  return probeAdapters(plan, await loadComponents(), only, io.signal);
}

function printProbe(result: ProbeResult): string {
  const name = `${result.adapter} (${result.use})`;
  if (result.error === null) {
    return `✓ ${name}: reached in ${result.milliseconds} ms${result.detail === '' ? '' : `, ${result.detail}`}`;
  }
  const said = result.error.message.startsWith(`${result.adapter}:`)
    ? result.error.message.slice(result.adapter.length + 1).trim()
    : result.error.message;
  return `✗ ${name}: ${said} (${result.error.code})\n    ${result.error.hint}`;
}
