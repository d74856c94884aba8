// A small, safe part of JSONPath: $, .name, ["any name"], [index]. No filters, no scripts, no wildcards.

/** Gives what stands at the path, undefined when there is nothing. Never looks at inherited properties. */
export type PathReader = (payload: unknown) => unknown;

const STEP = /\.([^.[\]\s]+)|\[(\d{1,6})\]|\["([^"\]]+)"\]/gu;

/**
 * Compiles a path; the settings have checked its form.
 *
 * @example
 * compilePath('$.a["b c"][1]')({ a: { 'b c': [1, 2] } }); // => 2
 */
export function compilePath(path: string): PathReader {
  const steps = [...path.matchAll(STEP)].map(([, name, index, quoted]) => name ?? quoted ?? Number(index));
  return (payload) => {
    let at: unknown = payload;
    for (const step of steps) {
      if (typeof at !== 'object' || at === null || !Object.hasOwn(at, step)) return undefined;
      at = Reflect.get(at, step);
    }
    return at;
  };
}
