// What is published runs: the sources compiled to JavaScript, without the dashboards, which vite builds.
import { spawn, spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ROOT, until } from './e2e/pumjil.ts';

// Below the checkout, so that packages are found; named dist, so that nothing else looks into it.
const place = join('.cache', `build-${process.pid}`);
const out = join(place, 'dist');
const main = join(ROOT, out, 'src', 'main.js');
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'pumjil-build-'));
  const built = spawnSync(process.execPath, ['start.mjs', 'build', '--sources', '--out', out], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  expect({ status: built.status, stdout: built.stdout }, built.stderr).toEqual({ status: 0, stdout: '' });
  // As in the published package: it lies beside dist/.
  copyFileSync(join(ROOT, 'package.json'), join(ROOT, place, 'package.json'));
}, 120_000);

afterAll(() => {
  rmSync(join(ROOT, place), { recursive: true, force: true });
  rmSync(folder, { recursive: true, force: true });
});

function pumjil(...args: string[]) {
  const env = { ...process.env, MES_TOKEN: 'a-long-enough-secret' };
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], {
    cwd: folder,
    env,
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

test('the built program tells its version and checks an example, with every adapter, chart and rule set', () => {
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
  expect(pumjil('version')).toMatchObject({ status: 0, stdout: `pumjil ${version} (node ${process.versions.node})\n` });
  for (const example of ['minimal.yaml', 'moulding.yaml', 'files-and-mes.yaml']) {
    const checked = pumjil('check', '-c', join(ROOT, 'examples', example));
    expect(checked).toMatchObject({ status: 0, stderr: '' });
    expect(checked.stdout).toContain('no mistakes');
  }
  const schema = pumjil('schema').stdout;
  for (const name of readdirSync(join(ROOT, 'adapters'))) expect(schema).toContain(`"${name}"`);
  for (const name of readdirSync(join(ROOT, 'rules', 'run-rules')))
    if (name.endsWith('.yaml')) expect(schema).toContain(`"${name.slice(0, -'.yaml'.length)}"`);
}, 60_000);

test('the built program runs a plant, with its threads, and ends cleanly', async () => {
  writeFileSync(join(folder, 'pumjil.yaml'), 'plant: { id: a }\nserver: { port: 0 }\n');
  const child = spawn(process.execPath, [main, 'run', '--log', 'warn'], {
    cwd: folder,
    env: { ...process.env, PUMJIL_ADMIN_PASSWORD: 'correct-horse-battery' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise((done) => child.once('exit', (code) => done(code)));
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  try {
    const url = await until('the built program prints its address', 30_000, () => /^http:\S+/m.exec(said)?.[0]);
    await until('it is ready', 30_000, async () => (await fetch(`${url}/readyz`)).status === 200);
  } finally {
    child.kill('SIGTERM');
  }
  expect(await ended, said).toBe(0);
}, 90_000);

test('nothing built still points at a TypeScript file, and no test is among it', () => {
  const files = readdirSync(join(ROOT, out), { recursive: true, encoding: 'utf8' });
  expect(files.filter((name) => /\.test\.|testbed/.test(name))).toEqual([]);
  const pointing = files
    .filter((name) => name.endsWith('.js'))
    .filter((name) => /(from|import)\s*\(?\s*['"][^'"]+\.ts['"]/.test(code(join(ROOT, out, name))));
  expect(pointing).toEqual([]);
});

function code(path: string): string {
  return readFileSync(path, 'utf8')
    .replaceAll(/\/\*[\s\S]*?\*\//g, '')
    .replaceAll(/(^|[^:])\/\/.*$/gm, '$1');
}
