// Every setting of pumjil.yaml: its form, default and meaning. Long because it is one table that is read as one; settings of components come from the components themselves.
import { z } from 'zod';
import { RULE_PATTERN } from '../spc/rule.ts';

const BAD_ID =
  'use letters, digits, "_", "-" and "."; start with a letter or digit, end with none of ".", at most 80 characters';

/** A name that becomes a folder, a label and part of an address. */
export const plainId = z.string().regex(/^[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,78}[A-Za-z0-9_-])?$/, BAD_ID);

// JSON Schema without the `u` flag knows no \p{L}: there, anything but blanks and ASCII punctuation.
const WORD = '[^\\s!-,/:-@[-^`{-~]';

/** Characteristic ids may be Korean; they never hold `~` or `/`, which join them with part and split. */
export const characteristicId = z
  .string()
  .regex(/^[\p{L}\p{N}](?:[\p{L}\p{N}_.-]{0,78}[\p{L}\p{N}_-])?$/u, BAD_ID)
  .meta({ pattern: `^${WORD}{1,80}$` });

const contextKey = z
  .string()
  .regex(/^[\p{L}_][\p{L}\p{N}_-]{0,39}$/u, 'a context key is one word such as lot, cavity or tool')
  .meta({ pattern: `^${WORD}{1,40}$` });

const tag = z
  .string()
  .regex(/^[^/\s]+\/\S(?:.*\S)?$/u, 'write adapter/tag, for instance press3/cushion')
  .meta({ examples: ['press3/cushion'] });

const clock = z
  .string()
  .regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'write a time of day as "HH:MM" in quotes, from "00:00" to "23:59"')
  .meta({ examples: ['08:00'] });

const name = z.union([
  z.string().min(1).describe('The same name in both languages.'),
  z.strictObject({
    ko: z.string().min(1).optional().describe('Korean name.'),
    en: z.string().min(1).optional().describe('English name.'),
  }),
]);

const secret = z.string().min(1).meta({ secret: true });

const specification = z.strictObject({
  lower: z.number().optional().describe('Lower specification limit, in the unit of the characteristic.'),
  target: z.number().optional().describe('Nominal value.'),
  upper: z.number().optional().describe('Upper specification limit.'),
});

const limits = z.union([
  z.strictObject({
    baseline: z
      .int()
      .min(2)
      .max(1000)
      .default(25)
      .describe('Number of subgroups from which the first limits are learnt.'),
  }),
  z.strictObject({
    centre: z
      .number()
      .describe('Centre line of the individual values (for counts: proportion, or mean number of one inspected unit).'),
    sigma: z
      .number()
      .positive()
      .optional()
      .describe(
        'Standard deviation of the individual values; not needed for counts and rare events, where it follows from the centre.',
      ),
  }),
]);

// The pattern is for editors; parseRule says more than \"does not match\".
const ruleSentence = z
  .string()
  .min(1)
  .meta({ pattern: RULE_PATTERN, examples: ['3 of 4 beyond 1 sigma on one side'] });
const ruleId = z.string().regex(/^[A-Za-z][A-Za-z0-9]{0,7}$/, 'a rule id is a short word such as N5 or X1');

const rules = z.union([
  z.string().min(1).describe('Name of a rule set, for instance standard, nelson, western-electric.'),
  z.strictObject({
    use: z.string().min(1).default('standard').describe('Name of the rule set to start from.'),
    without: z.array(z.string()).default([]).describe('Ids of rules of the set that are switched off.'),
    add: z.record(ruleId, ruleSentence).default({}).describe('Further rules: id → sentence.'),
  }),
]);

const chart = z.union([
  z.string().min(1).describe('Name of a chart, for instance i-mr, xbar-r, xbar-s, p, np, c, u, g, t, ewma.'),
  z.looseObject({ use: z.string().min(1).describe('Name of the chart; its settings stand beside it.') }),
]);

const subgroup = z.strictObject({
  size: z
    .int()
    .min(1)
    .max(1000)
    .optional()
    .describe(
      'Values in a subgroup, for counts records. Default 1, for xbar charts 5; for counts with every_s or close_on none: only those close it.',
    ),
  every_s: z
    .number()
    .positive()
    .max(31_536_000)
    .optional()
    .describe('Closes a started subgroup after so many seconds.'),
  close_on: z
    .array(contextKey)
    .default([])
    .describe('Context keys whose change closes the subgroup, for instance lot, tool.'),
  partial: z
    .enum(['judge', 'discard'])
    .default('judge')
    .describe('What happens to a subgroup that closes before it is full.'),
});

const from = z.union([
  tag.describe('Tag that delivers the value, as adapter/tag.'),
  z.strictObject({
    all: z
      .array(tag)
      .min(2)
      .max(16)
      .describe('Tags whose values of the same source time are judged together (charts t2, mewma, pca), 2 to 16.')
      .meta({ examples: [['press3/cushion', 'press3/pressure']] }),
  }),
  z.strictObject({
    count: tag.describe('Tag that counts defective units or defects.'),
    inspected: tag.describe('Tag that counts the units inspected.'),
    counter: z
      .enum(['per_record', 'cumulative'])
      .default('per_record')
      .describe('per_record: each value stands for itself; cumulative: a counter that only rises, a fall is a reset.'),
  }),
]);

/** One characteristic as written, below `characteristics.<id>`. */
export const characteristicSchema = z.strictObject({
  from: from
    .describe(
      'Where the value comes from: adapter/tag, { count, inspected } for counts, or { all: [tags] } for several together.',
    )
    .meta({ examples: ['press3/cushion'] }),
  name: name.optional().describe('Name on screens and reports. Default: the id.'),
  unit: z
    .string()
    .max(20)
    .default('')
    .describe('Unit of the value.')
    .meta({ examples: ['mm'] }),
  class: z
    .enum(['critical', 'significant', 'standard'])
    .default('standard')
    .describe('critical (CC, safety and law), significant (SC, fit and function) or standard.'),
  line: z.string().max(80).default('').describe('Line the characteristic belongs to.'),
  station: z.string().max(80).optional().describe('Machine or station. Default: the adapter of its tag.'),
  part: tag.optional().describe('Tag whose text is the part number; without it the context key part counts.'),
  context: z.record(contextKey, tag).default({}).describe('Context key → tag whose latest text or value fills it.'),
  split_by: z
    .array(contextKey)
    .max(4)
    .default([])
    .describe('Context keys that split the characteristic into streams of their own, for instance cavity.'),
  by: z
    .union([contextKey, z.array(contextKey).max(4)])
    .optional()
    .describe('For counts: context key that splits them, usually defect.'),
  spec: specification.default({}).describe('Specification: what the customer wants.'),
  by_part: z
    .record(
      z.string().min(1).max(80),
      z.strictObject({
        spec: specification.optional().describe('Specification of this part number instead of the general one.'),
        limits: limits.optional().describe('Start of the control limits of this part number.'),
      }),
    )
    .default({})
    .describe('Part number → its own specification or limits.'),
  plausible: z
    .strictObject({
      lower: z.number().optional().describe('Values below are a fault of the measurement.'),
      upper: z.number().optional().describe('Values above are a fault of the measurement.'),
    })
    .default({})
    .describe('Values outside are a fault of the measurement, not of the product: they become bad.'),
  sample: z
    .strictObject({
      take: z.int().min(1).default(1).describe('Values taken into the chart …'),
      of: z.int().min(1).default(1).describe('… of so many; all go to the history.'),
    })
    .default({ take: 1, of: 1 })
    .describe('Takes the first `take` of every `of` values of a stream into the chart.'),
  subgroup: subgroup
    .default({ close_on: [], partial: 'judge' })
    .describe('How values are grouped; a group closes at size, every_s or close_on, whichever comes first.'),
  chart: chart
    .optional()
    .describe('Control chart. Default: i-mr, for counts p, for several tags t2.')
    .meta({ examples: ['xbar-s'] }),
  rules: rules.default('standard').describe('Run rules: the name of a set, or { use, without, add }.'),
  limits: limits.default({ baseline: 25 }).describe('Where control limits start: learnt from a baseline, or typed.'),
  gauge: z
    .string()
    .max(80)
    .optional()
    .describe('Gauge that measures it.')
    .meta({ examples: ['CAL-7'] }),
  capability: z
    .strictObject({
      target: z
        .number()
        .positive()
        .max(10)
        .describe('Index that the lower end of the interval of Ppk must reach.')
        .meta({ examples: [1.67] }),
    })
    .optional()
    .describe('What a customer asks. Default by class: critical 1.67, else 1.33.'),
});

/** An adapter as written: `use` and the settings of that component. */
export const adapterSchema = z.looseObject({
  use: z
    .string()
    .min(1)
    .describe('Kind of adapter: modbus, opcua, mqtt, http, file.')
    .meta({ examples: ['modbus'] }),
});

const weekday = z.int().min(1).max(7);

const shift = z.strictObject({
  id: plainId.describe('Short name of the shift.').meta({ examples: ['D'] }),
  name: name.optional().describe('Name of the shift. Default: the id.'),
  from: clock.describe('Begin, plant time.'),
  to: clock.describe('End, plant time; earlier than `from` means the next day.'),
  breaks: z
    .array(z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d-(?:[01]\d|2[0-3]):[0-5]\d$/, 'write a break as "HH:MM-HH:MM"'))
    .default([])
    .describe('Breaks, each "HH:MM-HH:MM".')
    .meta({ examples: [['12:00-13:00']] }),
  days: z
    .array(weekday)
    .max(7)
    .default([])
    .describe('Days on which the shift begins, 1 = Monday … 7 = Sunday; none = every day.'),
});

const history = z.discriminatedUnion('use', [
  z.strictObject({ use: z.literal('embedded').describe('History in the data folder; nothing to install.') }),
  z.strictObject({
    use: z.literal('influxdb').describe('History in an InfluxDB 1.x.'),
    url: z
      .url({ protocol: /^https?$/ })
      .describe('Address of InfluxDB.')
      .meta({ examples: ['http://127.0.0.1:8086'] }),
    database: z.string().min(1).max(64).default('pumjil').describe('Name of the database; created where allowed.'),
    username: z.string().min(1).optional().describe('User at the database.'),
    password: secret.optional().describe('Password at the database.'),
  }),
]);

/** The sections of pumjil.yaml; adapters and characteristics are maps from id to their settings. */
export const sections = {
  plant: z
    .strictObject({
      id: plainId.describe('Short name of the plant, used in addresses and files.').meta({ examples: ['ansan-1'] }),
      name: name.optional().describe('Name of the plant. Default: the id.'),
      timezone: z
        .string()
        .default('Asia/Seoul')
        .describe('IANA time zone of shifts and days.')
        .meta({ examples: ['Asia/Seoul'] }),
      language: z.enum(['ko', 'en']).default('ko').describe('Language of new users and of reports.'),
      size: z
        .enum(['large', 'mid', 'sme', 'small'])
        .default('small')
        .describe('Size of the company, for the diagnosis: small < 50 people ≤ sme < mid < large.'),
      industry: z
        .enum(['machinery_electronics', 'chemical_convergence', 'bio_food', 'construction_environment', 'other'])
        .default('machinery_electronics')
        .describe('Industry, for the weights of the diagnosis.'),
    })
    .describe('The plant.'),
  server: z
    .strictObject({
      host: z
        .string()
        .min(1)
        .default('127.0.0.1')
        .describe('Address to listen on; 0.0.0.0 = all, then put TLS in front.'),
      port: z.int().min(0).max(65_535).default(8080).describe('Port of screens and API; 0 = any free one.'),
      metrics_token: secret.optional().describe('Token that opens /metrics, /healthz and /readyz from other machines.'),
    })
    .default({ host: '127.0.0.1', port: 8080 })
    .describe('Screens and API.'),
  data_dir: z
    .string()
    .min(1)
    .default('./data')
    .describe('Folder of journal, history and records; relative to this file.'),
  history: history.default({ use: 'embedded' }).describe('Where results are kept for years.'),
  journal: z
    .strictObject({
      max_gb: z
        .number()
        .positive()
        .max(100_000)
        .default(20)
        .describe('Most disk space for the journal, and as much again for what waits for InfluxDB, GB.'),
      keep_days: z
        .number()
        .min(7)
        .max(3650)
        .default(7)
        .describe('Days for which inputs are kept for replay, at least 7.'),
      when_full: z
        .enum(['stop', 'drop_oldest'])
        .default('stop')
        .describe(
          'stop: confirm nothing more until there is space; drop_oldest: go on. The oldest journal entries go before keep_days has passed (their values are in the history), and the oldest values that wait for InfluxDB are lost to it, counted.',
        ),
    })
    .default({ max_gb: 20, keep_days: 7, when_full: 'stop' })
    .describe('The record of all inputs.'),
  lateness_ms: z
    .int()
    .min(0)
    .max(3_600_000)
    .default(2000)
    .describe('How late a polled value may come and still be put in its place, ms.'),
  false_alarms_per_day: z
    .number()
    .positive()
    .max(100_000)
    .optional()
    .describe('Budget of false alarms for the whole plant: check and the overview tell what the rules in force cost.')
    .meta({ examples: [5] }),
  shifts: z.array(shift).max(24).default([]).describe('Shift calendar.'),
  adapters: z.record(plainId, adapterSchema).default({}).describe('Sources of measurements: id → { use, settings }.'),
  characteristics: z
    .record(characteristicId, characteristicSchema)
    .default({})
    .describe('What quality watches: id → settings.'),
} as const;

/** The whole file as one schema: for the JSON Schema that editors use. */
export const fileSchema = z.strictObject(sections);

export type CharacteristicFile = z.output<typeof characteristicSchema>;
export type AdapterFile = z.output<typeof adapterSchema>;
export type ShiftFile = z.output<typeof shift>;
export type HistoryFile = z.output<typeof history>;
export type LimitsFile = z.output<typeof limits>;
export type NameFile = z.output<typeof name>;
export type PlantFile = z.output<(typeof sections)['plant']>;
