import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadComponents } from './load.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'pumjil-components-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function put(path: string, text: string): void {
  mkdirSync(join(root, path, '..'), { recursive: true });
  writeFileSync(join(root, path), text);
}

const ADAPTER = 'export default { settings: {}, async probe() {}, async *collect() {} };\n';

test('this installation has its adapters, charts and rule sets', async () => {
  const { adapters, charts, ruleSets } = await loadComponents();
  expect([...adapters.keys()]).toEqual(expect.arrayContaining(['file', 'http', 'modbus', 'mqtt', 'opcua']));
  expect([...charts.keys()]).toEqual(expect.arrayContaining(['ewma', 'i-mr', 'p', 'u', 'xbar-r', 'xbar-s']));
  expect(Object.keys(ruleSets.get('standard') ?? {})).toEqual(['N1', 'N2']);
});

test('a component is found by its folder, from source or built, and imported once when it is used', async () => {
  put('package.json', '{"type":"module"}');
  put('adapters/a/index.ts', ADAPTER);
  put('adapters/b/index.js', ADAPTER);
  put('adapters/c/README.md', '');
  const { adapters } = await loadComponents(root);
  expect([...adapters.keys()]).toEqual(['a', 'b']);
  const b = adapters.get('b');
  expect(await b?.load()).toBe(await b?.load());
});

test('rules of a built package lie one folder up', async () => {
  put('rules/run-rules/x.yaml', 'rules: { A: 1 of 1 beyond 3 sigma }\n');
  const { ruleSets } = await loadComponents(join(root, 'dist'));
  expect([...ruleSets]).toEqual([['x', { A: '1 of 1 beyond 3 sigma' }]]);
});

test('an adapter without its exports is COMPONENT_INVALID when it is used, not before', async () => {
  put('package.json', '{"type":"module"}');
  put('adapters/broken/index.js', 'export default { settings: {} };\n');
  const { adapters } = await loadComponents(root);
  await expect(adapters.get('broken')?.load()).rejects.toMatchObject({
    code: 'COMPONENT_INVALID',
    data: { lacks: ['probe', 'collect'] },
  });
});

test('a rule set that is no map of sentences is COMPONENT_INVALID', async () => {
  put('rules/run-rules/x.yaml', 'rules: [a]\n');
  await expect(loadComponents(root)).rejects.toMatchObject({ code: 'COMPONENT_INVALID' });
});
