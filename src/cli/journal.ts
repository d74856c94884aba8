// pumjil journal: proves that a data folder agrees with itself, or tells its size.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { PumjilError } from '../errors.ts';
import type { JournalStats } from '../journal/journal.ts';
import type { Verification } from '../pipeline/verify.ts';
import { readArguments, textOption, usageError } from './arguments.ts';
import type { Command, CommandIo } from './command.ts';
import { dataDir } from './data-dir.ts';

/** Differences are printed up to here; --json has all. */
const SHOWN = 20;

export const command: Command = {
  summary: { en: 'Proves that the journal and the history agree, or tells the size of the journal.' },
  usage: `
Usage: pumjil journal verify [-c pumjil.yaml | --data <folder>] [--json]
       pumjil journal stats  [-c pumjil.yaml | --data <folder>] [--json]

verify  replays the whole journal of a stopped plant and compares what comes out with the history and with the event hash
        that the running plant had: nothing lost, nothing twice, every alarm once
stats   first and last entry, segments, bytes and damage; also while the plant runs, it only reads

  -c, --config <file>  configuration whose data folder is meant, default pumjil.yaml
      --data <folder>  that folder itself
      --json           result as JSON

Exit: 0 all right, 1 damage or differences found, or the plant still runs, 2 command line wrong

Examples:
  pumjil journal verify
  pumjil journal stats --data data/demo/data
`,
  async run(args, io) {
    const options = {
      config: { type: 'string', short: 'c' },
      data: { type: 'string' },
      json: { type: 'boolean' },
    } as const;
    const read = readArguments(args, options, 1);
    const [verb] = read.positionals;
    if (verb !== 'verify' && verb !== 'stats')
      throw usageError(
        verb === undefined
          ? 'what shall be done with the journal?'
          : `"${verb}" is not something to do with the journal`,
        'Write: pumjil journal verify, or pumjil journal stats',
      );
    if (textOption(read, 'data') !== undefined && textOption(read, 'config') !== undefined)
      throw usageError('both -c and --data are given', 'Name the configuration or the data folder, not both.');
    const folder = await dataDir(read, 'data', io);
    if (!existsSync(join(folder, 'journal')))
      throw new PumjilError('DATA_DIR_EMPTY', {
        message: `${folder} holds no journal`,
        hint: 'Name the data folder of a plant that has run: pumjil journal verify --data <folder>',
      });
    const isJson = read.values.json === true;
    return verb === 'stats' ? stats(folder, isJson, io) : verify(folder, isJson, io);
  },
};

async function stats(folder: string, isJson: boolean, io: CommandIo): Promise<number> {
  const { lookAtJournal } = await import('../journal/look.ts');
  const found = await lookAtJournal(join(folder, 'journal'));
  if (isJson) io.stdout.write(`${JSON.stringify(found, null, 2)}\n`);
  else {
    io.stdout.write(`entries   ${found.first} to ${found.last}\n`);
    io.stdout.write(`segments  ${found.segments}, ${found.bytes} bytes\n`);
    io.stdout.write(`damage    ${sentences(found.damage.map(damageWords))}\n`);
  }
  return found.damage.length === 0 ? 0 : 1;
}

function damageWords(damage: JournalStats['damage'][number]): string {
  const { what, from, to } = damage;
  return from === undefined ? what : `${what}; missing: entries ${from} to ${to ?? from}`;
}

async function verify(folder: string, isJson: boolean, io: CommandIo): Promise<number> {
  const { verifyDataDir } = await import('../pipeline/verify.ts');
  if (io.isTerminal) io.stderr.write('replaying the journal …\n');
  const found = await verifyDataDir(folder).catch((error: unknown) => {
    if (error instanceof PumjilError && error.code === 'DATA_DIR_LOCKED')
      throw new PumjilError('DATA_DIR_LOCKED', {
        message: `${folder}: a plant runs on this data folder`,
        hint: 'Stop it first (Ctrl-C, or SIGTERM to pumjil run), then verify. While it runs: pumjil journal stats',
        cause: error,
      });
    throw error;
  });
  if (isJson) io.stdout.write(`${JSON.stringify(verificationJson(found), null, 2)}\n`);
  else printVerification(found, io);
  return isSound(found) ? 0 : 1;
}

function isSound(found: Verification): boolean {
  return found.damage.length === 0 && found.differences.length === 0;
}

function verificationJson(found: Verification): unknown {
  return {
    ok: isSound(found),
    compared: found.comparedFrom !== null,
    comparedFrom: found.comparedFrom,
    firstSeq: found.firstSeq,
    lastSeq: found.lastSeq,
    eventHash: found.eventHash,
    snapshot: found.snapshot,
    points: found.points,
    alarms: found.alarmIds.length,
    measurements: measurements(found),
    balance: found.balance,
    damage: found.damage,
    differences: found.differences,
  };
}

function printVerification(found: Verification, { stdout }: CommandIo): void {
  const { balance, snapshot, comparedFrom, differences } = found;
  stdout.write(`entries      ${found.firstSeq} to ${found.lastSeq}\n`);
  if (comparedFrom !== null && comparedFrom > 1)
    stdout.write(
      `             earlier ones are no longer kept: replayed from the oldest snapshot, entry ${comparedFrom}, on\n`,
    );
  stdout.write(`event hash   ${found.eventHash} by replay\n`);
  stdout.write(
    snapshot === null
      ? '             no snapshot of the running plant to compare with\n'
      : `             ${snapshot.eventHash} of the running plant at entry ${snapshot.seq}\n`,
  );
  stdout.write(
    `balance      received ${balance.received} = accepted ${balance.accepted} + duplicate ${balance.duplicate} + refused ${balance.refused}\n`,
  );
  stdout.write(
    `results      ${measurements(found)} measurements, ${found.points} points, ${found.alarmIds.length} alarms\n`,
  );
  stdout.write(`damage       ${sentences(found.damage)}\n`);
  if (comparedFrom !== null) stdout.write(`differences  ${sentences(differences)}\n`);
  else
    stdout.write(
      `differences  not compared: entries before ${found.firstSeq} are no longer kept and no snapshot says what they led to\n`,
    );
  if (differences.some((each) => each.startsWith('the history ends at')))
    stdout.write('After a crash the history catches up at the next start: start the plant, stop it, verify again.\n');
}

function measurements(found: Verification): number {
  let count = 0;
  for (const series of found.series.values()) count += series.count;
  return count;
}

function sentences(found: readonly string[]): string {
  if (found.length === 0) return 'none';
  const rest = found.length > SHOWN ? [`and ${found.length - SHOWN} more, see --json`] : [];
  return [`${found.length}`, ...found.slice(0, SHOWN), ...rest].join('\n  ');
}
