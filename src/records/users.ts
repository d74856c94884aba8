// Users, sessions and one-time logins.
import { createHash, randomBytes } from 'node:crypto';
import type { Role, User, Users } from '../api/plant.ts';
import { PumjilError } from '../errors.ts';
import { checkPassword, type Passwords, passwords } from './password.ts';
import type { RecordStore } from './record-store.ts';
import { checkName, ROLES, roleOf } from './user-name.ts';

/** A session ends after so long without a request. */
export const SESSION_MS = 12 * 3600_000;
/** A sliding end is written down no more often than this; a crash costs a session at most this much. */
const WRITE_AFTER_MS = 10 * 60_000;
const LOGIN_TOKEN_MS = 24 * 3600_000;

/** A user without the hash, for lists. */
export interface UserInfo extends User {
  readonly createdMs: number;
  /** True: made by `demo`; works only where demo users are allowed. */
  readonly isDemo: boolean;
}

/** Everything that can be done with users. Changes are durable when the promise resolves. */
export interface UserBook extends Users {
  list(): Promise<readonly UserInfo[]>;
  /** @throws PumjilError USER_INVALID when the name is taken or something is not acceptable */
  add(name: string, password: string, role: Role): Promise<User>;
  /** Sets a password and ends all sessions of the user. @throws PumjilError USER_INVALID */
  setPassword(name: string, password: string): Promise<void>;
  /** @throws PumjilError USER_INVALID when there is no such user, or it is the last administrator */
  setRole(name: string, role: Role): Promise<void>;
  /** Removes a user and its sessions. @throws PumjilError USER_INVALID when there is no such user, or it is the last administrator */
  remove(name: string): Promise<void>;
  /** A token that `redeem` takes once within 24 h; lives in this process only. */
  loginToken(name: string): string;
  /** Users viewer, operator, engineer and manager with the passwords `demo-<role>`; for loopback only. */
  addDemoUsers(): Promise<void>;
  /** Reads users and sessions again: another process (`pumjil user`) may have changed them. */
  refresh(): Promise<void>;
  /** Writes down how far sessions have slid. */
  flush(): Promise<void>;
}

export interface UsersOptions {
  readonly store: RecordStore;
  /** ms since 1970. */
  readonly now: () => number;
  /** Whether users made by `demo` may log in. */
  readonly allowDemo?: boolean;
  readonly passwords?: Passwords;
}

interface StoredUser extends UserInfo {
  readonly hash: string;
}

interface Session {
  readonly user: string;
  readonly openedMs: number;
  endsMs: number;
  writtenMs: number;
}

/** Opens the users of a store. Session tokens are 256 random bits, kept only as sha256. */
export async function openUsers(options: UsersOptions): Promise<UserBook> {
  const { store, now } = options;
  const hashes = options.passwords ?? passwords();
  const users = new Map<string, StoredUser>();
  const sessions = new Map<string, Session>();
  const logins = new Map<string, { readonly user: string; readonly endsMs: number }>();

  const isActive = (user: StoredUser | undefined): user is StoredUser =>
    user !== undefined && (options.allowDemo === true || !user.isDemo);
  const known = (name: string): StoredUser => {
    const user = users.get(name.normalize('NFC'));
    if (user !== undefined) return user;
    throw new PumjilError('USER_INVALID', {
      message: `there is no user "${name}"`,
      hint: 'See them with: pumjil user list',
    });
  };
  const keep = async (user: StoredUser): Promise<void> => {
    await store.put('user', user.name, JSON.stringify(user));
    users.set(user.name, user);
  };
  const create = async (name: string, password: string, role: Role, isDemo: boolean): Promise<User> => {
    const user = { name, role, createdMs: now(), isDemo, hash: await hashes.hash(password) };
    await keep(user);
    return { name, role };
  };
  const endSessions = async (name: string): Promise<void> => {
    for (const [key, session] of sessions) {
      if (session.user !== name) continue;
      sessions.delete(key);
      await store.delete('session', key);
    }
  };
  const isLastAdmin = (user: StoredUser): boolean =>
    user.role === 'admin' && ![...users.values()].some((each) => each.role === 'admin' && each.name !== user.name);
  const keepAdmin = (user: StoredUser): void => {
    if (!isLastAdmin(user)) return;
    throw new PumjilError('USER_INVALID', {
      message: `${user.name} is the last administrator`,
      hint: 'Make another user admin first.',
    });
  };
  const write = async (key: string, session: Session): Promise<void> => {
    const { user, openedMs, endsMs } = session;
    session.writtenMs = endsMs;
    await store.put('session', key, JSON.stringify({ user, openedMs, endsMs }));
  };

  const reload = async (): Promise<void> => {
    const storedUsers = await store.list('user');
    const storedSessions = await store.list('session');
    users.clear();
    // Written by `keep` and `write` above, so of their form.
    for (const { key, json } of storedUsers) users.set(key, JSON.parse(json) as StoredUser);
    const live = new Set<string>();
    for (const { key, json } of storedSessions) {
      const stored = JSON.parse(json) as Omit<Session, 'writtenMs'>;
      const endsMs = Math.max(stored.endsMs, sessions.get(key)?.endsMs ?? 0);
      if (endsMs <= now()) {
        // On a full disk it is removed another time.
        await store.delete('session', key).catch(() => undefined);
        continue;
      }
      live.add(key);
      sessions.set(key, { ...stored, endsMs, writtenMs: stored.endsMs });
    }
    for (const [key, { writtenMs }] of sessions) if (writtenMs > 0 && !live.has(key)) sessions.delete(key);
  };
  // One after the other: a session that is closed while users are read again must not come back.
  const inTurn = serial();
  const change = <T>(work: () => Promise<T>): Promise<T> =>
    inTurn(async () => {
      await reload();
      return work();
    });

  const book: UserBook = {
    async verify(name, password) {
      await inTurn(reload);
      const user = users.get(name.normalize('NFC'));
      const isRight = await hashes.matches(password, isActive(user) ? user.hash : undefined);
      return isRight && user !== undefined ? { name: user.name, role: user.role } : undefined;
    },
    open: (user, nowMs) =>
      inTurn(async () => {
        const token = randomBytes(32).toString('base64url');
        const session: Session = {
          user: known(user.name).name,
          openedMs: nowMs,
          endsMs: nowMs + SESSION_MS,
          writtenMs: 0,
        };
        try {
          await write(keyOf(token), session);
        } catch (error) {
          if (!(error instanceof PumjilError && error.retryable)) throw error;
          // The disk takes nothing now: who wants to see why must still get in. `flush` writes it later.
          session.writtenMs = 0;
        }
        sessions.set(keyOf(token), session);
        return token;
      }),
    find(token, nowMs) {
      const session = sessions.get(keyOf(token));
      if (session === undefined || session.endsMs <= nowMs) return undefined;
      const user = users.get(session.user);
      if (!isActive(user)) return undefined;
      // A clock that jumps back must not shorten a session.
      session.endsMs = Math.max(session.endsMs, nowMs + SESSION_MS);
      return { name: user.name, role: user.role };
    },
    close(token) {
      sessions.delete(keyOf(token));
      return inTurn(async () => {
        sessions.delete(keyOf(token));
        await store.delete('session', keyOf(token));
      });
    },
    redeem(loginToken) {
      const login = logins.get(keyOf(loginToken));
      logins.delete(keyOf(loginToken));
      const user = login === undefined || login.endsMs <= now() ? undefined : users.get(login.user);
      return isActive(user) ? { name: user.name, role: user.role } : undefined;
    },
    list: () =>
      change(async () =>
        [...users.values()].map(({ name, role, createdMs, isDemo }) => ({ name, role, createdMs, isDemo })),
      ),
    add: (rawName, password, role) =>
      change(async () => {
        const name = rawName.normalize('NFC');
        checkName(name);
        roleOf(role);
        checkPassword(password, name);
        const twin = [...users.keys()].find((each) => each.toLowerCase() === name.toLowerCase());
        if (twin === undefined) return create(name, password, role, false);
        throw new PumjilError('USER_INVALID', {
          message: `the name "${twin}" is taken`,
          hint: `To change the password: pumjil user password ${twin}`,
        });
      }),
    setPassword: (name, password) =>
      change(async () => {
        const user = known(name);
        checkPassword(password, user.name);
        await keep({ ...user, isDemo: false, hash: await hashes.hash(password) });
        await endSessions(user.name);
      }),
    setRole: (name, role) =>
      change(async () => {
        const user = known(name);
        roleOf(role);
        if (role !== 'admin') keepAdmin(user);
        await keep({ ...user, role });
      }),
    remove: (name) =>
      change(async () => {
        const user = known(name);
        keepAdmin(user);
        await store.delete('user', user.name);
        users.delete(user.name);
        await endSessions(user.name);
      }),
    loginToken(name) {
      const token = randomBytes(32).toString('base64url');
      logins.set(keyOf(token), { user: known(name).name, endsMs: now() + LOGIN_TOKEN_MS });
      return token;
    },
    addDemoUsers: () =>
      change(async () => {
        for (const role of ROLES) {
          if (role !== 'admin' && !users.has(role)) await create(role, `demo-${role}`, role, true);
        }
      }),
    refresh: () => inTurn(reload),
    flush: () =>
      inTurn(async () => {
        for (const [key, session] of sessions) {
          if (session.endsMs - session.writtenMs >= WRITE_AFTER_MS) await write(key, session);
        }
      }),
  };
  await book.refresh();
  return book;
}

function keyOf(token: string): string {
  return createHash('sha256').update(token, 'utf8').digest('hex');
}

function serial(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const result = last.then(work, work);
    last = result.catch(() => undefined);
    return result;
  };
}
