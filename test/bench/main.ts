// npm run bench -- [core|charts|machine|journal|history|adapters] [--json] [--million]: what a value costs here, and what the plain form would.
import { availableParallelism, cpus } from 'node:os';
import type { Figure, Report } from './measure.ts';

/** What the command line asks for beside names. */
interface Options {
  readonly million: boolean;
}

const BENCHES: Readonly<Record<string, () => Promise<(report: Report, options: Options) => Promise<void>>>> = {
  core: async () => (await import('./core/bench.ts')).benchCore,
  charts: async () => (await import('./charts.ts')).benchCharts,
  machine: async () => (await import('./machine.ts')).benchMachine,
  journal: async () => (await import('./journal.ts')).benchJournal,
  history: async () => (await import('./history.ts')).benchHistory,
  adapters: async () => (await import('./adapters.ts')).benchAdapters,
};

const words = process.argv.slice(2);
const isJson = words.includes('--json');
const options = { million: words.includes('--million') };
const named = words.filter((word) => !word.startsWith('--'));
const unknown = [
  ...named.filter((name) => !Object.hasOwn(BENCHES, name)),
  ...words.filter((word) => /^--(?!(json|million)$)/.test(word)),
];

if (unknown.length > 0) {
  process.stderr.write(
    `${unknown.join(', ')} is no benchmark. Write: npm run bench -- [${Object.keys(BENCHES).join('|')}] [--json] [--million]\n`,
  );
  process.exitCode = 2;
} else await bench(named.length > 0 ? named : Object.keys(BENCHES));

async function bench(names: readonly string[]): Promise<void> {
  const cpu = cpus()[0]?.model ?? 'unknown CPU';
  process.stderr.write(`${availableParallelism()} cores, ${cpu}, Node ${process.versions.node}\n`);
  for (const name of names) await (await BENCHES[name]!())(isJson ? jsonLine : row, options);
}

function jsonLine(figure: Figure): void {
  process.stdout.write(`${JSON.stringify(figure)}\n`);
}

function row({ bench: name, case: what, impl, value, unit }: Figure): void {
  const shown = value >= 100 ? value.toFixed(0) : value.toPrecision(3);
  process.stdout.write(`${name.padEnd(12)} ${what.padEnd(42)} ${impl.padEnd(18)} ${shown.padStart(10)} ${unit}\n`);
}
