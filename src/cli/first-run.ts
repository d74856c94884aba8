// Users of a plant that starts: the first administrator, and what keeps them in step with `pumjil user`.

import { ensureAdmin } from '../records/first-admin.ts';
import type { RecordStore } from '../records/record-store.ts';
import { openUsers, type UserBook } from '../records/users.ts';
import type { CommandIo } from './command.ts';

const REFRESH_MS = 30_000;

/**
 * Opens the users of a plant. When there is no administrator yet, PUMJIL_ADMIN_PASSWORD becomes the password of `admin`,
 * else one is made and printed once. Until `io.signal` aborts, users are read again every 30 s.
 *
 * @throws PumjilError USER_INVALID when PUMJIL_ADMIN_PASSWORD is not acceptable
 */
export async function firstRunUsers(
  store: RecordStore,
  io: Pick<CommandIo, 'stderr' | 'env' | 'signal'>,
): Promise<UserBook> {
  const book = await openUsers({ store, now: Date.now });
  const made = await ensureAdmin(book, io.env);
  if (made !== undefined) {
    io.stderr.write(
      `First start: the user admin has the password ${made}\n    It is shown only now. Change it with: pumjil user password admin\n`,
    );
  }
  keepInStep(book, io.signal);
  return book;
}

/** Users of the demo: viewer, operator, engineer and manager with the passwords `demo-<role>`, and the administrator of firstRunUsers. For loopback only. */
export async function demoUsers(
  store: RecordStore,
  io: Pick<CommandIo, 'stderr' | 'env' | 'signal'>,
): Promise<UserBook> {
  const book = await openUsers({ store, now: Date.now, allowDemo: true });
  if (io.env.PUMJIL_ADMIN_PASSWORD !== undefined) await ensureAdmin(book, io.env);
  await book.addDemoUsers();
  keepInStep(book, io.signal);
  return book;
}

function keepInStep(book: UserBook, signal: AbortSignal): void {
  const timer = setInterval(() => {
    // A writer that has gone answers with an error; the plant itself tells why.
    book
      .refresh()
      .then(book.flush, () => undefined)
      .catch(() => undefined);
  }, REFRESH_MS);
  timer.unref();
  signal.addEventListener('abort', () => clearInterval(timer), { once: true });
}
