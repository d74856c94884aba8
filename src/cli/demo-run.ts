// The course of the demo: plant processes up, past through files, then the live adapters.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeBackfillInThread } from '../../demo/backfill-thread.ts';
import { backfillConfig, DEMO_SECRETS, demoConfig } from '../../demo/config.ts';
import {
  type RunningPlant as DemoPlant,
  type Lived,
  plannedFaults,
  startOffsetMs,
  startPlant,
} from '../../demo/plant.ts';
import { ADAPTERS } from '../../demo/wiring.ts';
import type { Plan } from '../config/plan.ts';
import { PumjilError } from '../errors.ts';
import { lockFolder } from '../journal/lock.ts';
import { createLog } from '../pipeline/log.ts';
import type { UserBook } from '../records/users.ts';
import type { CommandIo } from './command.ts';
import { demoUsers } from './first-run.ts';
import { loadComponents } from './load.ts';
import { type Serving, serve } from './serve.ts';

export interface DemoSettings {
  readonly speed: number;
  readonly seed: number;
  readonly pastDays: number;
  readonly faults: readonly string[];
  readonly script: boolean;
  readonly port: number;
  readonly folder: string;
  readonly isFresh: boolean;
  readonly language: 'ko' | 'en';
  readonly logLevel: string;
}

/** What an earlier demo must have been for its data to be gone on with. */
interface Kept {
  readonly seed: number;
  readonly pastDays: number;
  readonly format: number;
  /** Wall time of its last start, and what the plant had lived through by then. */
  readonly startMs: number;
  readonly speed: number;
  readonly lived: Lived;
  /** Faults of that start, ms of plant time after the first live start. */
  readonly faults: Lived['faults'];
}

const FORMAT = 2;
/** A record may have been made and not yet seen: what the plant has lived through is rather taken too long, ms of wall time. */
const UNSEEN_MS = 5000;

/** Runs the demo until `io.signal` aborts; returns the exit code. */
export async function runDemo(settings: DemoSettings, io: CommandIo): Promise<number> {
  const { loadPlan } = await import('../config/load.ts');
  const kept = settings.isFresh ? undefined : readKept(settings);
  const isOld = kept !== undefined;
  prepareFolder(settings, isOld);
  const log = createLog(settings.logLevel);
  const components = await loadComponents();
  const env = { ...DEMO_SECRETS, ...io.env };
  const inbox = join(settings.folder, 'plant');
  const past = join(settings.folder, 'past');
  const common = {
    language: settings.language,
    server: { host: '127.0.0.1', port: settings.port },
    dataDir: join(settings.folder, 'data'),
  };
  const planOf = (text: string): Promise<Plan> =>
    loadPlan({ text, name: 'demo', folder: settings.folder, components, env });

  mkdirAll(past);
  let users: UserBook | undefined;
  let end: (code: number) => void = () => undefined;
  const ended = new Promise<number>((resolve) => {
    end = resolve;
  });
  const serving = await serve({
    plan: await planOf(backfillConfig({ ...common, folder: past })),
    components,
    log,
    author: 'demo',
    async users(records) {
      users = await demoUsers(records, io);
      return users;
    },
    onFatal(error) {
      io.stderr.write(`The demo cannot go on: ${error.message}\n`);
      end(1);
    },
  });
  let plant: DemoPlant | undefined;
  try {
    const lived = kept === undefined ? { plantMs: 0, faults: [] } : livedThrough(kept, serving);
    const starting = startPlant({
      speed: settings.speed,
      seed: settings.seed,
      faults: settings.faults,
      past: settings.pastDays,
      lived,
      folder: inbox,
      httpUrl: serving.api.url,
      httpToken: env.PUMJIL_DEMO_HAND_TOKEN,
      script: settings.script,
      hold: true,
      onTrouble: (text) => log.warn({ text: text.trim() }, 'demo plant'),
    });
    // Awaited below; a failure in the meantime is not lost and not unhandled.
    starting.catch(() => undefined);
    if (!isOld && settings.pastDays > 0)
      await runThroughPast(settings, past, serving, io).catch((error: unknown) => {
        // A past that was stopped is written anew by the next start.
        if (!io.signal.aborted) throw error;
      });
    if (io.signal.aborted) return 0;
    plant = await starting;
    const text = demoConfig({ ...common, speed: settings.speed, ports: plant.ports, folder: inbox });
    writeFileSync(join(settings.folder, 'pumjil.yaml'), text);
    await serving.running.reload(await planOf(text), 'demo');
    rmSync(past, { recursive: true, force: true });
    const { seed, pastDays, speed } = settings;
    const offsetMs = startOffsetMs(lived.plantMs);
    const faults = plannedFaults(settings).map(({ name, afterMs }) => ({ name, afterMs: afterMs + offsetMs }));
    const keep: Kept = { seed, pastDays, format: FORMAT, startMs: plant.go(), speed, lived, faults };
    writeFileSync(join(settings.folder, 'demo.json'), JSON.stringify(keep));
    greet(serving, users, settings, isOld, io);
    if (io.signal.aborted) end(0);
    io.signal.addEventListener('abort', () => end(0), { once: true });
    return await ended;
  } finally {
    // Pumjil first: a plant that ends before it would be journaled as a link that broke.
    await serving.stop();
    await plant?.stop();
  }
}

/** What an earlier demo of the same plant left; undefined where there is none to go on with. */
function readKept(settings: DemoSettings): Kept | undefined {
  const file = join(settings.folder, 'demo.json');
  if (!existsSync(file)) return undefined;
  try {
    // Written above by this file.
    const kept = JSON.parse(readFileSync(file, 'utf8')) as Kept;
    const isSame = kept.seed === settings.seed && kept.pastDays === settings.pastDays && kept.format === FORMAT;
    return isSame ? kept : undefined;
  } catch {
    return undefined;
  }
}

/** Plant time up to the newest value that was kept: right however the last demo ended. */
function livedThrough(kept: Kept, serving: Serving): Lived {
  const { adapters } = serving.running.plant.health();
  const newestMs = Math.max(kept.startMs, ...adapters.map((adapter) => adapter.lastValueMs ?? 0));
  const wallMs = Math.min(newestMs, Date.now()) - kept.startMs + UNSEEN_MS;
  const plantMs = startOffsetMs(kept.lived.plantMs) + wallMs * kept.speed;
  const begun = kept.faults.filter((fault) => fault.afterMs <= plantMs);
  return { plantMs: Math.round(plantMs), faults: [...kept.lived.faults, ...begun] };
}

function prepareFolder(settings: DemoSettings, isOld: boolean): void {
  const journal = join(settings.folder, 'data', 'journal');
  // Another demo may be running on what is about to be removed.
  if (!isOld && existsSync(journal)) lockFolder(journal).release();
  try {
    if (!isOld)
      for (const name of ['data', 'past', 'plant', 'demo.json'])
        rmSync(join(settings.folder, name), { recursive: true, force: true });
    mkdirSync(settings.folder, { recursive: true });
  } catch (cause) {
    throw new PumjilError('DATA_DIR_UNWRITABLE', {
      message: `${settings.folder}: the demo cannot keep its data there`,
      hint: 'Give this user the right to write there, or choose another folder: --data <folder>',
      cause,
    });
  }
}

/** The past: written by one thread, read by the file adapters at the same time, until nothing waits. */
async function runThroughPast(settings: DemoSettings, folder: string, serving: Serving, io: CommandIo): Promise<void> {
  const { running } = serving;
  let written = { done: 0, values: 0 };
  const show = progressBar(io, `${settings.pastDays} plant days`);
  const order = { days: settings.pastDays, seed: settings.seed, folder, endMs: Date.now() };
  await writeBackfillInThread(
    order,
    (progress) => {
      written = progress;
      show(accepted(running) / Math.max(1, progress.values / Math.max(progress.done, 1e-6)));
    },
    io.signal,
  );
  while (!io.signal.aborted && (hasFiles(folder) || running.plant.health().balance.waiting > 0)) {
    show(accepted(running) / Math.max(1, written.values));
    await new Promise((next) => setTimeout(next, 100));
  }
  await running.idle();
  show(1);
  await closePast(running);
}

/** What the past has raised is closed without a cause: nobody was there to look into it. */
async function closePast(running: Serving['running']): Promise<void> {
  const open = await running.plant.alarms({ open: true, limit: 10_000 });
  const atMs = Date.now();
  const text = '과거 이력에서 발생 / raised in the plant’s past';
  await Promise.all(
    open.map((alarm) =>
      running.plant.submit({
        kind: 'command',
        atMs,
        author: 'demo',
        id: `past-${alarm.id}`,
        verb: 'close',
        alarm: alarm.id,
        text,
      }),
    ),
  );
}

function accepted(running: Serving['running']): number {
  return running.plant.health().balance.accepted;
}

/** Files of the past that no adapter has taken yet. */
function hasFiles(folder: string): boolean {
  return readdirSync(folder, { withFileTypes: true }).some(
    (entry) => entry.isDirectory() && readdirSync(join(folder, entry.name)).some((name) => /\.(csv|part)$/.test(name)),
  );
}

/** A bar on a terminal; elsewhere a line every quarter. */
function progressBar(io: CommandIo, what: string): (share: number) => void {
  let shown = -1;
  return (share) => {
    const percent = Math.floor(Math.max(0, Math.min(1, share)) * 100);
    if (percent <= shown) return;
    if (io.isTerminal) {
      const filled = Math.round(percent / 4);
      io.stderr.write(
        `\r${what}: [${'█'.repeat(filled)}${'·'.repeat(25 - filled)}] ${percent} % ${percent === 100 ? '\n' : ''}`,
      );
    } else if (Math.floor(percent / 25) > Math.floor(Math.max(0, shown) / 25) || shown < 0)
      io.stderr.write(`${what}: ${percent} %\n`);
    shown = percent;
  };
}

function greet(
  serving: Serving,
  users: UserBook | undefined,
  settings: DemoSettings,
  isOld: boolean,
  io: CommandIo,
): void {
  const { url } = serving.api;
  const login = users === undefined ? url : `${url}/login/${users.loginToken('manager')}`;
  io.stdout.write(`${url}\n`);
  io.stderr.write(
    [
      '',
      `Pumjil  ${url}`,
      `로그인 / sign in (once): ${login}`,
      '사용자 / users: viewer, operator, engineer, manager — password demo-<role>',
      ...(settings.script
        ? [
            '5분 시나리오가 지금 시작됩니다 / the five-minute script starts now: tool chipping at 0:20, dryer 0:50, gate 3 1:40, link cut 2:20 …',
          ]
        : []),
      ...(isOld ? ['Going on with the data of an earlier demo; --fresh forgets them.'] : []),
      '끝내기 / end: Ctrl-C',
      '',
    ].join('\n'),
  );
}

/** The adapters of the past watch their folders from the start. */
function mkdirAll(folder: string): void {
  for (const adapter of ADAPTERS) mkdirSync(join(folder, adapter), { recursive: true });
}
