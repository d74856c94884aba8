// The C reference as a running program: compiled when the bench starts, given its points in a file, asked for runs by a line each.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { TOUCH_FROM } from '../../../src/spc/standard/layout.ts';
import { designOf, type StandardSettings } from '../../../src/spc/standard/settings.ts';
import { PLAUSIBLE_SIGMAS, type PlantData, SPEC_SIGMAS } from './data.ts';

/** What one run of all points took and gave. */
export interface RunResult {
  /** CPU nanoseconds in all. */
  readonly ns: number;
  readonly events: number;
  readonly hash: string;
}

/** A program that holds the points and answers `run <block>`. */
export interface Peer {
  run(block: number): Promise<RunResult>;
  ask(line: string): Promise<string>;
  close(): void;
}

const SOURCE = join(import.meta.dirname, '../c/standard.c');
export const C_FLAGS = ['-O3', '-march=native', '-fno-trapping-math', '-ffp-contract=off'];

/** The reference, built by every compiler that there is; none where there is no compiler or the processor is another one. */
export function compileReference(folder: string): { readonly compiler: string; readonly program: string }[] {
  if (process.arch !== 'x64') return [];
  return ['gcc', 'clang']
    .map((compiler) => ({ compiler, program: join(folder, `standard-${compiler}`) }))
    .filter(({ compiler, program }) => {
      const { status, error, stderr } = spawnSync(compiler, [...C_FLAGS, '-o', program, SOURCE, '-lm']);
      if (error === undefined && status !== 0) throw new Error(`${compiler}: ${stderr}`);
      return status === 0;
    });
}

/** A folder for programs and inputs, and what removes it. */
export function workFolder(): { readonly folder: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'pumjil-bench-core-'));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }) };
}

/** Writes the points and streams as standard.c, peer.py and peer.R read them. */
export function writeInput(path: string, data: PlantData, settings: StandardSettings = {}): void {
  const { lambda = 0.2, width = 2.962, limits = 'exact', k = 0.5, h = 5 } = settings;
  const { rangeLimit } = designOf(settings);
  const { streams, centre, sigma, ix, x, t } = data;
  const bound = (sigmas: number): Float64Array => centre.map((value, s) => value + sigmas * sigma[s]!);
  const columns = [
    Uint32Array.of(streams, ix.length, limits === 'exact' ? 1 : 0, streams >= TOUCH_FROM ? 0 : 1),
    Float64Array.of(lambda, width, k, h, rangeLimit),
    centre,
    sigma,
    bound(-SPEC_SIGMAS),
    bound(SPEC_SIGMAS),
    bound(-PLAUSIBLE_SIGMAS),
    bound(PLAUSIBLE_SIGMAS),
    ix,
    x,
    t,
  ];
  writeFileSync(path, Buffer.concat(columns.map(({ buffer }) => Buffer.from(buffer as ArrayBuffer))));
}

/** Starts a program that answers every line with a line. */
export function startPeer(program: string, args: readonly string[]): Peer {
  const child: ChildProcess = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const waiting: { resolve(line: string): void; reject(error: Error): void }[] = [];
  const fail = (why: string): void => {
    for (const { reject } of waiting.splice(0)) reject(new Error(`${program} ${why}`));
  };
  createInterface({ input: child.stdout! }).on('line', (line) => waiting.shift()?.resolve(line));
  child.on('exit', (code) => fail(`ended with ${code}`));
  child.on('error', (error) => fail(error.message));
  const ask = (line: string): Promise<string> =>
    new Promise((resolve, reject) => {
      waiting.push({ resolve, reject });
      child.stdin!.write(`${line}\n`);
    });
  return {
    ask,
    async run(block) {
      const [ns = '', events = '', hash = ''] = (await ask(`run ${block}`)).split(' ');
      return { ns: Number(ns), events: Number(events), hash };
    },
    close: () => child.stdin!.end(),
  };
}
