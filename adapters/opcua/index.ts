// OPC UA: subscribes to variables and reads the record of each finished part. It only reads.
import { defineAdapter, PumjilError } from '../../src/component.ts';
import { openConnection } from './client.ts';
import { collect } from './collect.ts';
import { readNodes } from './record.ts';
import { type Settings, settings } from './settings.ts';
import { tagNamesOf } from './slot.ts';
import { statusName } from './value.ts';

export default defineAdapter<Settings>({
  settings,
  exempt: {
    A7: 'OPC UA acknowledges a message when it has arrived, not when it is stored: after a kill the time is a declared gap.',
  },
  tags: tagNamesOf,
  async probe(given, context) {
    const connection = await openConnection(given, context);
    try {
      const { record } = given;
      const named = [
        ...Object.entries(given.tags).map(([name, tag]) => ({ name, node: tag.node })),
        ...(record === undefined ? [] : [{ name: 'record.counter', node: record.counter }]),
        ...(record?.time === undefined ? [] : [{ name: 'record.time', node: record.time }]),
        ...Object.entries(record?.values ?? {}).map(([name, node]) => ({ name, node })),
      ];
      const nodes = named.map(({ node }) => ({ nodeId: connection.nodeId(node) }));
      const answers = await readNodes(connection, given, context, nodes);
      const refused = named.flatMap(({ name, node }, i) => {
        const answer = answers[i];
        const status = answer === undefined ? 'no answer' : statusName(answer);
        return /^BadNode|^BadAttribute|^BadUserAccessDenied|^BadNotReadable|^no/.test(status)
          ? [`${name} (${node}): ${status}`]
          : [];
      });
      if (refused.length > 0) {
        throw new PumjilError('ADAPTER_ADDRESS', {
          message: `${context.id}: ${given.endpoint} refuses ${refused.join(', ')}`,
          hint: 'Compare the node ids with the address space of the server; a namespace is safer by URI: nsu=http://…;s=Name.',
          data: { refused },
        });
      }
    } finally {
      await connection.close();
    }
  },
  collect,
});
