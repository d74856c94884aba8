// What a new plan changes: the supervisor restarts only that.
import { canonicalJson } from './hash.ts';
import type { Plan } from './plan.ts';

/** Ids, each list in the order of the plan it comes from. */
export interface Changes {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly changed: readonly string[];
  readonly unchanged: readonly string[];
}

export interface PlanDiff {
  readonly adapters: Changes;
  readonly characteristics: Changes;
  /** Other sections that differ: those of LIVE take effect at once; server, data_dir, history need a restart. */
  readonly sections: readonly (Live | Fixed)[];
  /** True when a section differs that only a restart of the program brings into force. */
  readonly needsRestart: boolean;
  readonly isEmpty: boolean;
}

type Live = (typeof LIVE)[number];
type Fixed = (typeof FIXED)[number];

const LIVE = ['plant', 'shifts', 'lateness_ms', 'journal', 'false_alarms_per_day'] as const;
const FIXED = ['server', 'data_dir', 'history'] as const;

/** Compares two plans by value. A changed secret changes its adapter. */
export function planDiff(before: Plan, after: Plan): PlanDiff {
  const adapters = changes(before.adapters, after.adapters);
  const characteristics = changes(before.characteristics, after.characteristics);
  const sections = [...LIVE, ...FIXED].filter((key) => canonicalJson(before[key]) !== canonicalJson(after[key]));
  const isSame = (each: Changes): boolean => each.added.length + each.removed.length + each.changed.length === 0;
  return {
    adapters,
    characteristics,
    sections,
    needsRestart: FIXED.some((key) => sections.includes(key)),
    isEmpty: isSame(adapters) && isSame(characteristics) && sections.length === 0,
  };
}

function changes(before: readonly { readonly id: string }[], after: readonly { readonly id: string }[]): Changes {
  const old = new Map(before.map((each) => [each.id, canonicalJson(each)]));
  const ids = new Set(after.map((each) => each.id));
  const added: string[] = [];
  const changed: string[] = [];
  const unchanged: string[] = [];
  for (const each of after) {
    const known = old.get(each.id);
    if (known === undefined) added.push(each.id);
    else if (known === canonicalJson(each)) unchanged.push(each.id);
    else changed.push(each.id);
  }
  return { added, removed: before.filter((each) => !ids.has(each.id)).map((each) => each.id), changed, unchanged };
}
