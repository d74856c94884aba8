import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readArguments } from './arguments.ts';
import type { Command } from './command.ts';
import { installationRoot } from './load.ts';

export const command: Command = {
  summary: { en: 'Prints the versions of Pumjil and Node.' },
  usage: `
Usage: pumjil version [--json]

Examples:
  pumjil version
  pumjil version --json
`,
  async run(args, io) {
    const { values } = readArguments(args, { json: { type: 'boolean' } }, 0);
    const version = await packageVersion();
    const { node } = process.versions;
    io.stdout.write(
      values.json === true ? `${JSON.stringify({ pumjil: version, node })}\n` : `pumjil ${version} (node ${node})\n`,
    );
    return 0;
  },
};

// package.json lies beside src/ in a checkout and beside dist/ in a published package.
async function packageVersion(): Promise<string> {
  for (const folder of [installationRoot(), join(installationRoot(), '..')]) {
    const text = await readFile(join(folder, 'package.json'), 'utf8').catch(() => undefined);
    if (text === undefined) continue;
    const { name, version } = JSON.parse(text) as { name?: string; version?: string };
    if (name === 'pumjil' && version !== undefined) return version;
  }
  return 'unknown';
}
