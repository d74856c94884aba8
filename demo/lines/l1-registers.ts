// The register map of the moulding machine: 40100 of the manual is address 100 on the wire.
import type { PlantFile } from '../model/plant-file.ts';
import { nameOf } from '../wiring.ts';

export interface Register {
  readonly tag: string;
  readonly address: number;
  readonly type: 'uint32' | 'float32' | 'string';
  /** Registers of a string, two characters each. */
  readonly length?: number;
  /** 1 … 4 for values of one cavity. */
  readonly cavity?: number;
}

const ORIGIN = 40_000;
/** Latched record 40100 … 40139: counter, process values as the plant file says, weights, scale counter. */
const WEIGHTS = 116;
const SCALE_COUNTER = 132;
/** Behind the record: what it belongs to, and counters. */
const TEXTS = 140;

/**
 * The map.
 *
 * @example
 * registerMap(loadPlantFile()).find((each) => each.tag === 'cushion')?.address; // => 108
 */
export function registerMap(file: PlantFile): readonly Register[] {
  const process = file.characteristics.flatMap((each) =>
    typeof each.register === 'number'
      ? [{ tag: nameOf(each), address: each.register - ORIGIN, type: 'float32' as const }]
      : [],
  );
  const cavities = file.parts.find((each) => each.line === 'L1')?.cavities ?? 0;
  const codes = file.attributes.find((each) => each.id === 'L1.visual')?.codes ?? [];
  const counters = ['inspected', 'rejected', ...codes.map((code) => `defect_${code.toLowerCase()}`)];
  return [
    { tag: 'shots', address: 100, type: 'uint32' },
    ...process,
    ...Array.from({ length: cavities }, (_, i) => ({
      tag: `weight_${i + 1}`,
      address: WEIGHTS + 2 * i,
      type: 'float32' as const,
      cavity: i + 1,
    })),
    { tag: 'weighings', address: SCALE_COUNTER, type: 'uint32' },
    { tag: 'part_no', address: TEXTS, type: 'string', length: 8 },
    { tag: 'lot', address: TEXTS + 8, type: 'string', length: 4 },
    { tag: 'mould', address: TEXTS + 12, type: 'string', length: 4 },
    { tag: 'shift', address: TEXTS + 16, type: 'string', length: 1 },
    { tag: 'period', address: TEXTS + 18, type: 'string', length: 6 },
    ...counters.map((tag, i) => ({ tag, address: TEXTS + 24 + 2 * i, type: 'uint32' as const })),
    { tag: 'kwh', address: TEXTS + 24 + 2 * counters.length, type: 'float32' },
  ];
}

/** Writes a value where the map has it; words of 32 bits are swapped (CDAB), strings have two characters a register. */
export function writeRegister(registers: Uint16Array, at: Register, value: number | string): void {
  if (at.type === 'string') {
    const text = String(value);
    for (let i = 0; i < (at.length ?? 0); i++) {
      registers[at.address + i] = ((text.charCodeAt(2 * i) || 0) << 8) | (text.charCodeAt(2 * i + 1) || 0);
    }
    return;
  }
  const view = new DataView(new ArrayBuffer(4));
  if (at.type === 'float32') view.setFloat32(0, Number(value));
  else view.setUint32(0, Number(value));
  registers[at.address] = view.getUint16(2);
  registers[at.address + 1] = view.getUint16(0);
}
