// Session, plant and characteristics.
import * as z from 'zod';
import { figure, timeMs, words } from './vocabulary.ts';

export const RoleName = z.enum(['viewer', 'operator', 'engineer', 'manager', 'admin']).meta({ id: 'Role' });

export const LoginBody = z.strictObject({
  user: z.string().min(1).max(64).describe('User name.'),
  password: z.string().min(1).max(256).describe('Password.'),
});

/** Who is signed in. Public: without a session `user` is null and only what the sign-in screen shows is told. */
export const SessionAnswer = z
  .object({
    user: z.object({ name: z.string(), role: RoleName }).nullable(),
    plant: z.object({ name: words, language: z.enum(['ko', 'en']) }),
    version: z.string().nullable().describe('Version of the product; null without a session.'),
  })
  .meta({ id: 'Session' });

export const DoneAnswer = z.object({ done: z.literal(true) }).meta({ id: 'Done' });

export const LoginTokenParams = z.object({ token: z.string().min(1).max(200) });

export const ShiftAnswer = z
  .object({
    id: z.string(),
    name: words.nullable(),
    from: z.string().describe('HH:MM in the time zone of the plant.'),
    to: z.string().describe('HH:MM; before `from` it is on the next day.'),
    breaks: z.array(z.string()).describe('HH:MM-HH:MM.'),
    days: z.array(z.number().int()).describe('1 = Monday … 7 = Sunday; empty = every day.'),
  })
  .meta({ id: 'Shift' });

export const PlantAnswer = z
  .object({
    plant: z.object({
      id: z.string(),
      name: words,
      timezone: z.string(),
      language: z.enum(['ko', 'en']),
      size: z.enum(['large', 'mid', 'sme', 'small']),
      industry: z.string(),
    }),
    shifts: z.array(ShiftAnswer),
    version: z.string(),
    nowMs: timeMs,
    startedMs: timeMs,
  })
  .meta({ id: 'Plant' });

/** A limit that is not set is null. */
export const SpecificationAnswer = z
  .object({ lower: figure, target: figure, upper: figure })
  .meta({ id: 'Specification' });

export const RuleAnswer = z
  .object({
    id: z.string().describe('Short name shown at points, such as N2.'),
    sentence: z.string().describe('The rule itself, in the grammar of the configuration.'),
    words: words.describe('The same for people.'),
  })
  .meta({ id: 'Rule' });

export const CharacteristicAnswer = z
  .object({
    id: z.string(),
    name: words,
    unit: z.string(),
    class: z.enum(['critical', 'significant', 'standard']),
    line: z.string(),
    station: z.string(),
    kind: z.enum(['variable', 'attribute']).describe('Measured values, or counts.'),
    spec: SpecificationAnswer,
    chart: z.string().describe('Name of the chart, such as xbar-s.'),
    subgroup: z.object({ size: z.number(), everyS: figure, closeOn: z.array(z.string()) }),
    sample: z.object({ take: z.number(), of: z.number() }),
    rules: z.array(RuleAnswer),
    gauge: z.string().nullable(),
    streams: z.array(z.string()).describe('Ids of its streams known so far.'),
  })
  .meta({ id: 'Characteristic' });

export const CharacteristicsAnswer = z
  .object({ characteristics: z.array(CharacteristicAnswer) })
  .meta({ id: 'Characteristics' });
