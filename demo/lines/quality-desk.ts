// The quality room: the CMM and the roundness tester write files, people type what gauges and labels show.
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CMM_MAPPING, DEMO_SECRETS, RD1_MAPPING } from '../config.ts';
import { HOUR, MINUTE } from '../model/calendar.ts';
import type { CycleRecord } from '../model/line.ts';
import type { PlantModel } from '../model/plant.ts';
import { nameOf } from '../wiring.ts';
import { createCp949Encoder } from './cp949.ts';
import { type HandEntries, type HandEntry, handEntries } from './hand-entry.ts';
import { type Clock, type LineArguments, type LineProcess, runLine } from './runner.ts';
import { contextOf, type Sample, samplePeriod, sampleReader } from './samples.ts';

/** From the press to the measuring room and through the programme of the CMM. */
const CMM_TAKES = 20 * MINUTE;
const RD1_TAKES = 10 * MINUTE;
const LATE_BY = 5 * HOUR;
const LATE_FILES = 2;
const TYPO_LIVES = 20 * MINUTE;

interface Paper {
  readonly folder: string;
  readonly name: string;
  readonly bytes: Uint8Array;
}

function qualityDesk(plant: PlantModel, _clock: Clock, given: LineArguments): LineProcess {
  const readers = {
    L1: sampleReader(plant, plant.lines.L1),
    L2: sampleReader(plant, plant.lines.L2),
    L3: sampleReader(plant, plant.lines.L3),
  };
  const target = (name: string): string => plant.file.data_faults.find((each) => each.name === name)?.target ?? '';
  const toCp949 = createCp949Encoder();
  const timers = new Set<NodeJS.Timeout>();
  const token = process.env.PUMJIL_DEMO_HAND_TOKEN ?? DEMO_SECRETS.PUMJIL_DEMO_HAND_TOKEN;
  let entries: HandEntries | undefined;
  let lateFiles = 0;
  const held: Paper[] = [];
  let typos = 0;

  const after = (plantMs: number, work: () => void): void => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      work();
    }, plantMs / given.speed);
    timers.add(timer);
  };
  /** Complete under its name at once: a reader never sees half of it. */
  async function put(paper: Paper): Promise<void> {
    const path = join(given.folder, paper.folder, paper.name);
    await writeFile(`${path}.part`, paper.bytes);
    await rename(`${path}.part`, path);
  }
  const deliver = (paper: Paper): void => {
    void put(paper).catch((error: Error) => process.stderr.write(`${paper.name}: ${error.message}\n`));
  };
  const stamp = (wallMs: number): string => localTime(wallMs, plant.file.calendar.timezone);
  const fileName = (kind: string, wallMs: number): string => `${kind}_${stamp(wallMs).replace(/\D/g, '')}.csv`;

  function cmmFile(record: CycleRecord, wallMs: number, samples: readonly Sample[]): void {
    const { time, part, value, context } = CMM_MAPPING;
    const header = [time, part, context.lot, context.cavity, context.shift, value.flatness].join(',');
    const rows = samples.map((each) =>
      [stamp(wallMs), record.part, record.lot, each.cavity, record.shift.id, each.value].join(','),
    );
    const paper = {
      folder: 'cmm',
      name: fileName('CMM', wallMs),
      bytes: toCp949(`${[header, ...rows].join('\r\n')}\r\n`),
    };
    if (lateFiles === 0) {
      after(CMM_TAKES, () => deliver(paper));
      return;
    }
    // Two lots lie in the tray, five hours long, and the upper one is measured first.
    lateFiles--;
    held.push(paper);
    if (lateFiles === 0) {
      after(LATE_BY, () => {
        for (const each of held.splice(0).reverse()) deliver(each);
      });
    }
  }

  function roundnessFile(record: CycleRecord, wallMs: number, samples: readonly Sample[]): void {
    const { time, part, value, context } = RD1_MAPPING;
    const header = [time, part, context.lot, context.tool, context.position, value.roundness].join(',');
    const rows = samples.map((each) =>
      [stamp(wallMs), record.part, record.lot, record.tool, record.position, each.value].join(','),
    );
    const bytes = new TextEncoder().encode(`${[header, ...rows].join('\n')}\n`);
    after(RD1_TAKES, () => deliver({ folder: 'rd1', name: fileName('RD1', wallMs), bytes }));
  }

  function type(record: CycleRecord, wallMs: number, samples: readonly Sample[]): void {
    const rows = samples.map((each): HandEntry => {
      const period = samplePeriod(plant.calendar, each.wire, record.ms);
      return {
        tag: nameOf(each.wire.characteristic),
        value: each.value,
        t: Math.round(wallMs),
        id: `${nameOf(each.wire.characteristic)}-${record.counter}-${each.cavity}-${Math.round(wallMs)}`,
        context: {
          part: record.part,
          ...contextOf(plant, record),
          ...(each.cavity === 0 ? {} : { cavity: String(each.cavity) }),
          ...(period === undefined ? {} : { period }),
        },
      };
    });
    const slipped = typos > 0 ? samples.findIndex((each) => each.wire.characteristic.id === target('typo')) : -1;
    const right = rows[slipped];
    if (right === undefined) {
      entries?.post(rows);
      return;
    }
    typos--;
    entries?.post(
      rows.map((each) => (each === right ? { ...each, value: Number((each.value * 10).toPrecision(12)) } : each)),
    );
    const corrected = { ...right, id: `${right.id}-corrected`, context: { ...right.context, corrects: right.id } };
    after(TYPO_LIVES, () => entries?.post([corrected]));
  }

  return {
    past() {
      // The room keeps no counters.
    },
    live(record, wallMs) {
      const samples = readers[record.line](record);
      const of = (adapter: string): Sample[] => samples.filter((each) => each.wire.adapter === adapter);
      if (of('cmm').length > 0) cmmFile(record, wallMs, of('cmm'));
      if (of('rd1').length > 0) roundnessFile(record, wallMs, of('rd1'));
      if (of('hand').length > 0) type(record, wallMs, of('hand'));
    },
    dataFault(name) {
      if (name === 'typo') typos++;
      if (name === 'late') lateFiles = LATE_FILES;
    },
    async open() {
      for (const each of ['cmm', 'rd1']) await mkdir(join(given.folder, each), { recursive: true });
      if (given.httpUrl !== undefined) entries = handEntries(given.httpUrl, token);
      return 0;
    },
    async close() {
      for (const each of timers) clearTimeout(each);
      entries?.close();
    },
  };
}

/** `2026-03-02 08:00:00.250` in a time zone. */
function localTime(ms: number, timeZone: string): string {
  const whole = Math.floor(ms);
  const text = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' }).format(whole);
  return `${text}.${String(((whole % 1000) + 1000) % 1000).padStart(3, '0')}`;
}

await runLine(qualityDesk);
