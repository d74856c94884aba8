import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseSourceJson } from './source-json.ts';

/** Keys that need an escape, keys that look like what stands in for them, and others. */
const key = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 4 }),
  fc.string({
    unit: fc.constantFrom('\\', '\n', '"', '/', 'n', 'u', '\uE000', '\uD800', '\u0001', '한', 'a'),
    maxLength: 4,
  }),
);

test('an escaped key is never taken for the lone backslash that stood there before', () => {
  for (const key of ['\\', '\n', '"', '\t', '\\n', '\u0001']) {
    expect(parseSourceJson(`{"a":1,${JSON.stringify(key)}:2}`)).toEqual({ a: 1, [key]: 2 });
  }
});

test('any object comes back with its keys, whatever was read before', () => {
  fc.assert(
    fc.property(
      fc.array(fc.dictionary(key, fc.oneof(fc.integer(), key, fc.dictionary(key, fc.integer()))), { maxLength: 4 }),
      (objects) => {
        for (const object of objects) {
          const back = parseSourceJson(JSON.stringify(object, undefined, 1));
          expect(Object.entries(back as object).map(([k, v]) => [k, JSON.stringify(v)])).toEqual(
            Object.entries(object).map(([k, v]) => [k, JSON.stringify(v)]),
          );
        }
      },
    ),
  );
});

test('what is no JSON is refused as JSON.parse refuses it', () => {
  for (const text of ['', '{', '{"a\\":1}', '"\\x"', '{"a":1,}', "{'a':1}"])
    expect(() => parseSourceJson(text)).toThrow(SyntaxError);
});

test('a key that reaches for the prototype is a key like any other', () => {
  const read = parseSourceJson('{"__proto__":{"polluted":1},"\\u005f_proto__":2,"a\\n":3}');
  expect(Object.entries(read as object)).toEqual([
    ['__proto__', 2],
    ['a\n', 3],
  ]);
  expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
});
