// Runs the commands that a document prints, in a folder such as a new user has.
import { spawn } from 'node:child_process';
import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openWriter } from '../../src/pipeline/writer-core.ts';
import { until } from '../e2e/pumjil.ts';
import { characteristic, config, values } from '../fixtures/entries.ts';
import { ROOT } from './markdown.ts';

/** A plant whose sources need no device, so that `--probe` reaches them and `run` comes up. */
const GOOD = `plant: { id: example }
server: { port: 0 }
adapters:
  mes: { use: http, token: "\${MES_TOKEN}" }
characteristics:
  torque: { from: mes/torque, unit: "N·m", spec: { lower: 2, upper: 4 } }
`;
const PASSWORD = 'correct-horse-battery';
const ENV = {
  PUMJIL_ADMIN_PASSWORD: PASSWORD,
  MES_TOKEN: PASSWORD,
  BENCH_PASSWORD: PASSWORD,
  INFLUX_PASSWORD: PASSWORD,
  CELL7_PASSWORD: PASSWORD,
};
/** Commands that run until they are told to end. */
const LASTING = new Set(['run', 'demo']);

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Lays what the documents take for granted into an empty folder: examples, a good pumjil.yaml, data of a plant that ran. */
export async function prepare(folder: string): Promise<void> {
  cpSync(join(ROOT, 'examples'), join(folder, 'examples'), { recursive: true });
  writeFileSync(join(folder, 'pumjil.yaml'), GOOD);
  const writer = await openWriter(
    { dataDir: join(folder, 'data'), maxBytes: 1e9, keepMs: 1e9, outbox: false },
    () => undefined,
  );
  await writer.append(config(characteristic()));
  for (let i = 0; i < 30; i++) await writer.append(values(['bore', 10 + (i % 3) / 100, i]));
  await writer.close();
}

/** A line of a shell block as words; a comment is left out, `> file` becomes `redirect`. */
export function shellWords(line: string): { readonly words: readonly string[]; readonly redirect: string | undefined } {
  const found = [...line.matchAll(/"([^"]*)"|'([^']*)'|(#.*$)|(\S+)/g)]
    .filter((match) => match[3] === undefined)
    .map((match) => match[1] ?? match[2] ?? match[4] ?? '');
  const arrow = found.indexOf('>');
  if (arrow < 0) return { words: found, redirect: undefined };
  return { words: found.slice(0, arrow), redirect: found[arrow + 1] };
}

/** The words behind `pumjil`, however it is called; undefined for another program. */
export function pumjilArguments(words: readonly string[]): readonly string[] | undefined {
  const [first, second] = words;
  if (first === 'pumjil') return words.slice(1);
  if ((first === 'npx' && second === 'pumjil') || (first === 'node' && second === 'pumjil.mjs')) return words.slice(2);
  return undefined;
}

/** Runs `pumjil …` to its end; what would run for ever is ended once it has printed its address. */
export async function runPumjil(folder: string, args: readonly string[], redirect?: string): Promise<Ended> {
  const lasts = LASTING.has(args[0] ?? '') && !args.includes('--help');
  // The demo as documented would take the default port and run through ten days first.
  const more = args[0] === 'demo' ? ['--past', '0d', '--port', '0', '--no-script'] : [];
  const child = spawn(process.execPath, [join(ROOT, 'pumjil.mjs'), ...args, ...more], {
    cwd: folder,
    env: { ...process.env, ...ENV },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  // A command that asks for no password may be gone before it is typed.
  child.stdin.on('error', () => undefined);
  child.stdin.end(`${PASSWORD}\n${PASSWORD}\n`);
  const ended = new Promise<number | null>((done) => child.once('close', done));
  try {
    if (lasts)
      await until(`pumjil ${args.join(' ')} prints its address`, 60_000, () => {
        if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}: ${err}`);
        return /^http:\S+/m.test(out);
      });
  } finally {
    if (lasts) child.kill('SIGTERM');
  }
  const code = await ended;
  if (redirect !== undefined) writeFileSync(join(folder, redirect), out);
  return { code, out, err };
}
