// The nodes of the machining centre: one record a part, one record an air-gauge reading.
import { lineOf, type PlantFile } from '../model/plant-file.ts';
import { nameOf, wiring } from '../wiring.ts';

export interface OpcuaNode {
  readonly tag: string;
  readonly node: string;
  readonly isText: boolean;
}

export interface OpcuaRecord {
  readonly counter: string;
  readonly values: readonly OpcuaNode[];
}

const TEXTS = ['part_no', 'serial', 'lot', 'tool', 'position', 'shift', 'period'] as const;

/**
 * Both records. Node ids are strings of namespace 2 below MC7.
 *
 * @example
 * opcuaNodes(loadPlantFile()).part.values.find((each) => each.tag === 'vibration')?.node; // => 'ns=2;s=MC7.Vibration'
 */
export function opcuaNodes(file: PlantFile): { readonly part: OpcuaRecord; readonly gauge: OpcuaRecord } {
  const codes = file.attributes.find((each) => lineOf(each.id) === 'L2')?.codes ?? [];
  const wires = wiring(file);
  const measured = wires.flatMap(({ adapter, tag, characteristic }) =>
    adapter === 'l2' && characteristic.node !== undefined ? [{ tag, node: characteristic.node, isText: false }] : [],
  );
  const gauged = wires.flatMap(({ adapter, characteristic }) =>
    adapter === 'l2-gauge' ? [number(nameOf(characteristic), 'MC7.AirGauge')] : [],
  );
  return {
    part: {
      counter: nodeId('MC7.Counter'),
      values: [
        ...TEXTS.map((tag) => text(tag, 'MC7')),
        number('tool_age', 'MC7'),
        ...measured,
        ...['rejected', 'inspected', ...codes.map((code) => `defect_${code.toLowerCase()}`), 'kwh'].map((tag) =>
          number(tag, 'MC7'),
        ),
      ],
    },
    gauge: {
      counter: nodeId('MC7.AirGauge.Counter'),
      values: [
        ...TEXTS.filter((tag) => tag !== 'period').map((tag) => text(tag, 'MC7.AirGauge')),
        number('tool_age', 'MC7.AirGauge'),
        ...gauged,
      ],
    },
  };
}

function nodeId(name: string): string {
  return `ns=2;s=${name}`;
}

function text(tag: string, below: string): OpcuaNode {
  return { tag, node: nodeId(`${below}.${pascal(tag)}`), isText: true };
}

function number(tag: string, below: string): OpcuaNode {
  return { tag, node: nodeId(`${below}.${pascal(tag)}`), isText: false };
}

/** `tool_age` → `ToolAge`. */
function pascal(tag: string): string {
  return tag
    .split('_')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}
