// From a record of the model to what its instruments say: values by wire, and what they belong to.
import { type Calendar, HOUR, MINUTE } from '../model/calendar.ts';
import type { CycleRecord, Line } from '../model/line.ts';
import type { PlantModel } from '../model/plant.ts';
import { type LineId, lineOf, type PlantFile } from '../model/plant-file.ts';
import { type Wire, wiring } from '../wiring.ts';

export interface Sample {
  readonly wire: Wire;
  readonly value: number;
  /** 1 … 4, or 0. */
  readonly cavity: number;
}

/**
 * Reads the records of one line.
 *
 * @returns for a record the values that were measured, in the order of the line's columns
 */
export function sampleReader(plant: PlantModel, line: Line): (record: CycleRecord) => Sample[] {
  const wires = wiring(plant.file);
  const columns = line.columns.map((column) => {
    const wire = wires.find((each) => each.characteristic.id === column.characteristic);
    if (wire === undefined) throw new Error(`${column.characteristic} has no wire`);
    return { wire, cavity: column.cavity };
  });
  return (record) => {
    const samples: Sample[] = [];
    for (let i = 0; i < columns.length; i++) {
      const value = record.readings[i];
      const column = columns[i];
      if (column === undefined || value === undefined || Number.isNaN(value)) continue;
      samples.push({ ...column, value });
    }
    return samples;
  };
}

/** What a measurement belongs to; only keys that apply. The part number is not among them. */
export function contextOf(plant: PlantModel, record: CycleRecord): Readonly<Record<string, string>> {
  const mould = plant.file.parts.find((each) => each.id === record.part)?.mould;
  return {
    lot: record.lot,
    shift: record.shift.id,
    ...(record.tool === '' ? {} : { tool: record.tool }),
    ...(mould === undefined ? {} : { mould }),
    ...(record.position === 0 ? {} : { position: String(record.position) }),
    ...(record.piece === undefined ? {} : { piece: record.piece }),
  };
}

/** Name of the period in which the parts of a wire are measured in a row; undefined where no period closes a subgroup. */
export function samplePeriod(calendar: Calendar, wire: Wire, ms: number): string | undefined {
  if (wire.sampling.kind !== 'time') return undefined;
  return calendar.label(Math.floor((ms - 8 * HOUR) / wire.sampling.everyMs) * wire.sampling.everyMs + 8 * HOUR);
}

export interface AttributeCounts {
  readonly inspected: number;
  readonly rejected: number;
  /** Nonconforming units by code. */
  readonly byCode: ReadonlyMap<string, number>;
}

/** The counters of a line's inspection: one set for each part number, never reset. */
export interface Inspection {
  add(record: CycleRecord): void;
  counts(part: string): AttributeCounts;
  /** Period of the attribute at that time, for instance `Tue 12:00` or `Tue N`. */
  period(record: CycleRecord): string;
  /** All parts of the line, for the energy meter. */
  units(): number;
  kwh(ms: number): number;
}

/** Counters at zero for the beginning of the plant. */
export function inspection(plant: PlantModel, line: LineId): Inspection {
  const { file, calendar } = plant;
  const attribute = file.attributes.find((each) => lineOf(each.id) === line);
  const energy = file.energy.find((each) => lineOf(each.id) === line);
  const byPart = new Map<string, { inspected: number; rejected: number; byCode: Map<string, number> }>();
  const minutes = Number(/^(\d+) min$/.exec(attribute?.per ?? '')?.[1] ?? Number.NaN);
  let units = 0;
  const setOf = (part: string) => {
    const known = byPart.get(part);
    if (known !== undefined) return known;
    const fresh = {
      inspected: 0,
      rejected: 0,
      byCode: new Map((attribute?.codes ?? []).map((code) => [code, 0] as const)),
    };
    byPart.set(part, fresh);
    return fresh;
  };
  return {
    add(record) {
      const set = setOf(record.part);
      for (const codes of record.codes) {
        set.inspected++;
        units++;
        if (codes.length > 0) set.rejected++;
        for (const code of codes) set.byCode.set(code, (set.byCode.get(code) ?? 0) + 1);
      }
    },
    counts: setOf,
    period(record) {
      if (Number.isNaN(minutes)) return `${calendar.label(record.shift.fromMs).slice(0, 3)} ${record.shift.id}`;
      const everyMs = minutes * MINUTE;
      return calendar.label(Math.floor((record.ms - 8 * HOUR) / everyMs) * everyMs + 8 * HOUR);
    },
    units: () => units,
    kwh(ms) {
      const hours = (calendar.workMs(ms) - calendar.workMs(plant.startMs)) / HOUR;
      return (energy?.idle_kw ?? 0) * hours + (energy?.per_part_kwh ?? 0) * units;
    },
  };
}

/** Reports of an inspection come once every so many records; a shift then has fewer than a subgroup may hold. */
export const REPORT_EVERY = 10;

/** Codes of a line's attribute, in the order of the plant file. */
export function codesOf(file: PlantFile, line: LineId): readonly string[] {
  return file.attributes.find((each) => lineOf(each.id) === line)?.codes ?? [];
}
