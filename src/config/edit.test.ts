import {
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { editFile, editText } from './edit.ts';
import { readYaml } from './yaml.ts';

const TEXT = `# head
plant: { id: a, name: "A 'B'" }   # plant

characteristics:
  # about cushion
  press3.cushion:
    from: press3/cushion   # tag
    spec: { lower: 4, upper: 6 }
    rules: standard
`;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'pumjil-edit-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('a plain value is replaced where it stands and no other byte changes', () => {
  const keys = ['characteristics', 'press3.cushion', 'spec', 'upper'];
  expect(editText(TEXT, [{ keys, value: 6.5 }])).toBe(TEXT.replace('upper: 6', 'upper: 6.5'));
});

test('a text keeps its quotes, and gets some where it needs them', () => {
  expect(editText(TEXT, [{ keys: ['plant', 'name'], value: 'C' }])).toBe(TEXT.replace(`"A 'B'"`, '"C"'));
  const keys = ['characteristics', 'press3.cushion', 'rules'];
  for (const value of ['a: b', '#x', '08:00', '7', 'true', '{x}', 'a, b', '', ' x ', '%', '쿠션', 'line\nbreak']) {
    const { value: read, problems } = readYaml(editText(TEXT, [{ keys, value }]));
    expect(problems).toEqual([]);
    expect(read).toMatchObject({ characteristics: { 'press3.cushion': { rules: value } } });
  }
});

test('adding and removing settings keeps every comment', () => {
  const keys = ['characteristics', 'press3.cushion'];
  const added = editText(TEXT, [
    { keys: [...keys, 'spec', 'target'], value: 5 },
    { keys: [...keys, 'limits'], value: { centre: 5, sigma: 0.1 } },
    { keys: ['shifts'], value: [{ id: 'D', from: '08:00', to: '20:00' }] },
  ]);
  for (const comment of ['# head', '# plant', '# about cushion', '# tag']) expect(added).toContain(comment);
  expect(readYaml(added).value).toMatchObject({
    characteristics: {
      'press3.cushion': { spec: { lower: 4, upper: 6, target: 5 }, limits: { centre: 5, sigma: 0.1 } },
    },
    shifts: [{ id: 'D', from: '08:00', to: '20:00' }],
  });
  const removed = editText(added, [{ keys: [...keys, 'limits'], value: undefined }]);
  expect(readYaml(removed).value).not.toMatchObject({ characteristics: { 'press3.cushion': { limits: {} } } });
  expect(removed).toContain('# about cushion');
});

test('a section with nothing below it takes its first entry', () => {
  const text = 'plant: { id: a }\nadapters:\n';
  expect(readYaml(editText(text, [{ keys: ['adapters', 'one', 'use'], value: 'http' }])).value).toEqual({
    plant: { id: 'a' },
    adapters: { one: { use: 'http' } },
  });
});

test('any plain value put in is the value read back, and setting it back restores the text', () => {
  const value = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((x) => x + 0),
    fc.boolean(),
    fc.constant(null),
  );
  const keys = ['plant', 'id'];
  fc.assert(
    fc.property(value, (each) => {
      const edited = editText(TEXT, [{ keys, value: each }]);
      expect(readYaml(edited).problems).toEqual([]);
      expect(readYaml(edited).value).toMatchObject({ plant: { id: Object.is(each, -0) ? 0 : each } });
    }),
  );
});

test('a path through a plain value is refused, not written over', () => {
  expect(() => editText(TEXT, [{ keys: ['plant', 'id', 'x'], value: 1 }])).toThrow(/plant.id is a plain value/);
});

test('a file is replaced whole, keeps its mode and its link, and nothing is left beside it', async () => {
  const file = join(folder, 'real.yaml');
  const link = join(folder, 'pumjil.yaml');
  writeFileSync(file, TEXT, { mode: 0o640 });
  symlinkSync(file, link);
  await editFile(link, [{ keys: ['plant', 'id'], value: 'b' }], async () => undefined);
  expect(readFileSync(file, 'utf8')).toBe(TEXT.replace('id: a', 'id: b'));
  expect(lstatSync(link).isSymbolicLink()).toBe(true);
  if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o640);
  expect(readdirSync(folder).sort()).toEqual(['pumjil.yaml', 'real.yaml']);
});

test('a change that the check refuses leaves the file as it was', async () => {
  const file = join(folder, 'kept.yaml');
  writeFileSync(file, TEXT);
  const refuse = async (): Promise<never> => {
    throw new Error('no');
  };
  await expect(editFile(file, [{ keys: ['plant', 'id'], value: 'b' }], refuse)).rejects.toThrow('no');
  expect(readFileSync(file, 'utf8')).toBe(TEXT);
});
