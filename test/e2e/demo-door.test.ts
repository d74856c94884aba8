// The door of the demo: what it says when it cannot start, and what it leaves behind when it is stopped early.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { lockFolder } from '../../src/journal/lock.ts';
import { ROOT, temporaryFolder, until } from './pumjil.ts';

const running: ChildProcess[] = [];

afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL');
});

function startDemo(folder: string, ...args: string[]) {
  const child = spawn(process.execPath, [join(ROOT, 'src', 'main.ts'), 'demo', '--data', folder, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.push(child);
  let said = '';
  const keep = (chunk: Buffer) => {
    said += chunk.toString();
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  // The streams close when the plant's processes, which have them too, are gone.
  const ended = new Promise<number | null>((done) => child.once('close', (code) => done(code)));
  return { child, ended, said: () => said };
}

test('a demo does not take away what another one works on', async () => {
  const folder = temporaryFolder('demo-twice');
  const journal = join(folder, 'data', 'journal');
  mkdirSync(journal, { recursive: true });
  writeFileSync(join(folder, 'data', 'kept'), '');
  const lock = lockFolder(journal);
  try {
    const demo = startDemo(folder, '--port', '0', '--past', '1d', '--fresh');
    expect(await demo.ended).toBe(1);
    expect(demo.said()).toMatch(
      /^pumjil: .*another Pumjil process works in this folder\. \(DATA_DIR_LOCKED\)\n {4}\S.*\n$/,
    );
    expect(existsSync(join(folder, 'data', 'kept'))).toBe(true);
  } finally {
    lock.release();
  }
}, 30_000);

test('a port that is taken is told in one sentence', async () => {
  const other = createServer();
  await new Promise<void>((done) => other.listen(0, '127.0.0.1', done));
  const address = other.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  try {
    const demo = startDemo(temporaryFolder('demo-port'), '--port', String(port), '--past', '1d');
    expect(await demo.ended).toBe(1);
    expect(demo.said()).toMatch(
      /^pumjil: server: 127\.0\.0\.1:\d+ is used by another program \(SERVER_PORT_TAKEN\)\n {4}\S.*\n$/,
    );
  } finally {
    other.close();
  }
}, 30_000);

test('Ctrl-C in the middle of the past ends it without an error and without anything left', async () => {
  const demo = startDemo(temporaryFolder('demo-early'), '--port', '0', '--past', '20d');
  await until('the past has begun', 30_000, () => demo.said().includes('20 plant days: 0 %'));
  demo.child.kill('SIGINT');
  // npm and the shell pass on what the terminal has sent to all.
  demo.child.kill('SIGINT');
  expect(await demo.ended).toBe(0);
  expect(demo.said()).not.toMatch(/error|fault|\bat /i);
}, 60_000);
