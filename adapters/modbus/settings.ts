// The settings of one Modbus TCP device.
import { z } from 'zod';

const types = [
  'bool',
  'int16',
  'uint16',
  'int32',
  'uint32',
  'int64',
  'uint64',
  'float32',
  'float64',
  'string',
] as const;

export const tagSettings = z
  .strictObject({
    register: z
      .enum(['holding', 'input', 'coil', 'discrete'])
      .describe('Table of the device: holding (4x) and input (3x) registers, coils (0x), discrete inputs (1x).'),
    address: z
      .int()
      .min(0)
      .max(65_535)
      .describe('Zero-based protocol address: holding register 40101 of a manual that counts from 40001 is 100.'),
    type: z
      .enum(types)
      .default('uint16')
      .describe('How the registers are read. Coils and discrete inputs are bool whatever is written here.'),
    order: z
      .enum(['ABCD', 'CDAB', 'BADC', 'DCBA'])
      .default('ABCD')
      .describe(
        'Order of bytes on the wire, A the most significant: ABCD big-endian, CDAB words swapped, BADC bytes swapped in each word, DCBA both. For 16 bits and text only the byte order counts.',
      ),
    bit: z
      .int()
      .min(0)
      .max(15)
      .optional()
      .describe('Takes one bit of a register, 0 the least significant; the value is 0 or 1.'),
    length: z.int().min(1).max(125).optional().describe('Registers of a string, two characters each.'),
    scale: z.number().optional().describe('The raw number is multiplied by this.'),
    offset: z.number().optional().describe('Added after scaling, in the unit of the tag.'),
    as: z
      .string()
      .min(1)
      .optional()
      .describe('Delivers the value under this tag name; several registers may share one name.'),
    context: z
      .record(z.string().min(1), z.string())
      .optional()
      .describe('Fixed context of each value, for instance { cavity: "1" }.'),
  })
  .superRefine((tag, check) => {
    const isBits = tag.register === 'coil' || tag.register === 'discrete';
    if (tag.type === 'string' && tag.length === undefined) {
      check.addIssue({ code: 'custom', path: ['length'], message: 'a string needs `length`, its number of registers' });
    }
    if (tag.type !== 'string' && tag.length !== undefined) {
      check.addIssue({
        code: 'custom',
        path: ['length'],
        message: `\`length\` belongs to strings, not to ${tag.type}`,
      });
    }
    if (tag.type === 'string' && (tag.scale !== undefined || tag.offset !== undefined)) {
      check.addIssue({ code: 'custom', path: ['scale'], message: 'a string cannot be scaled' });
    }
    if (isBits && tag.type === 'string') {
      check.addIssue({ code: 'custom', path: ['type'], message: `a string cannot be read from a ${tag.register}` });
    }
    if (tag.bit !== undefined && (isBits || !['bool', 'uint16', 'int16'].includes(tag.type))) {
      check.addIssue({ code: 'custom', path: ['bit'], message: '`bit` needs one holding or input register' });
    }
    if (!isBits && tag.type === 'bool' && tag.bit === undefined) {
      check.addIssue({ code: 'custom', path: ['bit'], message: 'a bool in a register needs `bit`' });
    }
    if (tag.address + (isBits ? 1 : widthOf(tag)) > 65_536) {
      check.addIssue({ code: 'custom', path: ['address'], message: 'the value would end beyond address 65535' });
    }
  });

export const settings = z
  .strictObject({
    host: z
      .string()
      .min(1)
      .describe('Host name or IP address of the PLC or gateway.')
      .meta({ examples: ['10.0.0.5'] }),
    port: z.int().min(1).max(65_535).default(502).describe('TCP port.'),
    unit_id: z.int().min(0).max(255).default(1).describe('Unit (slave) number behind the address.'),
    every_ms: z.int().min(10).default(1000).describe('Time between two polls, ms; polls keep their phase.'),
    timeout_ms: z
      .int()
      .min(20)
      .default(2000)
      .describe('Longest wait for a connection or for one answer, ms; then the connection is opened anew.'),
    max_registers: z.int().min(4).max(125).default(125).describe('Most registers one request may ask for.'),
    max_gap: z
      .int()
      .min(0)
      .max(120)
      .default(16)
      .describe(
        'Registers nobody asked for that are read over rather than sending a second request; 0 where a device forbids it.',
      ),
    trigger: z
      .strictObject({
        tag: z.string().min(1).describe('Name of the tag, below `tags`, whose change means: a new record is complete.'),
        on: z.literal('change').default('change').describe('A record is taken each time the value changes.'),
      })
      .optional()
      .describe('Takes all tags once for each record instead of at each poll.'),
    tags: z.record(z.string().min(1), tagSettings).describe('The values to read, by name.'),
  })
  .superRefine((device, check) => {
    const names = Object.keys(device.tags);
    if (names.length === 0) check.addIssue({ code: 'custom', path: ['tags'], message: 'at least one tag is needed' });
    const trigger = device.trigger?.tag;
    if (trigger !== undefined && !Object.hasOwn(device.tags, trigger)) {
      check.addIssue({
        code: 'custom',
        path: ['trigger', 'tag'],
        message: `\`${trigger}\` is not a tag of this adapter (it has: ${names.join(', ')})`,
      });
    }
    for (const [name, tag] of Object.entries(device.tags)) {
      if (widthOf(tag) > device.max_registers) {
        check.addIssue({ code: 'custom', path: ['tags', name], message: 'the value is longer than `max_registers`' });
      }
    }
  });

export type Settings = z.infer<typeof settings>;
export type TagSettings = z.infer<typeof tagSettings>;

/** Registers (or bits, for coils and discrete inputs) that a tag occupies. */
export function widthOf(tag: Pick<TagSettings, 'register' | 'type' | 'length'>): number {
  if (tag.register === 'coil' || tag.register === 'discrete') return 1;
  switch (tag.type) {
    case 'bool':
    case 'int16':
    case 'uint16':
      return 1;
    case 'int32':
    case 'uint32':
    case 'float32':
      return 2;
    case 'int64':
    case 'uint64':
    case 'float64':
      return 4;
    case 'string':
      return tag.length ?? 1;
  }
}
