import fc from 'fast-check';
import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { readYaml } from './yaml.ts';

test('plain JSON data written as YAML is read back as it was', () => {
  const key = fc
    .stringMatching(/^[a-z가-힣_][a-z0-9_-]{0,8}$/)
    .filter((each) => !['__proto__', 'constructor', 'prototype'].includes(each));
  const { tree } = fc.letrec((tie) => ({
    leaf: fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.integer(),
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((x) => (Object.is(x, -0) ? 0 : x)),
      fc.boolean(),
      fc.constant(null),
    ),
    tree: fc.oneof(
      { maxDepth: 4 },
      tie('leaf'),
      fc.array(tie('tree'), { maxLength: 4 }),
      fc.dictionary(key, tie('tree'), { maxKeys: 4, noNullPrototype: true }),
    ),
  }));
  fc.assert(
    fc.property(fc.dictionary(key, tree, { maxKeys: 4, noNullPrototype: true }), (data) => {
      const { value, problems } = readYaml(stringify(data));
      expect(problems).toEqual([]);
      expect(value).toEqual(data);
    }),
  );
});

test('keys stay as written: a part number of digits keeps its zeros', () => {
  expect(readYaml('007: a\n1e3: b\ntrue: c\n').value).toEqual({ '007': 'a', '1e3': 'b', true: 'c' });
});

test('a byte order mark and Windows line ends change neither values nor lines', () => {
  const { value, place } = readYaml('\uFEFFa: 1\r\nb:\r\n  c: x\r\n');
  expect(value).toEqual({ a: 1, b: { c: 'x' } });
  expect(place({ keys: ['b', 'c'], at: 'value', message: '', hint: '', code: 'missing' })).toMatchObject({
    line: 3,
    column: 6,
  });
});

test('a finding about something absent stands at its nearest parent', () => {
  const { place } = readYaml('a:\n  b:\n    c: 1\n');
  expect(place({ keys: ['a', 'b', 'd', 'e'], at: 'value', message: '', hint: '', code: 'missing' })).toMatchObject({
    line: 2,
    column: 3,
  });
});

test('an alias gives the value it names, and a place inside it is that of the value', () => {
  const { value, place } = readYaml('a: &x { b: 1 }\nc: *x\n');
  expect(value).toEqual({ a: { b: 1 }, c: { b: 1 } });
  expect(place({ keys: ['c', 'b'], at: 'value', message: '', hint: '', code: 'missing' }).line).toBe(1);
});

test('an alias that contains itself is refused', () => {
  expect(readYaml('a: &a [*a]\n').problems[0]?.message).toMatch(/refers to itself/);
});

test('names that reach into prototypes are refused and change nothing', () => {
  const { problems } = readYaml('__proto__: { polluted: 1 }\na: { constructor: { prototype: { polluted: 1 } } }\n');
  expect(problems.map((problem) => problem.line)).toEqual([1, 2]);
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
});

test('a bomb of nested aliases is refused at once', () => {
  let text = 'a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n';
  for (let i = 1; i < 30; i += 1)
    text += `a${i}: &a${i} [${Array(10)
      .fill(`*a${i - 1}`)
      .join(', ')}]\n`;
  const started = performance.now();
  expect(readYaml(text).problems[0]?.message).toMatch(/more than 1000 aliases/);
  expect(performance.now() - started).toBeLessThan(2000);
});
