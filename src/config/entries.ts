// The maps of the file whose keys are ids: adapters and characteristics.
import { type Finding, finding, type Key } from './problem.ts';
import type { plainId } from './schema.ts';
import { isGroup } from './schema-walk.ts';

/** Ids with what stands below them; a section that is no map is a finding. */
export function groupEntries(written: unknown, section: string, findings: Finding[]): [string, unknown][] {
  if (written === undefined) return [];
  if (isGroup(written)) return Object.entries(written);
  const hint =
    section === 'adapters'
      ? 'Write: adapters: { press3: { use: modbus, … } }'
      : 'Write: characteristics: { press3.cushion: { from: press3/cushion } }';
  findings.push(finding([section], 'wrong_type', 'expected ids with their settings', hint));
  return [];
}

/** Finds an id that cannot be used. */
export function checkId(schema: typeof plainId, keys: readonly Key[], id: string): Finding[] {
  const result = schema.safeParse(id);
  if (result.success) return [];
  return [
    finding(keys, 'not_allowed', `"${id}" is not a usable id`, `${result.error.issues[0]?.message ?? ''}.`, 'key'),
  ];
}
