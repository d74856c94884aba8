// The plant file: what demo/demo-plant.yaml may say, checked once at the edge.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { z } from 'zod';

const name = { ko: z.string(), en: z.string() };
const line = z.enum(['L1', 'L2', 'L3']);

const driver = z.discriminatedUnion('kind', [
  z.strictObject({
    id: z.string(),
    ...name,
    kind: z.literal('ar1'),
    mean: z.number(),
    sd: z.number(),
    phi: z.number(),
  }),
  z.strictObject({
    id: z.string(),
    ...name,
    kind: z.literal('lot'),
    lot: z.string(),
    mean: z.number(),
    sd: z.number(),
  }),
  z.strictObject({ id: z.string(), ...name, kind: z.literal('ramp'), every: z.int() }),
  z.strictObject({
    id: z.string(),
    ...name,
    kind: z.literal('saw'),
    high: z.number(),
    low: z.number(),
    days: z.number(),
  }),
  z.strictObject({ id: z.string(), ...name, kind: z.literal('daily'), amp: z.number(), peak: z.number() }),
  z.strictObject({ id: z.string(), ...name, kind: z.literal('warmup'), tau_min: z.number(), stop_min: z.number() }),
  z.strictObject({ id: z.string(), ...name, kind: z.literal('fault'), mean: z.number() }),
]);

const shape = z.enum(['linear', 'high', 'low', 'abs']);

const characteristic = z.strictObject({
  id: z.string(),
  ...name,
  unit: z.string(),
  role: z.enum(['process', 'product']),
  class: z.enum(['CC', 'SC', 'ST']),
  nominal: z.number(),
  lsl: z.number().nullable(),
  usl: z.number().nullable(),
  dist: z.enum(['normal', 'lognormal']).default('normal'),
  base: z.number(),
  sd: z.number().optional(),
  s: z.number().optional(),
  res: z.number(),
  cavity: z.array(z.number()).optional(),
  effects: z.array(
    z.strictObject({
      from: z.string(),
      ref: z.number(),
      coef: z.number(),
      shape: shape.default('linear'),
      cavity: z.int().optional(),
    }),
  ),
  sd_effects: z.array(z.strictObject({ from: z.string(), coef: z.number() })).default([]),
  reading_bias: z.string().optional(),
  sample: z.string(),
  chart: z.string(),
  why: z.string().optional(),
  cpk: z.number(),
  cpk_worst_cavity: z.number().optional(),
  gauge: z.string().optional(),
  register: z.number().nullable().optional(),
  node: z.string().optional(),
});

const defect = z.strictObject({
  code: z.string(),
  ...name,
  line,
  rule: z.string().optional(),
  base_ppm: z.number(),
  typical_ppm: z.number(),
  drivers: z.array(z.strictObject({ x: z.string(), ref: z.number(), scale: z.number(), shape, w: z.number() })),
  note: z.string().optional(),
});

const shift = z.strictObject({
  id: z.string(),
  ...name,
  from: z.string(),
  to: z.string(),
  breaks: z.array(z.string()),
});

const plantFile = z.object({
  meta: z.looseObject({ id: z.string(), version: z.string(), company: z.looseObject(name), start_clock: z.string() }),
  semantics: z.unknown(),
  calendar: z.looseObject({ timezone: z.string(), shifts: z.array(shift), week: z.array(z.string()) }),
  parts: z.array(
    z.strictObject({
      id: z.string(),
      line,
      ...name,
      share: z.number(),
      mould: z.string().optional(),
      cavities: z.int().optional(),
      overrides: z
        .record(z.string(), z.strictObject({ base: z.number(), lsl: z.number(), usl: z.number() }))
        .default({}),
    }),
  ),
  changeover: z.record(z.string(), z.looseObject({ every_h: z.number(), minutes: z.number() })),
  lots: z.array(z.strictObject({ id: z.string(), ...name, line, every: z.int(), label: z.string() })),
  lines: z.array(
    z.strictObject({
      id: line,
      ...name,
      cycle_s: z.number(),
      parts_per_cycle: z.int(),
      unit_cost_krw: z.number(),
      source: z.looseObject({ protocol: z.string() }),
      drivers: z.array(driver),
    }),
  ),
  characteristics: z.array(characteristic),
  attributes: z.array(
    z.strictObject({
      id: z.string(),
      ...name,
      per: z.string(),
      inspected: z.string(),
      chart: z.string(),
      alarm_by: z.string(),
      codes: z.array(z.string()),
    }),
  ),
  energy: z.array(
    z.strictObject({
      id: z.string(),
      ...name,
      per_part_kwh: z.number(),
      idle_kw: z.number(),
      protocol: z.string(),
    }),
  ),
  defects: z.array(defect),
  faults: z.array(
    z.looseObject({
      name: z.string(),
      ...name,
      moves: z.array(z.strictObject({ x: z.string(), to: z.number(), in_min: z.number() })),
      lasts_h: z.number(),
      first: z.array(z.string()),
      defect: z.string().nullable(),
      rate: z.number().optional(),
      teaches: z.string(),
    }),
  ),
  data_faults: z.array(z.strictObject({ name: z.string(), ...name, target: z.string(), how: z.string() })),
  gauges: z.array(
    z.strictObject({
      id: z.string(),
      ...name,
      grr: z.number(),
      cal_due_days: z.number(),
      io: z.string(),
      note: z.string().optional(),
      daily_master: z.unknown().optional(),
    }),
  ),
  script_5_minutes: z.array(
    z.strictObject({ at: z.string(), fault: z.string().optional(), act: z.string().optional(), see: z.string() }),
  ),
  history_story: z.array(
    z.strictObject({
      day: z.number(),
      fault: z.string().optional(),
      act: z.string().optional(),
      see: z.string().optional(),
    }),
  ),
});

export type PlantFile = z.infer<typeof plantFile>;
export type LineId = z.infer<typeof line>;
export type LineFile = PlantFile['lines'][number];
export type DriverFile = z.infer<typeof driver>;
export type CharacteristicFile = z.infer<typeof characteristic>;
export type DefectFile = z.infer<typeof defect>;
export type FaultFile = PlantFile['faults'][number];
export type EffectShape = z.infer<typeof shape>;

/**
 * Reads and checks a plant file.
 *
 * @param path the YAML file; the demo plant of this folder when left out
 * @throws Error naming every field that is missing, misspelt or of the wrong type
 * @example
 * loadPlantFile().lines.length; // => 3
 */
export function loadPlantFile(path = fileURLToPath(new URL('../demo-plant.yaml', import.meta.url))): PlantFile {
  const checked = plantFile.safeParse(parse(readFileSync(path, 'utf8')));
  if (!checked.success) throw new Error(`${path} is not a plant file:\n${z.prettifyError(checked.error)}`);
  const problems = dangling(checked.data);
  if (problems.length > 0) throw new Error(`${path} is not a plant file:\n${problems.join('\n')}`);
  return checked.data;
}

/** The line a characteristic, attribute or energy meter belongs to: the part of its id before the dot. */
export function lineOf(id: string): LineId {
  return line.parse(id.slice(0, id.indexOf('.')));
}

/** Names that the file uses but nowhere defines. */
function dangling(file: PlantFile): string[] {
  const problems: string[] = [];
  const drivers = new Set(file.lines.flatMap((each) => each.drivers.map((one) => one.id)));
  const characteristics = new Set(file.characteristics.map((each) => each.id));
  const gauges = new Set(file.gauges.map((each) => each.id));
  const codes = new Set(file.defects.map((each) => each.code));
  const isKnown = (id: string): boolean => drivers.has(id) || characteristics.has(id) || id === 'shift_night';
  for (const each of file.characteristics) {
    for (const { from } of [...each.effects, ...each.sd_effects]) {
      if (!isKnown(from)) problems.push(`characteristics ${each.id}: nothing is called "${from}"`);
    }
    if (each.gauge !== undefined && !gauges.has(each.gauge)) problems.push(`${each.id}: no gauge "${each.gauge}"`);
    if ((each.dist === 'lognormal' ? each.s : each.sd) === undefined) problems.push(`${each.id}: has no spread`);
  }
  for (const each of file.defects) {
    for (const { x } of each.drivers) if (!isKnown(x)) problems.push(`defects ${each.code}: nothing is called "${x}"`);
  }
  for (const each of file.faults) {
    for (const { x } of each.moves) if (!drivers.has(x)) problems.push(`faults ${each.name}: no driver "${x}"`);
  }
  for (const each of file.attributes) {
    for (const code of each.codes) if (!codes.has(code)) problems.push(`attributes ${each.id}: no defect "${code}"`);
  }
  return problems;
}
