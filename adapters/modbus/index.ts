// Modbus TCP: reads registers and bits of PLCs, meters and gateways. It only reads.
import { defineAdapter, PumjilError } from '../../src/component.ts';
import { collect } from './collect.ts';
import { openDevice, tagsOf } from './device.ts';
import { type Settings, settings } from './settings.ts';

export default defineAdapter<Settings>({
  settings,
  exempt: { A7: 'Modbus has no acknowledgement: the device forgets a record with the next one.' },
  tags: ({ tags }) => [...new Set(Object.entries(tags).map(([name, tag]) => tag.as ?? name))],
  async probe(given, context) {
    const tags = tagsOf(given);
    const device = await openDevice(given, tags, context);
    try {
      const values = await device.readAll();
      const refused = values.flatMap((value, i) =>
        value.kind === 'bad' && value.reason.startsWith('modbus_exception')
          ? [`${tags[i]?.name}: ${value.reason}`]
          : [],
      );
      if (refused.length > 0) {
        throw new PumjilError('ADAPTER_ADDRESS', {
          message: `${context.id}: ${given.host}:${given.port} refuses ${refused.join(', ')}`,
          hint: 'Compare register and address with the manual of the device; addresses here count from 0 (40001 → holding 0).',
          data: { refused },
        });
      }
    } finally {
      await device.close();
    }
  },
  collect,
});
