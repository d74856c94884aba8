// The settings of one OPC UA server.
import { z } from 'zod';

const nodeId = z
  .string()
  .regex(/^(ns=\d+;|nsu=[^;]+;)?[isgb]=.+$/, 'write ns=2;s=Name, ns=2;i=1001, or nsu=http://uri;s=Name')
  .meta({ examples: ['ns=2;s=Cell7.Bore', 'nsu=http://example.com/cell7;s=Bore'] });

export const tagSettings = z.strictObject({
  node: nodeId.describe(
    'Node id of the variable; with nsu= the namespace is found by its URI, whatever its index is today.',
  ),
  sampling_ms: z
    .number()
    .min(0)
    .default(250)
    .describe(
      'How often the server looks at the variable, ms; half the time between two changes or less, 0 = at each change.',
    ),
  as: z
    .string()
    .min(1)
    .optional()
    .describe('Delivers the value under this tag name; several nodes may share one name.'),
  context: z
    .record(z.string().min(1), z.string())
    .optional()
    .describe('Fixed context of each value, for instance { spindle: "2" }.'),
  fields: z
    .record(
      z.string().min(1),
      z.string().regex(/^[^.\s]+(\.[^.\s]+)*$/, 'write a field name, or a path such as part.bore or values.3'),
    )
    .optional()
    .describe(
      'For a structure or an array: tag name → field, by name, by path (`part.bore`) or by index (`values.3`). The variable itself is then not delivered.',
    ),
});

export const recordSettings = z.strictObject({
  counter: nodeId.describe('Node whose change means: a new record is complete.'),
  values: z
    .record(z.string().min(1), nodeId)
    .describe(
      'Tag name → node; all are read in one call when the counter has changed, and share one time. Text nodes come first.',
    ),
  time: nodeId
    .optional()
    .describe('Node with the time of the record; without it the source time of the counter counts.'),
  sampling_ms: z.number().min(0).default(250).describe('How often the server looks at the counter, ms.'),
  context: z.record(z.string().min(1), z.string()).optional().describe('Fixed context of each value of the record.'),
});

export const settings = z
  .strictObject({
    endpoint: z
      .string()
      .regex(/^opc\.tcp:\/\/[^\s/:]+(:\d+)?(\/\S*)?$/, 'write opc.tcp://host:4840')
      .describe('Address of the server.')
      .meta({ examples: ['opc.tcp://10.0.0.7:4840'] }),
    security: z
      .strictObject({
        mode: z
          .enum(['none', 'sign', 'sign_and_encrypt'])
          .default('sign_and_encrypt')
          .describe('What the channel protects: nothing, authenticity, or authenticity and secrecy.'),
        policy: z
          .enum(['None', 'Basic256Sha256', 'Aes128_Sha256_RsaOaep', 'Aes256_Sha256_RsaPss'])
          .default('Basic256Sha256')
          .describe('Algorithms; the server must offer them. There is no falling back to a weaker one.'),
        trust: z
          .enum(['known', 'first_use'])
          .default('known')
          .describe(
            'known: only server certificates placed in the trusted folder are taken. first_use: the first certificate seen is pinned there, any other is refused afterwards.',
          ),
      })
      .prefault({})
      .describe('Protection of the channel.'),
    user: z
      .strictObject({
        name: z.string().min(1).describe('User name.'),
        password: z
          .string()
          .describe('Password; write a reference to an environment variable or file:path, never the password itself.'),
      })
      .optional()
      .describe('User of the session; without it the session is anonymous.'),
    publishing_ms: z.number().min(10).default(500).describe('How often the server sends what it has sampled, ms.'),
    bridge_s: z
      .number()
      .min(0)
      .default(60)
      .describe(
        'Outage that the queues of the server shall bridge, seconds; the server may allow less, which is logged.',
      ),
    timeout_ms: z.int().min(100).default(5000).describe('Longest wait for the connection or for one answer, ms.'),
    tags: z.record(z.string().min(1), tagSettings).default({}).describe('Variables to subscribe to, by tag name.'),
    record: recordSettings.optional().describe('One record for each finished part, read when a counter changes.'),
  })
  .superRefine((server, check) => {
    const { mode, policy } = server.security;
    if ((mode === 'none') !== (policy === 'None')) {
      check.addIssue({
        code: 'custom',
        path: ['security', 'policy'],
        message: `mode ${mode} does not go with policy ${policy}: none needs None, the others need a real policy`,
      });
    }
    if (Object.keys(server.tags).length === 0 && server.record === undefined) {
      check.addIssue({ code: 'custom', path: ['tags'], message: 'at least one tag or a record is needed' });
    }
    if (server.record !== undefined && Object.keys(server.record.values).length === 0) {
      check.addIssue({ code: 'custom', path: ['record', 'values'], message: 'a record needs at least one value' });
    }
  });

export type Settings = z.infer<typeof settings>;
export type TagSettings = z.infer<typeof tagSettings>;
export type RecordSettings = z.infer<typeof recordSettings>;
