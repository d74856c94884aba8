// Which characteristic comes over which wire: derived from the plant file, the same for plant, configuration and backfill.
import { type CharacteristicFile, lineOf, type PlantFile } from './model/plant-file.ts';
import { parseSampling, type Sampling } from './model/sampling.ts';

/** Adapters of the demo: the lines' own, their gauges, the CMM, the roundness tester, and what people type. */
export const ADAPTERS = ['l1', 'l1-scale', 'l2', 'l2-gauge', 'l3', 'cmm', 'rd1', 'hand'] as const;
export type AdapterId = (typeof ADAPTERS)[number];

export interface Wire {
  readonly characteristic: CharacteristicFile;
  readonly adapter: AdapterId;
  /** Tag below the adapter. */
  readonly tag: string;
  readonly station: string;
  readonly sampling: Sampling;
  /** Delivered for every part by the controller, so that the chart takes its sample itself. */
  readonly isWired: boolean;
  /** Measured on every cavity. */
  readonly perCavity: boolean;
}

/** Stations of L3 by the name of the characteristic. */
const STATIONS: Readonly<Record<string, string>> = {
  press_force: 'press',
  press_depth: 'press',
  torque: 'torque',
  angle: 'torque',
  grease: 'grease',
  leak: 'leak',
  test_pressure: 'leak1',
  op_current: 'function',
};

/**
 * The wires of a plant.
 *
 * @example
 * wiring(loadPlantFile()).find((each) => each.characteristic.id === 'L1.cushion')?.tag; // => 'cushion'
 */
export function wiring(file: PlantFile): readonly Wire[] {
  return file.characteristics.map((characteristic) => {
    const name = nameOf(characteristic);
    const sampling = parseSampling(characteristic.sample);
    const isWired =
      typeof characteristic.register === 'number' || characteristic.node !== undefined || sampling.kind === 'every';
    const perCavity = lineOf(characteristic.id) === 'L1' && characteristic.role === 'product';
    const adapter = adapterOf(file, characteristic);
    return {
      characteristic,
      adapter,
      tag: adapter === 'l3' ? l3Tag(name) : name,
      station: adapter === 'l3' ? (STATIONS[name] ?? 'l3') : stationOf(adapter),
      sampling,
      isWired,
      perCavity,
    };
  });
}

/** Short name of a characteristic: what follows the line. */
export function nameOf(characteristic: Pick<CharacteristicFile, 'id'>): string {
  return characteristic.id.slice(characteristic.id.indexOf('.') + 1);
}

/** The Sparkplug device of the leak tester; its metrics become `l3/leak1/<name>`. */
export const SPARKPLUG = { group: 'gaon', node: 'l3', device: 'leak1' } as const;

/** Tag of an L3 value: the leak tester's pressure comes by Sparkplug, the rest as JSON by station. */
function l3Tag(name: string): string {
  const station = STATIONS[name] ?? 'l3';
  return station === SPARKPLUG.device ? `${SPARKPLUG.node}/${SPARKPLUG.device}/${name}` : `${station}/${name}`;
}

function adapterOf(file: PlantFile, characteristic: CharacteristicFile): AdapterId {
  const line = lineOf(characteristic.id);
  if (line === 'L3') return 'l3';
  if (typeof characteristic.register === 'number') return 'l1';
  if (characteristic.node !== undefined) return 'l2';
  if (characteristic.sample.startsWith('manual')) return 'hand';
  const io = file.gauges.find((each) => each.id === characteristic.gauge)?.io ?? '';
  // What types like a keyboard is typed into a form; what writes files is read from a folder.
  if (io.startsWith('keyboard')) return 'hand';
  if (io.startsWith('CSV or')) return 'cmm';
  if (io.startsWith('CSV')) return 'rd1';
  return line === 'L1' ? 'l1-scale' : 'l2-gauge';
}

function stationOf(adapter: AdapterId): string {
  switch (adapter) {
    case 'l1':
      return 'IM220-1';
    case 'l1-scale':
      return 'scale';
    case 'l2':
      return 'MC7';
    case 'l2-gauge':
      return 'air-gauge';
    case 'cmm':
      return 'CMM';
    case 'rd1':
      return 'roundness-tester';
    default:
      return 'bench';
  }
}
