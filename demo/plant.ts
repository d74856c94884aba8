// The demo plant as processes: starts them, gives them one clock, passes faults on, and takes them down with itself.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { DEMO_SECRETS } from './config.ts';
import { HOUR, MINUTE, plantCalendar } from './model/calendar.ts';
import { fiveMinuteScript } from './model/faults.ts';
import { loadPlantFile, type PlantFile } from './model/plant-file.ts';
import { DEFAULT_SEED } from './seed.ts';

export interface PlantStart {
  /** Plant time per wall time; 60 = an hour a minute. */
  readonly speed?: number;
  readonly seed?: number;
  /** Faults besides the script, each `name@plant time`, see `parseFault`. */
  readonly faults?: readonly string[];
  /** Working days of past that `writeBackfill` wrote with the same seed: the plant goes on from there. */
  readonly past?: number;
  /** What earlier starts with the same seed and past have lived through: the plant goes on at 13:05 of a later working day. */
  readonly lived?: Lived;
  /** Folder of the plant's own files: certificates of L2, files of the CMM (`cmm`) and of the roundness tester (`rd1`). */
  readonly folder: string;
  /** Address of Pumjil's server, for what people type in; without it nobody types. */
  readonly httpUrl?: string;
  readonly httpToken?: string;
  /** Whether the five-minute script of the plant file runs; the default is that it does. */
  readonly script?: boolean;
  /** Wanted ports; 0 or nothing = any free ones. */
  readonly ports?: { readonly l1?: number; readonly l2?: number; readonly l3?: number };
  /** True: the clock stands until `go`; else it runs as soon as everything can be reached. */
  readonly hold?: boolean;
  /** Told of every line that a process writes to stderr, and of a process that ended by itself. */
  onTrouble?(text: string): void;
}

/** The live time of earlier starts. */
export interface Lived {
  /** Plant time from the first live start to the end of the last, ms. */
  readonly plantMs: number;
  /** Faults that began in it, ms of plant time after the first live start. */
  readonly faults: readonly PlannedFault[];
}

export interface PlannedFault {
  readonly name: string;
  readonly afterMs: number;
}

export interface RunningPlant {
  readonly ports: { readonly l1: number; readonly l2: number; readonly l3: number };
  /** Wall time of the live start, ms since 1970; NaN while the clock is held. */
  startMs(): number;
  /** Starts a clock that was held: plant time runs from its live start in all processes at once. Returns that wall time. */
  go(): number;
  /** Begins a fault or data fault now. @throws Error when there is none of that name */
  inject(name: string): void;
  readonly pids: readonly number[];
  stop(): Promise<void>;
}

const PROCESSES = ['l1-moulding', 'l2-machining', 'l3-assembly', 'quality-desk'] as const;
const READY_WITHIN_MS = 120_000;
const STOP_WITHIN_MS = 3000;
/** An order needs this long to reach every process before its time is over. */
const ORDER_LEAD_MS = 200;

/**
 * Starts the plant and waits until all of it can be reached. Its first parts come right after, or after `go` with `hold`.
 *
 * @throws Error when a process does not come up, with what it said
 */
export async function startPlant(options: PlantStart): Promise<RunningPlant> {
  const speed = options.speed ?? 60;
  const faults = plannedFaults(options);
  await mkdir(options.folder, { recursive: true });
  const children: ChildProcess[] = [];
  let isStopping = false;
  let startMs = Number.NaN;
  const killAll = (): void => {
    for (const each of children) if (each.exitCode === null && each.signalCode === null) each.kill('SIGKILL');
  };
  // Children also end by themselves when their stdin closes; this is for a parent that is killed at a bad moment.
  process.once('exit', killAll);

  const launch = async (name: (typeof PROCESSES)[number], port: number): Promise<number> => {
    const child = spawn(
      process.execPath,
      [
        fileURLToPath(new URL(`./lines/${name}${ownExtension()}`, import.meta.url)),
        ...[
          '--seed',
          String(options.seed ?? DEFAULT_SEED),
          '--days',
          String(options.past ?? 0),
          '--speed',
          String(speed),
        ],
        ...['--lived', String(options.lived?.plantMs ?? 0)],
        ...(options.lived?.faults ?? []).flatMap((each) => ['--earlier', `${each.name}@${each.afterMs}`]),
        ...['--port', String(port), '--folder', name === 'l2-machining' ? join(options.folder, 'mc7') : options.folder],
        ...faults.flatMap((each) => ['--fault', `${each.name}@${each.afterMs}`]),
        ...(options.httpUrl === undefined ? [] : ['--http-url', options.httpUrl]),
      ],
      {
        stdio: ['pipe', 'pipe', 'pipe'],
        env: {
          ...process.env,
          ...DEMO_SECRETS,
          ...(options.httpToken === undefined ? {} : { PUMJIL_DEMO_HAND_TOKEN: options.httpToken }),
        },
      },
    );
    children.push(child);
    return readyPort(
      child,
      name,
      (text) => options.onTrouble?.(text),
      () => isStopping,
    );
  };
  try {
    const { l1 = 0, l2 = 0, l3 = 0 } = options.ports ?? {};
    const wanted = [l1, l2, l3, 0];
    const got = await Promise.all(PROCESSES.map((name, i) => launch(name, wanted[i] ?? 0)));
    const order = (text: string): void => {
      for (const each of children) each.stdin?.write(`${text}\n`);
    };
    const plant: RunningPlant = {
      ports: { l1: got[0] ?? 0, l2: got[1] ?? 0, l3: got[2] ?? 0 },
      startMs: () => startMs,
      go() {
        if (Number.isNaN(startMs)) {
          startMs = Date.now() + ORDER_LEAD_MS;
          order(`start ${startMs}`);
        }
        return startMs;
      },
      inject(name) {
        const { name: known } = parseFault(loadPlantFile(), `${name}@+0m`);
        const afterMs = Number.isNaN(startMs) ? 0 : Math.max(0, (Date.now() + ORDER_LEAD_MS - startMs) * speed);
        order(`fault ${known} ${Math.round(afterMs)}`);
      },
      pids: children.flatMap((each) => each.pid ?? []),
      async stop() {
        isStopping = true;
        process.removeListener('exit', killAll);
        await Promise.all(children.map(endOf));
      },
    };
    if (options.hold !== true) plant.go();
    return plant;
  } catch (error) {
    isStopping = true;
    process.removeListener('exit', killAll);
    killAll();
    throw error;
  }
}

/** `.ts` in a checkout, `.js` in a published package: the processes are started from where this file lies. */
function ownExtension(): string {
  return import.meta.url.endsWith('.ts') ? '.ts' : '.js';
}

/**
 * The faults that a start brings, ms of plant time after it: those of the script and those asked for.
 *
 * @throws Error when a fault or its time is not understood
 */
export function plannedFaults(options: Pick<PlantStart, 'speed' | 'script' | 'faults'>): readonly PlannedFault[] {
  const file = loadPlantFile();
  const script = options.script === false ? [] : fiveMinuteScript(file);
  return [
    ...script.map((each) => ({ name: each.name, afterMs: each.wallMs * (options.speed ?? 60) })),
    ...(options.faults ?? []).map((text) => parseFault(file, text)),
  ];
}

/** Plant time from the first live start to the start after `livedMs` of it, ms. */
export function startOffsetMs(livedMs: number): number {
  const calendar = plantCalendar(loadPlantFile());
  return calendar.startAfter(livedMs) - calendar.liveStartMs;
}

/**
 * Reads `name@time`: a time of day of the plant such as `14:30` (the next one after the live start at 13:05), or plant time
 * after it such as `+90m`, `2h`, `0:50` or `+1:30` (h:mm). Without a time it begins at once.
 *
 * @returns the name and ms of plant time after the live start
 * @throws Error when there is no such fault, or the time is no such time
 * @example
 * parseFault(loadPlantFile(), 'dryer@13:35'); // => { name: 'dryer', afterMs: 1800000 }
 * parseFault(loadPlantFile(), 'cut@+2h').afterMs; // => 7200000
 * parseFault(loadPlantFile(), 'dryer@0:50').afterMs; // => 3000000
 */
export function parseFault(file: PlantFile, text: string): { readonly name: string; readonly afterMs: number } {
  const [name = '', time = '+0m'] = text.split('@');
  const names = [...file.faults, ...file.data_faults].map((each) => each.name);
  if (!names.includes(name)) throw new Error(`no fault is called "${name}"; there are ${names.join(', ')}`);
  const span = /^\+?(\d+(?:\.\d+)?)(s|m|h)$/.exec(time);
  if (span !== null) {
    const unit = span[2] === 'h' ? HOUR : span[2] === 'm' ? MINUTE : 1000;
    return { name, afterMs: Number(span[1]) * unit };
  }
  const after = /^(?:\+(\d{1,3})|(\d)):([0-5]\d)$/.exec(time);
  if (after !== null) return { name, afterMs: Number(after[1] ?? after[2]) * HOUR + Number(after[3]) * MINUTE };
  const clock = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(time);
  if (clock === null)
    throw new Error(`"${time}" in "${text}" is neither a time of day like 14:30 nor a span like +90m or 0:50`);
  const { liveStartMs } = plantCalendar(file);
  const startOfDay = liveStartMs % (24 * HOUR);
  const wanted = Number(clock[1]) * HOUR + Number(clock[2]) * MINUTE;
  return { name, afterMs: (wanted - startOfDay + 24 * HOUR) % (24 * HOUR) };
}

/** Waits for the line that says where the process listens. */
function readyPort(
  child: ChildProcess,
  name: string,
  trouble: (text: string) => void,
  isStopping: () => boolean,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const said: string[] = [];
    const fail = (what: string): void =>
      reject(new Error(`${name}: ${what}${said.map((each) => `\n${each}`).join('')}`));
    const timer = setTimeout(() => fail(`not ready within ${READY_WITHIN_MS / 1000} s`), READY_WITHIN_MS);
    if (child.stdout === null || child.stderr === null) {
      fail('has no output');
      return;
    }
    createInterface({ input: child.stderr }).on('line', (text) => {
      if (said.length < 20) said.push(text);
      trouble(`${name}: ${text}`);
    });
    createInterface({ input: child.stdout }).on('line', (text) => {
      if (!text.startsWith('{"ready"')) return;
      clearTimeout(timer);
      resolve(Number((JSON.parse(text) as { port: number }).port));
    });
    // Writing to a process that has just gone is told by its end, not by an error.
    child.stdin?.on('error', () => undefined);
    child.on('exit', (code) => {
      clearTimeout(timer);
      fail(`ended with code ${code} before it was ready`);
      if (!isStopping()) trouble(`${name}: ended with code ${code}`);
    });
    child.on('error', (error) => fail(error.message));
  });
}

function endOf(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
    child.once('exit', () => {
      clearTimeout(timer);
      resolve();
    });
    child.stdin?.end();
  });
}
