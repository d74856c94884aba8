import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { PumjilError } from '../errors.ts';
import { ensureAdmin } from './first-admin.ts';
import { generatePassword, type Passwords, passwords } from './password.ts';
import { memoryStore, type RecordStore } from './record-store.ts';
import { openSqliteStore } from './sqlite-store.ts';
import { openUsers, SESSION_MS, type UserBook } from './users.ts';

let store: RecordStore;
let nowMs: number;
let book: UserBook;

// The real hashes are tested below; here their cost would only be waited for.
const plain: Passwords = {
  hash: async (password) => `plain:${password}`,
  matches: async (password, stored) => stored === `plain:${password}`,
};
const open = (options: { allowDemo?: boolean } = {}): Promise<UserBook> =>
  openUsers({ store, now: () => nowMs, passwords: plain, ...options });

beforeEach(async () => {
  store = memoryStore();
  nowMs = 1_700_000_000_000;
  book = await open();
});

test('a user logs in with the right password only', async () => {
  await book.add('kim', 'correct horse', 'engineer');
  expect(await book.verify('kim', 'correct horse')).toEqual({ name: 'kim', role: 'engineer' });
  expect(await book.verify('kim', 'wrong horse')).toBeUndefined();
  expect(await book.verify('lee', 'correct horse')).toBeUndefined();
});

test('a session ends twelve hours after its last use, and each use prolongs it', async () => {
  const user = await book.add('kim', 'correct horse', 'viewer');
  const token = await book.open(user, nowMs);
  expect(book.find(token, nowMs + SESSION_MS - 1)).toEqual(user);
  expect(book.find(token, nowMs + 2 * SESSION_MS - 2)).toEqual(user);
  expect(book.find(token, nowMs + 3 * SESSION_MS)).toBeUndefined();
});

test('while the disk takes nothing a user can sign in, and the session is written once it does again', async () => {
  const user = await book.add('kim', 'correct horse', 'viewer');
  const inner = store;
  let isFull = true;
  const full = async (): Promise<never> => {
    throw new PumjilError('HISTORY_UNREACHABLE', { message: 'full', hint: 'Free space.', retryable: true });
  };
  store = { ...inner, put: (...given) => (isFull ? full() : inner.put(...given)) };
  book = await open();
  const token = await book.open(user, nowMs);
  expect(await book.verify('kim', 'correct horse')).toEqual(user);
  expect(book.find(token, nowMs)).toEqual(user);
  isFull = false;
  await book.flush();
  expect((await open()).find(token, nowMs)).toEqual(user);
});

test('a clock that jumps back does not shorten a session', async () => {
  const token = await book.open(await book.add('kim', 'correct horse', 'viewer'), nowMs);
  book.find(token, nowMs + 1000);
  book.find(token, nowMs - 3600_000);
  expect(book.find(token, nowMs + SESSION_MS)).toBeDefined();
});

test('a closed session is over, also after a restart; an open one lives on', async () => {
  const user = await book.add('kim', 'correct horse', 'viewer');
  const first = await book.open(user, nowMs);
  const second = await book.open(user, nowMs);
  await book.close(first);
  const restarted = await open();
  expect(restarted.find(first, nowMs)).toBeUndefined();
  expect(restarted.find(second, nowMs)).toEqual(user);
});

test('a session that was used outlives a restart once it is written down', async () => {
  const token = await book.open(await book.add('kim', 'correct horse', 'viewer'), nowMs);
  book.find(token, nowMs + SESSION_MS - 1);
  await book.flush();
  nowMs += SESSION_MS + 1000;
  expect((await open()).find(token, nowMs)).toBeDefined();
});

test('tokens are kept only as hashes', async () => {
  const token = await book.open(await book.add('kim', 'correct horse', 'viewer'), nowMs);
  expect(Buffer.from(token, 'base64url').length).toBe(32);
  expect(JSON.stringify([await store.list('session'), await store.list('user')])).not.toContain(token);
});

test('a changed password and a removed user end their sessions, in other processes after refresh', async () => {
  const other = await open();
  const kim = await book.add('kim', 'correct horse', 'viewer');
  const lee = await book.add('lee', 'correct horse', 'viewer');
  const tokens = [await book.open(kim, nowMs), await book.open(lee, nowMs)];
  await other.refresh();
  expect(tokens.map((token) => other.find(token, nowMs)?.name)).toEqual(['kim', 'lee']);
  await book.setPassword('kim', 'another horse');
  await book.remove('lee');
  await other.refresh();
  expect(tokens.map((token) => other.find(token, nowMs))).toEqual([undefined, undefined]);
  expect(await other.verify('kim', 'another horse')).toBeDefined();
});

test('a session closed while users are read again stays closed, one opened then stays open', async () => {
  const user = await book.add('kim', 'correct horse', 'viewer');
  const first = await book.open(user, nowMs);
  const [, , second] = await Promise.all([book.refresh(), book.close(first), book.open(user, nowMs), book.refresh()]);
  expect(book.find(first, nowMs)).toBeUndefined();
  expect(book.find(second, nowMs)).toEqual(user);
});

test('a changed role holds for the session that is open', async () => {
  const token = await book.open(await book.add('kim', 'correct horse', 'viewer'), nowMs);
  await book.setRole('kim', 'manager');
  expect(book.find(token, nowMs)?.role).toBe('manager');
});

test('the last administrator can neither be removed nor lose the role', async () => {
  await book.add('boss', 'correct horse', 'admin');
  await expect(book.remove('boss')).rejects.toMatchObject({ code: 'USER_INVALID' });
  await expect(book.setRole('boss', 'viewer')).rejects.toMatchObject({ code: 'USER_INVALID' });
  await book.add('boss2', 'correct horse', 'admin');
  await book.remove('boss');
  expect((await book.list()).map((user) => user.name)).toEqual(['boss2']);
});

test('unusable names, short and trivial passwords, unknown roles and taken names are refused', async () => {
  await book.add('kim', 'correct horse', 'viewer');
  const attempts: [string, string, string][] = [
    ['', 'correct horse', 'viewer'],
    ['a b', 'correct horse', 'viewer'],
    ['<script>', 'correct horse', 'viewer'],
    ['x'.repeat(33), 'correct horse', 'viewer'],
    ['lee', 'short', 'viewer'],
    ['lee', 'aaaaaaaaaaaa', 'viewer'],
    ['leeleeleelee', 'leeleeleelee', 'viewer'],
    ['lee', 'x'.repeat(1000), 'viewer'],
    ['lee', 'correct horse', 'root'],
    ['KIM', 'correct horse', 'viewer'],
  ];
  for (const [name, password, role] of attempts) {
    await expect(book.add(name, password, role as 'viewer')).rejects.toMatchObject({ code: 'USER_INVALID' });
  }
});

test('a Korean name is the same however its syllables were composed', async () => {
  await book.add('김철수', 'correct horse', 'viewer');
  expect(await book.verify('김철수'.normalize('NFD'), 'correct horse')).toMatchObject({ name: '김철수' });
});

test('a one-time login works once, within a day, and in this process only', async () => {
  await book.add('kim', 'correct horse', 'viewer');
  const token = book.loginToken('kim');
  expect(book.redeem(token)).toEqual({ name: 'kim', role: 'viewer' });
  expect(book.redeem(token)).toBeUndefined();
  const late = book.loginToken('kim');
  nowMs += 25 * 3600_000;
  expect(book.redeem(late)).toBeUndefined();
  expect(book.redeem('nonsense')).toBeUndefined();
});

test('demo users have demo-<role> as password and exist nowhere but in the demo', async () => {
  const demo = await open({ allowDemo: true });
  await demo.addDemoUsers();
  await demo.addDemoUsers();
  expect((await demo.list()).map((user) => user.name)).toEqual(['engineer', 'manager', 'operator', 'viewer']);
  expect(await demo.verify('operator', 'demo-operator')).toEqual({ name: 'operator', role: 'operator' });
  const token = await demo.open({ name: 'operator', role: 'operator' }, nowMs);
  await book.refresh();
  expect(await book.verify('operator', 'demo-operator')).toBeUndefined();
  expect(book.find(token, nowMs)).toBeUndefined();
});

test('the first run takes PUMJIL_ADMIN_PASSWORD, else makes one password; later runs do neither', async () => {
  const made = await ensureAdmin(book, {});
  expect(made).toMatch(/^[a-z2-9]{4}(-[a-z2-9]{4}){4}$/);
  expect(await book.verify('admin', made ?? '')).toMatchObject({ role: 'admin' });
  expect(await ensureAdmin(book, { PUMJIL_ADMIN_PASSWORD: 'something else' })).toBeUndefined();
  expect(await book.verify('admin', 'something else')).toBeUndefined();
  store = memoryStore();
  const second = await open();
  expect(await ensureAdmin(second, { PUMJIL_ADMIN_PASSWORD: 'given by env' })).toBeUndefined();
  expect(await second.verify('admin', 'given by env')).toMatchObject({ name: 'admin' });
});

test('passwords are argon2id hashes that tell right from wrong, composed or decomposed', async () => {
  const real = passwords();
  const stored = await real.hash('비밀번호 가나다라');
  expect(stored).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  expect(await real.matches('비밀번호 가나다라'.normalize('NFD'), stored)).toBe(true);
  expect(await real.matches('비밀번호 가나다마', stored)).toBe(false);
  expect(await real.matches('비밀번호 가나다라', undefined)).toBe(false);
});

test('an unknown user costs a hash as well, so that time does not tell names', async () => {
  const real = passwords();
  const stored = await real.hash('correct horse');
  await real.matches('wrong horse!', undefined);
  const cost = async (against: string | undefined): Promise<number> => {
    const times: number[] = [];
    for (let i = 0; i < 7; i += 1) {
      const started = performance.now();
      await real.matches('wrong horse!', against);
      times.push(performance.now() - started);
    }
    return times.sort((a, b) => a - b)[0] ?? 0;
  };
  const [known, unknown] = [await cost(stored), await cost(undefined)];
  // Fastest of seven: without the decoy the unknown name would be some thousand times faster.
  expect(unknown).toBeGreaterThan(known / 4);
});

test('at most the allowed number of hashes runs at once, and all are answered', async () => {
  const real = passwords(2);
  const answers = await Promise.all(Array.from({ length: 6 }, (_, i) => real.hash(`password ${i}`)));
  expect(new Set(answers).size).toBe(6);
});

test('made passwords differ and pass their own check', () => {
  const made = Array.from({ length: 200 }, generatePassword);
  expect(new Set(made).size).toBe(200);
});

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pumjil-records-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('records in plant.db are kept, replaced, removed and listed by key, as in memory', async () => {
  const path = join(folder, 'data', 'plant.db');
  const sqlite = openSqliteStore(path);
  for (const each of [sqlite, store]) {
    await each.put('user', 'b', '1');
    await each.put('user', 'a', '{"x":"한"}');
    await each.put('user', 'b', '2');
    await each.put('session', 'a', '3');
    await each.put('user', 'c', '4');
    await each.delete('user', 'c');
    await each.delete('user', 'none');
  }
  expect(await sqlite.list('user')).toEqual(await store.list('user'));
  expect(await sqlite.get('user', 'b')).toBe('2');
  expect(await sqlite.get('user', 'none')).toBeUndefined();
  sqlite.close();
  const again = openSqliteStore(path);
  expect(await again.list('user')).toEqual([
    { key: 'a', json: '{"x":"한"}' },
    { key: 'b', json: '2' },
  ]);
  again.close();
});

test('a data folder that cannot be made is told with its path', () => {
  expect(() => openSqliteStore(join(import.meta.filename, 'plant.db'))).toThrow(
    expect.objectContaining({ code: 'DATA_DIR_UNWRITABLE' }),
  );
});
