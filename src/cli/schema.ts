import { readArguments } from './arguments.ts';
import type { Command } from './command.ts';

export const command: Command = {
  summary: { en: 'Prints the JSON Schema of pumjil.yaml, for editors.' },
  usage: `
Usage: pumjil schema

Prints a JSON Schema (draft 2020-12) of pumjil.yaml with the settings of every adapter and chart installed.
Editors with a YAML language server complete and check with it: write as the first line of pumjil.yaml
  # yaml-language-server: $schema=pumjil.schema.json

Example:
  pumjil schema > pumjil.schema.json
`,
  async run(args, io) {
    // The result is JSON with and without --json.
    readArguments(args, { json: { type: 'boolean' } }, 0);
    const { loadComponents } = await import('./load.ts');
    const { configJsonSchema } = await import('../config/json-schema.ts');
    io.stdout.write(`${JSON.stringify(await configJsonSchema(await loadComponents()), null, 2)}\n`);
    return 0;
  },
};
