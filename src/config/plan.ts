// The plan: a checked configuration with every default written out. Plain JSON, so that it can be journaled and compared.

export type Language = 'ko' | 'en';
export type Name = Readonly<Record<Language, string>>;
export type CharacteristicClass = 'critical' | 'significant' | 'standard';

export interface Specification {
  readonly lower?: number | undefined;
  readonly target?: number | undefined;
  readonly upper?: number | undefined;
}

/** Where limits start: learnt from the first `baseline` subgroups, or typed as centre and sigma of the individual values. */
export type LimitsPlan = { readonly baseline: number } | { readonly centre: number; readonly sigma: number };

export interface SubgroupPlan {
  readonly size: number;
  /** Closes a started subgroup after this many seconds of source time. */
  readonly every_s?: number | undefined;
  /** Context keys whose change closes the subgroup. */
  readonly close_on: readonly string[];
  /** What happens to a subgroup closed before it is full. */
  readonly partial: 'judge' | 'discard';
}

/** One rule: its short name and its sentence, for instance N5 → `2 of 3 beyond 2 sigma on one side`. */
export interface RulePlan {
  readonly id: string;
  readonly sentence: string;
}

export interface CharacteristicPlan {
  readonly id: string;
  readonly name: Name;
  readonly unit: string;
  readonly class: CharacteristicClass;
  readonly line: string;
  readonly station: string;
  /** Tags are written `adapter/tag`. */
  readonly from:
    | { readonly tag: string }
    /** Several tags whose values of one time are judged together; their order is that of the variables. */
    | { readonly all: readonly string[] }
    | { readonly count: string; readonly inspected: string; readonly counter: 'per_record' | 'cumulative' };
  /** Tag whose text is the part number; without it the context key `part` is used where present. */
  readonly part?: string | undefined;
  /** Context key → tag whose latest text or value fills it. */
  readonly context: Readonly<Record<string, string>>;
  readonly split_by: readonly string[];
  readonly spec: Specification;
  readonly by_part: Readonly<Record<string, { readonly spec?: Specification; readonly limits?: LimitsPlan }>>;
  readonly plausible: { readonly lower?: number | undefined; readonly upper?: number | undefined };
  /** Takes the first `take` of every `of` values of a stream into the chart; all go to the history. */
  readonly sample: { readonly take: number; readonly of: number };
  readonly subgroup: SubgroupPlan;
  /** `use` names the chart folder; the rest are its settings, defaults filled in. */
  readonly chart: { readonly use: string } & Readonly<Record<string, unknown>>;
  readonly rules: readonly RulePlan[];
  readonly limits: LimitsPlan;
  readonly gauge?: string | undefined;
  /** Target of capability that a customer asks for, in place of that of the class. */
  readonly capability?: { readonly target: number } | undefined;
}

export interface ShiftPlan {
  readonly id: string;
  readonly name?: Name | undefined;
  /** HH:MM in the plant's time zone; `to` before `from` ends on the next day. */
  readonly from: string;
  readonly to: string;
  /** HH:MM-HH:MM. */
  readonly breaks: readonly string[];
  /** 1 = Monday … 7 = Sunday; empty = every day. */
  readonly days: readonly number[];
}

export interface PlantPlan {
  readonly id: string;
  readonly name: Name;
  readonly timezone: string;
  readonly language: Language;
  readonly size: 'large' | 'mid' | 'sme' | 'small';
  readonly industry: string;
}

export interface AdapterPlan {
  readonly id: string;
  readonly use: string;
  /** Settings of the component, checked by its schema; may hold secrets, so it never enters the journal. */
  readonly settings: unknown;
}

/** What engine and alarms know of the configuration; this part is journaled as a `config` entry. */
export interface EnginePlan {
  readonly plant: PlantPlan;
  readonly shifts: readonly ShiftPlan[];
  readonly adapters: readonly { readonly id: string; readonly use: string }[];
  readonly characteristics: readonly CharacteristicPlan[];
  readonly lateness_ms: number;
}

export type HistoryPlan =
  | { readonly use: 'embedded' }
  | {
      readonly use: 'influxdb';
      readonly url: string;
      readonly database: string;
      readonly username?: string | undefined;
      readonly password?: string | undefined;
    };

export interface Plan extends Omit<EnginePlan, 'adapters'> {
  readonly adapters: readonly AdapterPlan[];
  readonly server: { readonly host: string; readonly port: number; readonly metrics_token?: string | undefined };
  readonly data_dir: string;
  /** Budget of false alarms of the whole plant; absent: none. */
  readonly false_alarms_per_day?: number | undefined;
  readonly history: HistoryPlan;
  readonly journal: { readonly max_gb: number; readonly keep_days: number; readonly when_full: 'stop' | 'drop_oldest' };
}
