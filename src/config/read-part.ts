// Reads one part of the file by one schema: filled in, checked, explained.
import type { ZodType, z } from 'zod';
import { explainIssues } from './explain.ts';
import { type Environment, fillIn } from './fill-in.ts';
import type { Finding, Key } from './problem.ts';
import { childSchema, isGroup, knownKeys } from './schema-walk.ts';

export interface Surroundings {
  readonly env: Environment;
  readonly folder: string;
}

export interface ReadPart<T> {
  /** The settings, when all are right. */
  readonly value: T | undefined;
  /** Those settings that are right, for checks against the rest of the file. */
  readonly partial: Partial<T>;
  readonly findings: readonly Finding[];
}

/**
 * @param schema a strict object, or anything else for a part without keys
 * @param alsoKnown keys that stand in this part but belong to another schema; named in hints
 */
export async function readPart<S extends ZodType>(
  schema: S,
  written: unknown,
  base: readonly Key[],
  around: Surroundings,
  alsoKnown: readonly string[] = [],
): Promise<ReadPart<z.output<S>>> {
  const filled = await fillIn({ schema, written, base, ...around });
  const result = await schema.safeParseAsync(filled.value);
  if (result.success) {
    // A value that a schema let pass is its own partial.
    const partial = isGroup(result.data) ? (result.data as Partial<z.output<S>>) : {};
    return { value: filled.findings.length === 0 ? result.data : undefined, partial, findings: filled.findings };
  }
  const explained = explainIssues(result.error.issues, { schema, written, base, alsoKnown });
  // What could not be filled in is empty, and it is no news that an empty text is wrong.
  const isKnown = (each: Finding): boolean => filled.findings.some((known) => isSame(known.keys, each.keys));
  const findings = distinct([...filled.findings, ...explained.filter((each) => !isKnown(each))]);
  // Each entry has passed the schema of its key.
  const partial = (await salvage(schema, filled.value, result.error.issues)) as Partial<z.output<S>>;
  return { value: undefined, partial, findings };
}

// Without what is at fault, the rest may still be read: setting by setting, the wrong entries of a group left out.
async function salvage(
  schema: ZodType,
  value: unknown,
  issues: readonly z.core.$ZodIssue[],
): Promise<Readonly<Record<string, unknown>>> {
  const right: Record<string, unknown> = {};
  if (!isGroup(value)) return right;
  for (const key of knownKeys(schema, value)) {
    const own = childSchema(schema, key, value)?.schema;
    const faults = issues.filter((issue) => issue.path[0] === key).map((issue) => issue.path.slice(1));
    // A default that stands in for something at fault is not what the person wrote.
    if (own === undefined || faults.some((path) => path.length === 0)) continue;
    const result = await own.safeParseAsync(faults.reduce(without, value[key]));
    if (result.success) right[key] = result.data;
  }
  return right;
}

function without(value: unknown, path: readonly PropertyKey[]): unknown {
  const [key, ...rest] = path;
  if (!isGroup(value) || key === undefined) return value;
  const name = String(key);
  const kept = Object.entries(value).filter(([each]) => rest.length > 0 || each !== name);
  return Object.fromEntries(kept.map(([each, item]) => [each, each === name ? without(item, rest) : item]));
}

function distinct(findings: readonly Finding[]): Finding[] {
  const seen = new Set<string>();
  return findings.filter((each) => {
    const mark = `${each.keys.join('\u0000')}\u0000${each.message}`;
    if (seen.has(mark)) return false;
    seen.add(mark);
    return true;
  });
}

function isSame(a: readonly Key[], b: readonly Key[]): boolean {
  return a.length === b.length && a.every((key, i) => key === b[i]);
}
