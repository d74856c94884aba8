// pumjil budget: what the rules in force cost in false alarms a day, and rules that would keep a budget.
import { resolve } from 'node:path';
import { numberOption, readArguments, textOption } from './arguments.ts';
import type { Command } from './command.ts';

export const command: Command = {
  summary: { en: 'Says what the rules in force cost in false alarms a day, and proposes rules that keep a budget.' },
  usage: `
Usage: pumjil budget [-c pumjil.yaml] [--per-day <n>] [--json]

Adds up, over all streams, the false alarms a day that chart and rules cost while every process is in control: new events a point,
second lanes included, times the points a day that came over planned hours. Where that is more than the budget, it proposes rules by
class of characteristic, the critical ones keeping the most sensitive, and one width of limits for all. Proposals only: it changes nothing.

  -c, --config <file>  configuration, default pumjil.yaml; its false_alarms_per_day is the budget
      --per-day <n>    another budget
      --json           result as JSON

Exit: 0 inside the budget or none given, 1 over the budget or the configuration has mistakes, 2 command line wrong

Examples:
  pumjil budget
  pumjil budget --per-day 5
`,
  async run(args, io) {
    const text = { type: 'string' } as const;
    const read = readArguments(
      args,
      { config: { type: 'string', short: 'c' }, 'per-day': text, json: { type: 'boolean' } },
      0,
    );
    const wanted = numberOption(read, 'per-day', 0.001, 100_000);
    const [{ loadComponents }, { loadPlan }, { costOf, propose }, { budgetStreams, budgetText }] = await Promise.all([
      import('./load.ts'),
      import('../config/load.ts'),
      import('../budget/budget.ts'),
      import('./budget-of.ts'),
    ]);
    const file = textOption(read, 'config') ?? 'pumjil.yaml';
    const components = await loadComponents();
    const plan = await loadPlan({ path: resolve(io.cwd, file), name: file, components, env: io.env });
    const streams = await budgetStreams(plan);
    const cost = costOf(streams);
    const budget = wanted ?? plan.false_alarms_per_day;
    const proposals = budget === undefined ? [] : propose(streams, budget, components.ruleSets);
    if (read.values.json === true)
      io.stdout.write(`${JSON.stringify({ budget: budget ?? null, ...cost, proposals }, null, 2)}\n`);
    else io.stdout.write(budgetText(cost, budget, proposals));
    return budget !== undefined && cost.perDay > budget ? 1 : 0;
  },
};
