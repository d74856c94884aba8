// The HTTP contract: the shape of every request and every answer. Types, OpenAPI, validation and the dashboards come from here.
//
// Keys are camelCase, as in the row types. Times are ms since 1970 (UTC) in keys ending in `Ms`. A number that has no value is null, never 0
// and never absent. Streams are named by their id (`characteristic~part~split`), never by the history's index.
// The schemas stand in contract/<area>.ts; the types below are inferred from them.
import type * as z from 'zod';
import type {
  AcknowledgeBody,
  AlarmAnswer,
  AlarmsAnswer,
  CauseBody,
  CloseBody,
  CommandAnswer,
  CommentBody,
  EventAnswer,
  EventsAnswer,
  LiveAnswer,
  ShelveBody,
  UnshelveBody,
} from './contract/alarms.ts';
import type { DiagnosisAnswer, IndicatorAnswer } from './contract/diagnosis.ts';
import type { AdapterAnswer, HealthAnswer } from './contract/health.ts';
import type {
  CharacteristicAnswer,
  CharacteristicsAnswer,
  LoginBody,
  PlantAnswer,
  RuleAnswer,
  SessionAnswer,
  ShiftAnswer,
  SpecificationAnswer,
} from './contract/plant.ts';
import type {
  HistogramAnswer,
  MeasurementAnswer,
  MeasurementsAnswer,
  PointAnswer,
  PointsAnswer,
} from './contract/points.ts';
import type { ReplayAnswer, ReplayBody } from './contract/replay.ts';
import type { BudgetAnswer, PriceAnswer, RuleSetsAnswer, StreamPriceAnswer } from './contract/rules.ts';
import type {
  CapabilityAnswer,
  ExcludeBody,
  LimitsAnswer,
  LimitsBody,
  StreamAnswer,
  StreamDetailAnswer,
  StreamsAnswer,
} from './contract/streams.ts';
import type { ErrorBody } from './contract/vocabulary.ts';

export type BudgetJson = z.output<typeof BudgetAnswer>;
export type PriceJson = z.output<typeof PriceAnswer>;
export type StreamPriceJson = z.output<typeof StreamPriceAnswer>;
export type RuleSetsJson = z.output<typeof RuleSetsAnswer>;
export type ReplayJson = z.output<typeof ReplayAnswer>;
export type ReplayRequestJson = z.input<typeof ReplayBody>;
export type ErrorJson = z.output<typeof ErrorBody>;
export type LoginJson = z.input<typeof LoginBody>;
export type SessionJson = z.output<typeof SessionAnswer>;
export type PlantJson = z.output<typeof PlantAnswer>;
export type ShiftJson = z.output<typeof ShiftAnswer>;
export type SpecificationJson = z.output<typeof SpecificationAnswer>;
export type RuleJson = z.output<typeof RuleAnswer>;
export type CharacteristicJson = z.output<typeof CharacteristicAnswer>;
export type CharacteristicsJson = z.output<typeof CharacteristicsAnswer>;
export type PointJson = z.output<typeof PointAnswer>;
export type PointsJson = z.output<typeof PointsAnswer>;
export type MeasurementJson = z.output<typeof MeasurementAnswer>;
export type MeasurementsJson = z.output<typeof MeasurementsAnswer>;
export type HistogramJson = z.output<typeof HistogramAnswer>;
export type LimitsJson = z.output<typeof LimitsAnswer>;
export type CapabilityJson = z.output<typeof CapabilityAnswer>;
export type StreamJson = z.output<typeof StreamAnswer>;
export type StreamsJson = z.output<typeof StreamsAnswer>;
export type StreamDetailJson = z.output<typeof StreamDetailAnswer>;
export type AdapterJson = z.output<typeof AdapterAnswer>;
export type AlarmJson = z.output<typeof AlarmAnswer>;
export type AlarmsJson = z.output<typeof AlarmsAnswer>;
export type CommandJson = z.output<typeof CommandAnswer>;
export type EventJson = z.output<typeof EventAnswer>;
export type EventsJson = z.output<typeof EventsAnswer>;
export type LiveJson = z.output<typeof LiveAnswer>;
export type HealthJson = z.output<typeof HealthAnswer>;
export type IndicatorJson = z.output<typeof IndicatorAnswer>;
export type DiagnosisJson = z.output<typeof DiagnosisAnswer>;
export type AcknowledgeJson = z.input<typeof AcknowledgeBody>;
export type CauseJson = z.input<typeof CauseBody>;
export type CommentJson = z.input<typeof CommentBody>;
export type ShelveJson = z.input<typeof ShelveBody>;
export type UnshelveJson = z.input<typeof UnshelveBody>;
export type CloseJson = z.input<typeof CloseBody>;
export type LimitsRequestJson = z.input<typeof LimitsBody>;
export type ExcludeJson = z.input<typeof ExcludeBody>;
