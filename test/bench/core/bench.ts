// npm run bench -- core: the standard kernel beside its C reference, numpy, R and an object a chart. Same points, same state at the start of
// every run, same event hash after it, or the bench fails; the contenders take turns, and the ratio is that of each turn.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { median, type Report } from '../measure.ts';
import { type CoreContender, objectPerChart, ownColumns, ownKernel } from './contenders.ts';
import { type Arrival, type PlantData, plantData } from './data.ts';
import { benchPipeline } from './pipeline.ts';
import { compileReference, type Peer, type RunResult, startPeer, workFolder, writeInput } from './reference.ts';
import { benchShards } from './shards.ts';
import { benchState } from './state.ts';

/** What one table row measures. */
interface Case {
  readonly streams: number;
  readonly arrival: Arrival;
  readonly block: number;
  /** Beside C, WebAssembly and TypeScript; each with the number of points that it is given. */
  readonly numpy?: number;
  readonly r?: number;
  readonly objects?: number;
}

const POINTS = 1 << 20;
/** Rounds that count; one before warms up. */
const ROUNDS = 7;
const WHOLE = 65_536;
/** What the names of the compiled references begin with. */
const C = 'C';

const CASES: readonly Case[] = [
  { streams: 1, arrival: 'uniform', block: WHOLE, r: 262_144 },
  { streams: 100, arrival: 'uniform', block: WHOLE, numpy: 65_536, r: 262_144, objects: 32_768 },
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
    if (!HAS.numpy) process.stderr.write('no numpy for python3: left out\n');
    if (!HAS.r) process.stderr.write('no Rscript: R left out\n');
    for (const one of options.million ? [...CASES, ...MILLION] : CASES) await benchCase(one, folder, programs, report);
    await benchPipeline(report);
    await benchShards(report);
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
  { streams, arrival, block, numpy, r, objects }: Case,
  folder: string,
  programs: ReturnType<typeof compileReference>,
  report: Report,
): Promise<void> {
  const points = streams >= 1_000_000 ? 4 * POINTS : block === 1 ? POINTS / 4 : POINTS;
  const data = plantData(streams, points, arrival);
  const name = `${streams} streams ${arrival}, block ${block}`;
  const entries: Entry[] = [];
  try {
    const input = join(folder, 'points');
    writeInput(input, data);
    for (const { compiler, program } of programs)
      entries.push(fromPeer(`${C} (${compiler})`, startPeer(program, [input]), points, block));
    entries.push({ contender: ownKernel('wasm', data, block, points) });
    entries.push({ contender: ownColumns(data, block) });
    entries.push({ contender: ownKernel('typescript', data, block, points) });
    if (numpy !== undefined && HAS.numpy)
      entries.push(scripted('numpy', ['python3', 'peer.py'], folder, data, numpy, block));
    if (r !== undefined && HAS.r) entries.push(scripted('R', ['Rscript', 'peer.R'], folder, data, r, block));
    if (objects !== undefined) entries.push({ contender: objectPerChart(data, objects) });
    await compare(name, entries, data, block, report);
  } finally {
    for (const { peer } of entries) peer?.close();
  }
}

function fromPeer(impl: string, peer: Peer, points: number, block: number): Entry {
  return { contender: { impl, points, run: () => peer.run(block) }, peer };
}

/** A peer in another language; it takes the first points only. */
function scripted(
  impl: string,
  [program, script]: readonly [string, string],
  folder: string,
  data: PlantData,
  points: number,
  block: number,
): Entry {
  const input = join(folder, impl);
  const { ix, x, t } = data;
  writeInput(input, { ...data, ix: ix.slice(0, points), x: x.slice(0, points), t: t.slice(0, points) });
  return fromPeer(impl, startPeer(program, [join(import.meta.dirname, script), input]), points, block);
}

/** What this machine has to compare with. */
const HAS = {
  numpy: spawnSync('python3', ['-c', 'import numpy']).status === 0,
  r: spawnSync('Rscript', ['-e', '0']).status === 0,
};

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
  // Of several C compilers the ratios are to the one whose program is faster on these points.
  const medians = ns.map(median);
  const compiled = entries.flatMap(({ contender }, i) => (contender.impl.startsWith(C) ? [i] : []));
  const base = compiled.toSorted((a, b) => medians[a]! - medians[b]!)[0] ?? 0;
  const wasm = entries.findIndex(({ contender }) => contender.impl === 'wasm');
  const ratio = (a: number, b: number): number => median(ns[a]!.map((each, k) => each / ns[b]![k]!));
  for (const [i, { contender }] of entries.entries()) {
    const figure = { bench: 'core', case: name, impl: contender.impl, n: contender.points };
    report({ ...figure, value: medians[i]!, unit: 'ns/point' });
    if (i !== base) report({ ...figure, value: ratio(base, i), unit: `of ${entries[base]!.contender.impl}` });
    // What WebAssembly gains over the slow forms.
    if (i > wasm) report({ ...figure, value: ratio(i, wasm), unit: 'times the wasm form' });
  }
}

function mustBeSame(where: string, found: RunResult, expected: RunResult): void {
  const isSame = found.events === expected.events && (found.hash === '' || found.hash === expected.hash);
  if (!isSame)
    throw new Error(
      `${where}: ${found.events} events, hash ${found.hash}; expected ${expected.events}, ${expected.hash}`,
    );
}
