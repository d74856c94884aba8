// Looks into zod schemas: which keys are known at a place, what a setting is for, whether it is a secret.
import type { ZodType } from 'zod';
import type { Key } from './problem.ts';

/** What a schema's own notes say about a setting. */
export interface SettingNotes {
  readonly description?: string | undefined;
  readonly example?: unknown;
  /** Value must not stand in the file: `${NAME}` or `file:` only. */
  readonly secret?: boolean | undefined;
  /** Relative paths start at the folder of the configuration file. */
  readonly path?: boolean | undefined;
}

// The parts of a zod definition that are read here; zod documents them for tools like this one.
interface Definition {
  readonly type: string;
  readonly innerType?: ZodType;
  readonly in?: ZodType;
  readonly out?: ZodType;
  readonly getter?: () => ZodType;
  readonly shape?: Readonly<Record<string, ZodType>>;
  readonly element?: ZodType;
  readonly valueType?: ZodType;
  readonly options?: readonly ZodType[];
  readonly left?: ZodType;
  readonly right?: ZodType;
  readonly items?: readonly ZodType[];
  readonly values?: readonly unknown[];
}

const WRAPPERS = new Set([
  'optional',
  'default',
  'prefault',
  'nullable',
  'nonoptional',
  'readonly',
  'catch',
  'success',
]);

/**
 * The objects, records, arrays and plain types that a schema allows, wrappers removed and unions opened.
 *
 * @param value what stands there; a union of objects told apart by a constant (such as `use`) then gives only the one meant
 */
export function alternatives(schema: ZodType, value?: unknown): readonly ZodType[] {
  const def = definition(schema);
  if (WRAPPERS.has(def.type) && def.innerType !== undefined) return alternatives(def.innerType, value);
  if (def.type === 'pipe') {
    // A preprocess step has the transform first, a refinement or transform after it last.
    const side = def.in !== undefined && definition(def.in).type !== 'transform' ? def.in : def.out;
    return side === undefined ? [schema] : alternatives(side, value);
  }
  if (def.type === 'lazy' && def.getter !== undefined) return alternatives(def.getter(), value);
  if (def.type === 'intersection' && def.left !== undefined && def.right !== undefined) {
    return [...alternatives(def.left, value), ...alternatives(def.right, value)];
  }
  if (def.type !== 'union' || def.options === undefined) return [schema];
  const all = def.options.flatMap((option) => alternatives(option, value));
  const meant = all.filter((option) => hasSameConstants(option, value));
  return meant.length > 0 && meant.length < all.length && isGroup(value) ? meant : all;
}

/** Keys that may stand at a place of the settings; empty where any name may. */
export function knownKeys(schema: ZodType, value?: unknown): readonly string[] {
  const keys = alternatives(schema, value).flatMap((each) => Object.keys(definition(each).shape ?? {}));
  return [...new Set(keys)];
}

/** The schema of a setting further down, or undefined where any name may stand or nothing is known. */
export function schemaAt(schema: ZodType, keys: readonly Key[], value: unknown): ZodType | undefined {
  let here: ZodType | undefined = schema;
  let current = value;
  for (const key of keys) {
    here = here === undefined ? undefined : childSchema(here, key, current)?.schema;
    current = isGroup(current) ? current[String(key)] : Array.isArray(current) ? current[Number(key)] : undefined;
  }
  return here;
}

/** One step down. `isNamed` is true when the key is a setting of its own, false when it is a name that the person chose. */
export function childSchema(
  schema: ZodType,
  key: Key,
  value: unknown,
): { readonly schema: ZodType; readonly isNamed: boolean } | undefined {
  for (const each of alternatives(schema, value)) {
    const def = definition(each);
    const named = def.shape?.[String(key)];
    if (named !== undefined && Object.hasOwn(def.shape ?? {}, String(key))) return { schema: named, isNamed: true };
    const item = def.type === 'tuple' ? def.items?.[Number(key)] : def.type === 'array' ? def.element : undefined;
    if (item !== undefined && typeof key === 'number') return { schema: item, isNamed: false };
    if (def.type === 'record' && def.valueType !== undefined) return { schema: def.valueType, isNamed: false };
  }
  return undefined;
}

/** Description, example and flags of a setting, from the outermost layer that has them. */
export function notesOf(schema: ZodType): SettingNotes {
  const meta = (schema.meta() ?? {}) as Readonly<Record<string, unknown>>;
  const def = definition(schema);
  const inner = def.innerType ?? (def.type === 'pipe' ? def.in : undefined);
  const below: SettingNotes = inner === undefined ? {} : notesOf(inner);
  const examples = meta.examples;
  return {
    description: typeof meta.description === 'string' ? meta.description : below.description,
    example: Array.isArray(examples) ? examples[0] : (meta.example ?? below.example),
    secret: typeof meta.secret === 'boolean' ? meta.secret : below.secret,
    path: typeof meta.path === 'boolean' ? meta.path : below.path,
  };
}

/** True for a group of keys: neither null nor a list. */
export function isGroup(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function definition(schema: ZodType): Definition {
  return schema.def as unknown as Definition;
}

function hasSameConstants(schema: ZodType, value: unknown): boolean {
  const shape = definition(schema).shape;
  if (shape === undefined || !isGroup(value)) return false;
  const constants = Object.entries(shape).filter(([, each]) => definition(each).type === 'literal');
  return constants.length > 0 && constants.every(([key, each]) => definition(each).values?.includes(value[key]));
}
