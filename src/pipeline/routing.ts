// Which tag feeds what: derived from the plan, never part of the state.
import type { CharacteristicPlan, EnginePlan } from '../config/plan.ts';

/** One tag of a characteristic that judges several together. */
export interface Member {
  readonly characteristic: CharacteristicPlan;
  /** Place of the tag, and so of the variable. */
  readonly place: number;
}

/** What one tag is used for. */
export interface TagUse {
  /** Characteristics whose value it is. */
  readonly values: readonly CharacteristicPlan[];
  /** Characteristics of several tags of which it is one, and its place among them. */
  readonly members: readonly Member[];
  /** Characteristics whose count it is. */
  readonly counts: readonly CharacteristicPlan[];
  /** Characteristics whose inspected number it is. */
  readonly inspected: readonly CharacteristicPlan[];
  /** True when some characteristic takes its part number or a context key from it. */
  readonly fillsContext: boolean;
}

export interface Routing {
  /** Use of a tag written `adapter/tag`. */
  use(tag: string): TagUse;
  characteristic(id: string): CharacteristicPlan | undefined;
  /** Whether an adapter brings what was written down elsewhere (entries, files): late by nature, and corrected by later rows. */
  isRecord(adapter: string): boolean;
}

/** Kinds of adapters that deliver records. */
const RECORDS: ReadonlySet<string> = new Set(['http', 'file']);

const UNUSED: TagUse = { values: [], members: [], counts: [], inspected: [], fillsContext: false };

/** Compiles the plan into look-ups by tag. */
export function routingOf(plan: EnginePlan): Routing {
  const uses = new Map<
    string,
    {
      values: CharacteristicPlan[];
      members: Member[];
      counts: CharacteristicPlan[];
      inspected: CharacteristicPlan[];
      fillsContext: boolean;
    }
  >();
  const byId = new Map<string, CharacteristicPlan>();
  const useOf = (tag: string) => {
    const known = uses.get(tag);
    if (known !== undefined) return known;
    const fresh = { values: [], members: [], counts: [], inspected: [], fillsContext: false };
    uses.set(tag, fresh);
    return fresh as TagUse & {
      values: CharacteristicPlan[];
      members: Member[];
      counts: CharacteristicPlan[];
      inspected: CharacteristicPlan[];
      fillsContext: boolean;
    };
  };
  for (const characteristic of plan.characteristics) {
    byId.set(characteristic.id, characteristic);
    if ('tag' in characteristic.from) useOf(characteristic.from.tag).values.push(characteristic);
    else if ('all' in characteristic.from) {
      for (const [place, tag] of characteristic.from.all.entries()) useOf(tag).members.push({ characteristic, place });
    } else {
      useOf(characteristic.from.count).counts.push(characteristic);
      useOf(characteristic.from.inspected).inspected.push(characteristic);
    }
    if (characteristic.part !== undefined) useOf(characteristic.part).fillsContext = true;
    for (const tag of Object.values(characteristic.context)) useOf(tag).fillsContext = true;
  }
  const records = new Set(plan.adapters.filter((adapter) => RECORDS.has(adapter.use)).map((adapter) => adapter.id));
  return {
    use: (tag) => uses.get(tag) ?? UNUSED,
    characteristic: (id) => byId.get(id),
    isRecord: (adapter) => records.has(adapter),
  };
}
