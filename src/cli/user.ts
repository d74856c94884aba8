import { join } from 'node:path';
import { PumjilError } from '../errors.ts';
import type { UserBook } from '../records/users.ts';
import { type Arguments, readArguments, textOption, usageError } from './arguments.ts';
import type { Command, CommandIo } from './command.ts';
import { dataDir } from './data-dir.ts';

export const command: Command = {
  summary: { en: 'Lists, adds and removes users, changes passwords and roles.' },
  usage: `
Usage: pumjil user list [--json]
       pumjil user add <name> --role <role> [--generate]
       pumjil user password <name> [--generate]
       pumjil user role <name> <role>
       pumjil user remove <name>

Roles, each may do what the one before may: viewer, operator, engineer, manager, admin.
A password is asked for, or read as one line from standard input; --generate makes one and prints it.
May be used while the plant runs; it takes notice within half a minute.

  -c, --config <file>   configuration whose data folder holds the users, default pumjil.yaml
      --data-dir <dir>  that folder itself
      --role <role>     role of the new user
      --generate        make a password

Exit: 0 done, 1 failed, 2 command line wrong

Examples:
  pumjil user add kim --role engineer
  pumjil user add lee --role operator --generate
  pumjil user list
`,
  async run(args, io) {
    const options = {
      config: { type: 'string', short: 'c' },
      'data-dir': { type: 'string' },
      role: { type: 'string' },
      generate: { type: 'boolean' },
      json: { type: 'boolean' },
    } as const;
    const read = readArguments(args, options, 3);
    const [verb, name, role] = read.positionals;
    const work = actionOf(verb, name, role ?? textOption(read, 'role'), read);
    const { openSqliteStore } = await import('../records/sqlite-store.ts');
    const { openUsers } = await import('../records/users.ts');
    const store = openSqliteStore(join(await dataDir(read, 'data-dir', io), 'plant.db'));
    try {
      await work(await openUsers({ store, now: Date.now, allowDemo: true }), io);
    } finally {
      store.close();
    }
    return 0;
  },
};

type Action = (book: UserBook, io: CommandIo) => Promise<void>;

function actionOf(
  verb: string | undefined,
  name: string | undefined,
  role: string | undefined,
  read: Arguments,
): Action {
  const isJson = read.values.json === true;
  if (verb === 'list' || verb === undefined) return (book, io) => list(book, isJson, io);
  if (!['add', 'password', 'role', 'remove'].includes(verb)) {
    throw usageError(`"${verb}" is not something to do with users`, 'Write one of list, add, password, role, remove.');
  }
  if (name === undefined) throw usageError(`whose? pumjil user ${verb} <name>`, 'See them with: pumjil user list');
  if (verb === 'remove') {
    return async (book, io) => {
      await book.remove(name);
      io.stdout.write(`${name} removed\n`);
    };
  }
  if (verb === 'password') {
    return async (book, io) => {
      await book.setPassword(name, await passwordFor(name, read, io));
      io.stdout.write(`${name}: password changed, sessions ended\n`);
    };
  }
  if (role === undefined) {
    const example = verb === 'add' ? `pumjil user add ${name} --role operator` : `pumjil user role ${name} operator`;
    throw usageError(
      `which role has ${name}?`,
      `Roles: viewer, operator, engineer, manager, admin. For example: ${example}`,
    );
  }
  return async (book, io) => {
    const { checkName, roleOf } = await import('../records/user-name.ts');
    const wanted = roleOf(role);
    if (verb === 'role') await book.setRole(name, wanted);
    else {
      checkName(name);
      await book.add(name, await passwordFor(name, read, io), wanted);
    }
    io.stdout.write(`${name}: ${role}\n`);
  };
}

async function list(book: UserBook, isJson: boolean, io: CommandIo): Promise<void> {
  const users = await book.list();
  if (isJson) {
    io.stdout.write(`${JSON.stringify(users, null, 2)}\n`);
    return;
  }
  if (users.length === 0) io.stderr.write('No users yet. Add one: pumjil user add <name> --role admin\n');
  for (const user of users) io.stdout.write(`${user.name}\t${user.role}${user.isDemo ? '\tdemo' : ''}\n`);
}

async function passwordFor(name: string, read: Arguments, io: CommandIo): Promise<string> {
  if (read.values.generate === true) {
    const { generatePassword } = await import('../records/password.ts');
    const made = generatePassword();
    io.stdout.write(`${name}: password ${made}\n`);
    return made;
  }
  const typed = await io.ask(`Password of ${name}: `, { hidden: true });
  if (typed === undefined || typed === '')
    throw usageError('no password was given', 'Type one, pipe one in, or use --generate.');
  if (!io.isTerminal) return typed;
  const again = await io.ask('Once more: ', { hidden: true });
  if (again !== undefined && again !== typed)
    throw new PumjilError('USER_INVALID', { message: 'the two passwords differ', hint: 'Try again.' });
  return typed;
}
