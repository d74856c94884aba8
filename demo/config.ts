// The pumjil.yaml of the demo: one text for the live plant, one for the history that is read from files before it.
import { join } from 'node:path';
import { Document, isCollection, isMap, visit } from 'yaml';
import { ATTRIBUTE_BASELINE, chartSettings } from './charts.ts';
import { registerMap } from './lines/l1-registers.ts';
import { opcuaNodes } from './lines/l2-nodes.ts';
import { type CharacteristicFile, lineOf, loadPlantFile, type PlantFile } from './model/plant-file.ts';
import { ADAPTERS, type AdapterId, SPARKPLUG, type Wire, wiring } from './wiring.ts';

export interface DemoConfigOptions {
  /** Plant hours per wall hour: how often the controllers are read. */
  readonly speed: number;
  readonly ports: { readonly l1: number; readonly l2: number; readonly l3: number };
  /** Folder into which CMM and roundness tester write; holds `cmm` and `rd1`. */
  readonly folder: string;
  readonly language: 'ko' | 'en';
  readonly server?: { readonly host?: string; readonly port?: number };
  readonly dataDir?: string;
  readonly file?: PlantFile;
}

export interface BackfillConfigOptions {
  /** Folder that `writeBackfill` filled; holds one folder for each adapter. */
  readonly folder: string;
  readonly language: 'ko' | 'en';
  readonly server?: { readonly host?: string; readonly port?: number };
  readonly dataDir?: string;
  readonly file?: PlantFile;
}

/** Environment variables to which the configuration of the live plant points, with what the demo plant expects. */
export const DEMO_SECRETS = {
  PUMJIL_DEMO_OPCUA_PASSWORD: 'demo-machining',
  PUMJIL_DEMO_HAND_TOKEN: 'demo-hand-entry-token',
} as const;

export const OPCUA_USER = 'pumjil';

/** Columns of the backfill files besides the values. */
export const BACKFILL_CONTEXT = [
  'part',
  'lot',
  'shift',
  'tool',
  'mould',
  'position',
  'cavity',
  'period',
  'piece',
] as const;

const CLASSES = { CC: 'critical', SC: 'significant', ST: 'standard' } as const;

/**
 * The configuration of the live plant.
 *
 * @example
 * demoConfig({ speed: 60, ports: { l1: 5020, l2: 4840, l3: 1883 }, folder: './inbox', language: 'ko' }).includes('L1.cushion'); // => true
 */
export function demoConfig(options: DemoConfigOptions): string {
  const file = options.file ?? loadPlantFile();
  return toYaml(file, options, liveAdapters(file, options), (adapter, wire) => liveContext(file, adapter, wire));
}

/**
 * The configuration that reads the backfill: the same characteristics from files.
 *
 * @example
 * backfillConfig({ folder: './past', language: 'en' }).includes('use: modbus'); // => false
 */
export function backfillConfig(options: BackfillConfigOptions): string {
  const file = options.file ?? loadPlantFile();
  return toYaml(file, options, backfillAdapters(file, options.folder), () => ({}));
}

/** Tags whose text or value is context of the characteristics of an adapter; empty where the payload itself carries it. */
type ContextOf = (
  adapter: AdapterId,
  wire: Wire | undefined,
) => { readonly part?: string; readonly context?: Readonly<Record<string, string>> };

function toYaml(
  file: PlantFile,
  options: BackfillConfigOptions | DemoConfigOptions,
  adapters: Readonly<Record<string, unknown>>,
  contextOf: ContextOf,
): string {
  const characteristics: Record<string, unknown> = {};
  for (const wire of wiring(file)) characteristics[wire.characteristic.id] = variable(file, wire, contextOf);
  for (const each of file.attributes) characteristics[each.id] = attribute(each, contextOf);
  const plan = {
    plant: {
      id: file.meta.id,
      name: { ko: file.meta.company.ko, en: file.meta.company.en },
      timezone: file.calendar.timezone,
      language: options.language,
      size: 'sme',
      industry: 'machinery_electronics',
    },
    server: { host: options.server?.host ?? '127.0.0.1', port: options.server?.port ?? 8080 },
    ...(options.dataDir === undefined ? {} : { data_dir: options.dataDir }),
    shifts: file.calendar.shifts.map((each) => ({
      id: each.id,
      name: { ko: each.ko, en: each.en },
      from: each.from,
      to: each.to,
      breaks: each.breaks,
      days: file.calendar.week.map((_, i) => i + 1),
    })),
    adapters,
    characteristics,
  };
  const head = [
    ' The demo plant: a fictional Korean maker of electric coolant valves, three lines on this machine.',
    ' 가상의 전동 냉각수 밸브 공장입니다. 세 라인이 이 컴퓨터에서 실행됩니다.',
  ];
  return `${head.map((line) => `#${line}\n`).join('')}${inShortForm(plan)}`;
}

/** YAML with maps and lists of plain values on one line, as a person would write them. */
function inShortForm(plan: unknown): string {
  const document = new Document(plan);
  visit(document, {
    Collection(_, node, path) {
      const items: unknown[] = isMap(node) ? node.items.map((each) => each.value) : [...node.items];
      // Not the sections themselves: they are what a reader looks for.
      if (path.length >= 4 && !items.some(isCollection)) node.flow = true;
    },
  });
  return document.toString({ lineWidth: 160 });
}

function variable(file: PlantFile, wire: Wire, contextOf: ContextOf): Record<string, unknown> {
  const { characteristic } = wire;
  const chart = chartSettings(file, wire);
  const isPerCavity = characteristic.chart.includes('per cavity');
  // Parts measured in a row at the start of a period are one subgroup, whatever the number that came.
  const isPeriodic = chart.size > 1 && !wire.isWired;
  return {
    from: `${wire.adapter}/${wire.tag}`,
    name: { ko: characteristic.ko, en: characteristic.en },
    ...(characteristic.unit === '' ? {} : { unit: characteristic.unit }),
    class: CLASSES[characteristic.class],
    line: lineOf(characteristic.id),
    station: wire.station,
    ...contextOf(wire.adapter, wire),
    ...(isPerCavity ? { split_by: ['cavity'] } : {}),
    spec: specification(characteristic.lsl, characteristic.nominal, characteristic.usl),
    ...byPart(file, characteristic),
    plausible: plausible(file, characteristic),
    ...(chart.sample === undefined ? {} : { sample: chart.sample }),
    ...(chart.size > 1 ? { subgroup: { size: chart.size, ...(isPeriodic ? { close_on: ['period'] } : {}) } } : {}),
    chart: chart.chart,
    rules: chart.rules ?? 'standard',
    limits: chart.limits,
    ...(characteristic.gauge === undefined ? {} : { gauge: characteristic.gauge }),
  };
}

function attribute(each: PlantFile['attributes'][number], contextOf: ContextOf): Record<string, unknown> {
  const line = lineOf(each.id);
  const adapter = ADAPTERS.find((one) => one === line.toLowerCase()) ?? 'l1';
  const prefix = line === 'L3' ? 'l3/eol/' : `${adapter}/`;
  return {
    from: { count: `${prefix}rejected`, inspected: `${prefix}inspected`, counter: 'cumulative' },
    name: { ko: each.ko, en: each.en },
    class: 'significant',
    line,
    station: line === 'L3' ? 'eol' : 'inspection',
    ...contextOf(adapter, undefined),
    subgroup: { size: MOST_REPORTS, close_on: ['period'] },
    chart: 'p',
    rules: 'standard',
    limits: { baseline: ATTRIBUTE_BASELINE },
  };
}

/** More reports than a period has: the end of the period closes the subgroup, not its size. */
const MOST_REPORTS = 1000;

function specification(lower: number | null, target: number, upper: number | null): Record<string, number> {
  return { ...(lower === null ? {} : { lower }), target, ...(upper === null ? {} : { upper }) };
}

/** Widths of the tolerance beyond the specification that no fault of the plant reaches, but a slipped decimal point does. */
const IMPLAUSIBLE_WIDTHS = 2;

/** Nothing here is below zero; beyond these a value is a slip or a broken sensor, not a process. */
function plausible(file: PlantFile, own: CharacteristicFile): { readonly lower: number; readonly upper: number } {
  const others = file.parts.flatMap((part) => part.overrides[own.id] ?? []);
  const highest = Math.max(own.usl ?? own.nominal, ...others.map(({ usl }) => usl));
  if (own.lsl === null) return { lower: 0, upper: round(highest * (1 + IMPLAUSIBLE_WIDTHS)) };
  const width = ((own.usl ?? own.nominal) - own.lsl) * IMPLAUSIBLE_WIDTHS;
  const lowest = Math.min(own.lsl, ...others.map(({ lsl }) => lsl));
  return { lower: Math.max(0, round(lowest - width)), upper: round(highest + width) };
}

/** Without the last bits of a sum of decimals. */
function round(x: number): number {
  return Number(x.toPrecision(12));
}

function byPart(file: PlantFile, characteristic: CharacteristicFile): Record<string, unknown> {
  const own = file.parts.flatMap((part) => {
    const override = part.overrides[characteristic.id];
    if (override === undefined) return [];
    const target = characteristic.nominal + override.base - characteristic.base;
    return [[part.id, { spec: specification(override.lsl, Number(target.toPrecision(12)), override.usl) }] as const];
  });
  return own.length === 0 ? {} : { by_part: Object.fromEntries(own) };
}

function liveAdapters(file: PlantFile, options: DemoConfigOptions): Record<AdapterId, unknown> {
  const cycleMs = (line: string): number => {
    const own = file.lines.find((each) => each.id === line);
    return ((own?.cycle_s ?? 30) * 1000) / options.speed / (line === 'L2' ? (own?.parts_per_cycle ?? 1) : 1);
  };
  // Several looks a cycle: each record is seen while it stands, and a slow poll costs none.
  const look = (line: string): number => Math.min(1000, Math.max(10, Math.floor(cycleMs(line) / 8)));
  const registers = registerMap(file);
  const modbus = (trigger: string, isOwn: (tag: string) => boolean): unknown => ({
    use: 'modbus',
    host: '127.0.0.1',
    port: options.ports.l1,
    unit_id: 1,
    every_ms: look('L1'),
    // A stall of the whole machine is no loss of the link.
    timeout_ms: 5000,
    trigger: { tag: trigger, on: 'change' },
    tags: Object.fromEntries(
      registers
        .filter((each) => isOwn(each.tag))
        .sort((a, b) => Number(b.type === 'string') - Number(a.type === 'string'))
        .map((each) => [
          each.tag,
          {
            register: 'holding',
            address: each.address,
            type: each.type,
            ...(each.type === 'string' ? { length: each.length } : { order: 'CDAB' }),
            ...(each.cavity === undefined ? {} : { as: 'weight', context: { cavity: String(each.cavity) } }),
          },
        ]),
    ),
  });
  const isText = (tag: string): boolean => registers.find((each) => each.tag === tag)?.type === 'string';
  const isScale = (tag: string): boolean => tag.startsWith('weigh');
  const nodes = opcuaNodes(file);
  const opcua = (record: 'part' | 'gauge'): unknown => ({
    use: 'opcua',
    endpoint: `opc.tcp://127.0.0.1:${options.ports.l2}`,
    security: { mode: 'sign_and_encrypt', policy: 'Basic256Sha256', trust: 'first_use' },
    user: { name: OPCUA_USER, password: fromEnvironment('PUMJIL_DEMO_OPCUA_PASSWORD') },
    publishing_ms: Math.max(20, look('L2')),
    // Longer than the cut of the script, so that the session itself comes back within a second of the cable.
    bridge_s: 100,
    record: {
      counter: nodes[record].counter,
      sampling_ms: look('L2'),
      values: Object.fromEntries(nodes[record].values.map((each) => [each.tag, each.node])),
    },
  });
  const folder = (id: string, mapping: unknown, more: object): unknown => ({
    use: 'file',
    folder: join(options.folder, id),
    format: 'csv',
    ...more,
    timezone: file.calendar.timezone,
    every_ms: 500,
    stable_ms: 500,
    mapping,
  });
  return {
    l1: modbus('shots', (tag) => !isScale(tag)),
    'l1-scale': modbus('weighings', (tag) => isScale(tag) || isText(tag)),
    l2: opcua('part'),
    'l2-gauge': opcua('gauge'),
    l3: {
      use: 'mqtt',
      url: `mqtt://127.0.0.1:${options.ports.l3}`,
      client_id: `pumjil-${file.meta.id}`,
      qos: 1,
      topics: { 'gaon/l3/+/quality': { payload: 'json', name: '{1}/{key}' } },
      sparkplug: { group: SPARKPLUG.group },
    },
    cmm: folder('cmm', CMM_MAPPING, { encoding: 'cp949' }),
    rd1: folder('rd1', RD1_MAPPING, { encoding: 'utf-8' }),
    hand: { use: 'http', token: fromEnvironment('PUMJIL_DEMO_HAND_TOKEN') },
  };
}

/** A secret never stands in the file itself. */
function fromEnvironment(name: keyof typeof DEMO_SECRETS): string {
  return `\${${name}}`;
}

/** Columns of the CMM's CSV files, in CP949. */
export const CMM_MAPPING = {
  time: '측정일시',
  part: '품번',
  value: { flatness: '평탄도(mm)' },
  context: { lot: '로트', cavity: '캐비티', shift: '근무조' },
} as const;

/** Columns of the roundness tester's CSV files. */
export const RD1_MAPPING = {
  time: 'Time',
  part: 'Part',
  value: { roundness: 'Roundness' },
  context: { lot: 'Lot', tool: 'Tool', position: 'Position' },
} as const;

function liveContext(
  file: PlantFile,
  adapter: AdapterId,
  wire: Wire | undefined,
): { readonly part?: string; readonly context?: Readonly<Record<string, string>> } {
  if (adapter === 'l1' || adapter === 'l1-scale') {
    const tags = registerMap(file).filter((each) => each.type === 'string' && each.tag !== 'part_no');
    return {
      part: `${adapter}/part_no`,
      context: Object.fromEntries(tags.map((each) => [each.tag, `${adapter}/${each.tag}`])),
    };
  }
  if (adapter === 'l2' || adapter === 'l2-gauge') {
    const { values } = opcuaNodes(file)[adapter === 'l2' ? 'part' : 'gauge'];
    const texts = values.filter((each) => each.isText && each.tag !== 'part_no' && each.tag !== 'serial');
    return {
      part: `${adapter}/part_no`,
      context: Object.fromEntries(texts.map((each) => [each.tag, `${adapter}/${each.tag}`])),
    };
  }
  // JSON, files and forms carry their context with each value; Sparkplug has metrics for it.
  if (adapter === 'l3' && wire?.station === SPARKPLUG.device) {
    const prefix = `l3/${SPARKPLUG.node}/${SPARKPLUG.device}`;
    return { part: `${prefix}/part`, context: { lot: `${prefix}/lot`, shift: `${prefix}/shift` } };
  }
  return {};
}

/** Tags of an adapter that backfill files hold as columns. */
export function backfillTags(file: PlantFile, adapter: AdapterId): readonly string[] {
  const tags = wiring(file).flatMap((each) => (each.adapter === adapter ? [each.tag] : []));
  const line = file.lines.find((each) => each.id.toLowerCase() === adapter);
  if (line === undefined) return tags;
  const attribute = file.attributes.find((each) => lineOf(each.id) === line.id);
  const prefix = line.id === 'L3' ? 'eol/' : '';
  const codes = attribute?.codes.map((code) => `${prefix}defect_${code.toLowerCase()}`) ?? [];
  return [...tags, `${prefix}rejected`, `${prefix}inspected`, ...codes];
}

function backfillAdapters(file: PlantFile, folder: string): Record<string, unknown> {
  return Object.fromEntries(
    ADAPTERS.map((adapter) => [
      adapter,
      {
        use: 'file',
        folder: join(folder, adapter),
        format: 'csv',
        encoding: 'utf-8',
        time_format: 'ms',
        every_ms: 50,
        stable_ms: 0,
        mapping: {
          time: 'time',
          value: Object.fromEntries(backfillTags(file, adapter).map((tag) => [tag, tag])),
          context: Object.fromEntries(BACKFILL_CONTEXT.map((key) => [key, key])),
        },
      },
    ]),
  );
}
