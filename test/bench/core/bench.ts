// npm run bench -- core: the standard kernel beside its C reference, numpy and an object a chart. Same points, same state at the start of
// every run, same event hash after it, or the bench fails; the contenders take turns, and the ratio is that of each turn.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { median, type Report } from '../measure.ts';
import { type CoreContender, objectPerChart, ownColumns, ownKernel } from './contenders.ts';
import { type Arrival, type PlantData, plantData } from './data.ts';
import { benchPipeline } from './pipeline.ts';
import { compileReference, type Peer, type RunResult, startPeer, workFolder, writeInput } from './reference.ts';
import { benchState } from './state.ts';

/** What one table row measures. */
interface Case {
  readonly streams: number;
  readonly arrival: Arrival;
  readonly block: number;
  /** Beside C, WebAssembly and TypeScript; each with the number of points that it is given. */
  readonly numpy?: number;
  readonly objects?: number;
}

const POINTS = 1 << 20;
/** Rounds that count; one before warms up. */
const ROUNDS = 7;
const WHOLE = 65_536;

const CASES: readonly Case[] = [
  { streams: 1, arrival: 'uniform', block: WHOLE },
  { streams: 100, arrival: 'uniform', block: WHOLE, numpy: 65_536, objects: 32_768 },
  { streams: 10_000, arrival: 'uniform', block: WHOLE, numpy: 262_144, objects: 65_536 },
  { streams: 100_000, arrival: 'uniform', block: WHOLE, numpy: 262_144 },
  { streams: 100, arrival: 'zipf', block: WHOLE },
  { streams: 10_000, arrival: 'zipf', block: WHOLE },
  { streams: 100_000, arrival: 'zipf', block: WHOLE },
  { streams: 10_000, arrival: 'frame', block: 10_000, numpy: 500_000 },
  { streams: 100, arrival: 'uniform', block: 1 },
  { streams: 100, arrival: 'uniform', block: 64 },
  { streams: 100, arrival: 'uniform', block: 1024 },
  { streams: 10_000, arrival: 'uniform', block: 1 },
  { streams: 10_000, arrival: 'uniform', block: 64, numpy: 16_384 },
  { streams: 10_000, arrival: 'uniform', block: 1024, numpy: 65_536 },
];
/** With --million only: opening so many streams, and their points, takes half a minute. */
const MILLION: readonly Case[] = [
  { streams: 1_000_000, arrival: 'uniform', block: WHOLE },
  { streams: 1_000_000, arrival: 'zipf', block: WHOLE },
];

/** The whole bench. */
export async function benchCore(report: Report, options: { readonly million: boolean }): Promise<void> {
  const { folder, remove } = workFolder();
  try {
    const programs = compileReference(folder);
    if (programs.length === 0) process.stderr.write('no C compiler: ratios are to the first contender\n');
    for (const one of options.million ? [...CASES, ...MILLION] : CASES) await benchCase(one, folder, programs, report);
    await benchPipeline(report);
    await benchState(report);
  } finally {
    remove();
  }
}

/** A contender and the peer program behind it, if there is one. */
interface Entry {
  readonly contender: CoreContender;
  readonly peer?: Peer;
}

async function benchCase(
  { streams, arrival, block, numpy, objects }: Case,
  folder: string,
  programs: ReturnType<typeof compileReference>,
  report: Report,
): Promise<void> {
  const points = streams >= 1_000_000 ? 4 * POINTS : block === 1 ? POINTS / 4 : POINTS;
  const data = plantData(streams, points, arrival);
  const name = `${streams} streams ${arrival}, block ${block}`;
  const entries: Entry[] = [];
  try {
    const program = await fastest(programs, folder, data, block);
    if (program !== undefined) entries.push(fromPeer(`C (${program.compiler})`, program.peer, points, block));
    entries.push({ contender: ownKernel('wasm', data, block, points) });
    entries.push({ contender: ownColumns(data, block) });
    entries.push({ contender: ownKernel('typescript', data, block, points) });
    if (numpy !== undefined) entries.push(...numpyEntry(folder, data, numpy, block));
    if (objects !== undefined) entries.push({ contender: objectPerChart(data, objects) });
    await compare(name, entries, data, block, report);
  } finally {
    for (const { peer } of entries) peer?.close();
  }
}

function fromPeer(impl: string, peer: Peer, points: number, block: number): Entry {
  return { contender: { impl, points, run: () => peer.run(block) }, peer };
}

/** Of several compilers the one whose program is faster on these points. */
async function fastest(
  programs: ReturnType<typeof compileReference>,
  folder: string,
  data: PlantData,
  block: number,
): Promise<{ compiler: string; peer: Peer } | undefined> {
  const input = join(folder, 'points');
  writeInput(input, data);
  const tried: { compiler: string; peer: Peer; ns: number }[] = [];
  for (const { compiler, program } of programs) {
    const peer = startPeer(program, [input]);
    await peer.run(block);
    tried.push({ compiler, peer, ns: (await peer.run(block)).ns });
  }
  const [best, ...others] = tried.sort((a, b) => a.ns - b.ns);
  for (const { peer } of others) peer.close();
  return best;
}

/** numpy, where Python has it. It takes the first points only. */
function numpyEntry(folder: string, data: PlantData, points: number, block: number): Entry[] {
  if (!hasNumpy()) return [];
  const input = join(folder, 'numpy');
  const { ix, x, t } = data;
  writeInput(input, { ...data, ix: ix.slice(0, points), x: x.slice(0, points), t: t.slice(0, points) });
  return [fromPeer('numpy', startPeer('python3', [join(import.meta.dirname, 'peer.py'), input]), points, block)];
}

function hasNumpy(): boolean {
  return spawnSync('python3', ['-c', 'import numpy']).status === 0;
}

/** Rounds in turn; every hash must be that of the TypeScript kernel over as many points. */
async function compare(
  name: string,
  entries: readonly Entry[],
  data: PlantData,
  block: number,
  report: Report,
): Promise<void> {
  const expected = new Map<number, RunResult>();
  const ns: number[][] = entries.map(() => []);
  for (let round = -1; round < ROUNDS; round++)
    for (const [i, { contender }] of entries.entries()) {
      const found = await contender.run();
      const { impl, points } = contender;
      if (!expected.has(points)) expected.set(points, await ownKernel('typescript', data, block, points).run());
      mustBeSame(`${name}, ${impl}`, found, expected.get(points)!);
      if (round >= 0) ns[i]!.push(found.ns / points);
    }
  for (const [i, { contender }] of entries.entries()) {
    const figure = { bench: 'core', case: name, impl: contender.impl, n: contender.points };
    report({ ...figure, value: median(ns[i]!), unit: 'ns/point' });
    const first = ns[0]!;
    if (i > 0)
      report({
        ...figure,
        value: median(ns[i]!.map((each, k) => first[k]! / each)),
        unit: `of ${entries[0]!.contender.impl}`,
      });
    // What WebAssembly gains over the slow forms.
    const wasm = entries.findIndex((entry) => entry.contender.impl === 'wasm');
    if (i > wasm)
      report({ ...figure, value: median(ns[i]!.map((each, k) => each / ns[wasm]![k]!)), unit: 'times the wasm form' });
  }
}

function mustBeSame(where: string, found: RunResult, expected: RunResult): void {
  const isSame = found.events === expected.events && (found.hash === '' || found.hash === expected.hash);
  if (!isSame)
    throw new Error(
      `${where}: ${found.events} events, hash ${found.hash}; expected ${expected.events}, ${expected.hash}`,
    );
}
