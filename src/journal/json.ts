// JSON that keeps what JSON forgets: NaN, the infinities, minus zero, and the names of unusual keys.

/** Signs that JSON writes with a backslash. */
const ESCAPED = /["\\\p{Cc}\p{Cs}]/u;

/**
 * JSON text of a plain value. Numbers that JSON has no word for become `{"$":"NaN"}`; keys that begin with `$` get one more.
 * An object with a key that JSON would have to escape becomes a list of pairs: the JSON.parse of Node 24.21 (V8 13.6) takes
 * such a key for a lone backslash once it has seen one at that place, `{"a":1,"\\":2}` and then `{"a":1,"\n":2}`.
 *
 * @example
 * toJson({ centre: Number.NaN }); // => '{"centre":{"$":"NaN"}}'
 */
export function toJson(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => {
    if (typeof part === 'number') {
      if (Number.isFinite(part) && !Object.is(part, -0)) return part;
      return { $: Object.is(part, -0) ? '-0' : String(part) };
    }
    if (!isRecord(part)) return part;
    const keys = Object.keys(part);
    if (keys.some((key) => ESCAPED.test(key))) return { $: 'pairs', of: Object.entries(part) };
    if (!keys.some((key) => key.startsWith('$'))) return part;
    return Object.fromEntries(Object.entries(part).map(([key, v]) => [key.startsWith('$') ? `$${key}` : key, v]));
  });
}

/**
 * The value of a text made by {@link toJson}.
 *
 * @throws SyntaxError when the text is no JSON
 * @example
 * fromJson('{"centre":{"$":"NaN"}}'); // => { centre: NaN }
 */
export function fromJson(text: string): unknown {
  return JSON.parse(text, (_, part: unknown) => {
    if (!isRecord(part)) return part;
    if ('$' in part) {
      if (Array.isArray(part.of)) return Object.fromEntries(part.of);
      return part.$ === '-0' ? -0 : Number(part.$);
    }
    if (!Object.keys(part).some((key) => key.startsWith('$$'))) return part;
    return Object.fromEntries(Object.entries(part).map(([key, v]) => [key.startsWith('$$') ? key.slice(1) : key, v]));
  });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
