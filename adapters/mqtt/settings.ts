// Settings of the MQTT adapter: the broker, the session and how a message becomes measurements.
import { z } from 'zod';

const path = z
  .string()
  .regex(/^\$(?:\.[^.[\]\s]+|\[\d{1,6}\]|\["[^"\]]+"\])*$/u, 'a path such as $.a.b, $.list[0] or $["a b"]')
  .meta({ examples: ['$.a.b', '$[2]'] });

const topic = z.strictObject({
  payload: z
    .enum(['json', 'number', 'csv'])
    .default('json')
    .describe('Form of the payload: a JSON object, one number as text, or lines of comma-separated fields.'),
  name: z
    .string()
    .min(1)
    .default('{topic}/{key}')
    .describe(
      'Name of the tag. {1} … {9} = what the wildcards of the filter matched, {topic} = the whole topic, {key} = the name of the value; a message of one nameless value leaves {key} and the slash before it out.',
    )
    .meta({ examples: ['{1}/{key}'] }),
  paths: z
    .record(z.string().min(1), path.describe('Where the value stands in the payload.'))
    .optional()
    .describe(
      'Name of the value → its place in a payload of another form; a CSV line is a list of fields, $[0] its first.',
    ),
  time: path.optional().describe('Place of the source time (ms since 1970 or RFC 3339) when `paths` is used.'),
  id: path
    .optional()
    .describe('Place of an id or sequence number that a repeated message keeps, when `paths` is used.'),
  quality: path.optional().describe('Place of the quality word good, uncertain or bad when `paths` is used.'),
  context: z
    .record(z.string().min(1), path.describe('Where the text stands in the payload.'))
    .optional()
    .describe('Context key (part, lot, cavity …) → its place in the payload, when `paths` is used.'),
});

const sparkplug = z.strictObject({
  group: z
    .string()
    .regex(/^[^/+#]+$/u)
    .describe('Sparkplug group to read.')
    .meta({ examples: ['ansan'] }),
  host_id: z
    .string()
    .regex(/^[^/+#]+$/u)
    .optional()
    .describe('Host id. Only with it the adapter publishes: its STATE and rebirth commands, nothing else.'),
});

/** Settings below `adapters.<id>` for `use: mqtt`. */
export const mqttSettings = z
  .strictObject({
    url: z
      .string()
      .regex(/^mqtts?:\/\/[^\s/@]+$/u, 'mqtt://host:port or mqtts://host:port')
      .describe('Address of the broker, mqtt:// or mqtts:// for TLS.')
      .meta({ examples: ['mqtt://127.0.0.1:1883'] }),
    client_id: z
      .string()
      .min(1)
      .max(128)
      .describe(
        'Client id. Keep it: the broker stores the messages of an outage under it. No second client may use it.',
      )
      .meta({ examples: ['pumjil-ansan-1'] }),
    username: z.string().optional().describe('User name at the broker.'),
    password: z.string().optional().describe('Password at the broker; take it from an environment variable.'),
    ca: z.string().optional().describe('File of the certificate authority (PEM) for mqtts.').meta({ path: true }),
    cert: z.string().optional().describe('File of the client certificate (PEM).').meta({ path: true }),
    key: z.string().optional().describe('File of the client key (PEM).').meta({ path: true }),
    version: z
      .union([z.literal(4), z.literal(5)])
      .default(4)
      .describe('Protocol: 4 = MQTT 3.1.1, 5 = MQTT 5.'),
    qos: z
      .union([z.literal(0), z.literal(1)])
      .default(1)
      .describe('Quality of service asked for; 1 = the broker repeats what was not confirmed, 0 = it does not.'),
    keepalive_s: z.int().min(1).max(3600).default(15).describe('Seconds between two signs of life.'),
    session_expiry_s: z
      .int()
      .min(0)
      .max(4294967295)
      .default(604800)
      .describe(
        'Seconds for which the broker keeps messages while we are away (MQTT 5; 3.1.1 brokers decide themselves).',
      ),
    timeout_ms: z.int().min(100).max(120000).default(10000).describe('Longest wait for CONNACK and SUBACK.'),
    retry_ms: z
      .int()
      .min(20)
      .max(60000)
      .default(1000)
      .describe('First pause before a lost link is tried again; it doubles up to 30 times this.'),
    max_waiting: z
      .int()
      .min(20)
      .max(100000)
      .default(2000)
      .describe(
        'Messages held in memory until they are durable; more wait at the broker (QoS 1) or are declared lost (QoS 0).',
      ),
    max_payload_kb: z.int().min(1).max(65536).default(1024).describe('Larger payloads are refused.'),
    topics: z
      .record(
        z
          .string()
          .regex(/^(?:[^+#]+|\+)?(?:\/(?:[^+#/]*|\+))*(?:(?:^|\/)#)?$/u, 'an MQTT topic filter such as plant/+/quality')
          .min(1),
        topic,
      )
      .default({})
      .describe('Topic filter → how its messages become measurements.'),
    sparkplug: sparkplug.optional().describe('Reads the Sparkplug B messages of one group.'),
  })
  .refine((s) => Object.keys(s.topics).length > 0 || s.sparkplug !== undefined, {
    message: 'name at least one topic filter under topics, or a sparkplug group',
    path: ['topics'],
  })
  .refine((s) => (s.cert === undefined) === (s.key === undefined), {
    message: 'cert and key belong together',
    path: ['key'],
  });

export type MqttSettings = z.output<typeof mqttSettings>;
export type TopicSettings = z.output<typeof topic>;
