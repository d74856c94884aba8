// One text for one plan, so that plans can be compared, hashed and journaled.
import { createHash } from 'node:crypto';
import type { EnginePlan, Plan } from './plan.ts';

/**
 * JSON with keys in code-unit order and nothing undefined: equal data gives equal text on every machine.
 *
 * @param value plain JSON data; NaN and infinities become null, -0 becomes 0, as in JSON itself
 * @example
 * canonicalJson({ b: 1, a: [true, undefined] }); // => '{"a":[true,null],"b":1}'
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const parts: string[] = [];
  // Object.keys of a record whose values are unknown.
  const group = value as Readonly<Record<string, unknown>>;
  for (const key of Object.keys(group).sort()) {
    if (group[key] !== undefined) parts.push(`${JSON.stringify(key)}:${canonicalJson(group[key])}`);
  }
  return `{${parts.join(',')}}`;
}

/** The part of a plan that engine and alarms may know: no address, no secret. */
export function enginePlan(plan: Plan | EnginePlan): EnginePlan {
  return {
    plant: plan.plant,
    shifts: plan.shifts,
    adapters: plan.adapters.map(({ id, use }) => ({ id, use })),
    characteristics: plan.characteristics,
    lateness_ms: plan.lateness_ms,
  };
}

/** sha256 (hex) of the canonical JSON of the engine's part of a plan; secrets and addresses do not change it. */
export function planHash(plan: Plan | EnginePlan): string {
  return createHash('sha256')
    .update(canonicalJson(enginePlan(plan)), 'utf8')
    .digest('hex');
}
