// JSON that keeps what JSON forgets: NaN, the infinities and minus zero.

/**
 * JSON text of a plain value. Numbers that JSON has no word for become `{"$":"NaN"}`; keys that begin with `$` get one more.
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
    if (isRecord(part) && Object.keys(part).some((key) => key.startsWith('$'))) {
      return Object.fromEntries(Object.entries(part).map(([key, v]) => [key.startsWith('$') ? `$${key}` : key, v]));
    }
    return part;
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
    if (isMark(part)) return part.$ === '-0' ? -0 : Number(part.$);
    if (!Object.keys(part).some((key) => key.startsWith('$$'))) return part;
    return Object.fromEntries(Object.entries(part).map(([key, v]) => [key.startsWith('$$') ? key.slice(1) : key, v]));
  });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isMark(value: Record<string, unknown>): value is { $: string } {
  return '$' in value;
}
