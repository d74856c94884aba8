// `npm run campaign -- <name>`: long trials at full size; each writes its section of docs/campaigns.md.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

/** What a campaign file exports as `campaign`. */
export interface Campaign {
  /** One sentence: what is tried. */
  readonly what: string;
  /** Runs at full size and returns lines of Markdown, and whether everything held. */
  run(
    args: readonly string[],
    say: (text: string) => void,
  ): Promise<{ readonly markdown: readonly string[]; readonly held: boolean }>;
}

const DOC = resolve(import.meta.dirname, '..', '..', 'docs', 'campaigns.md');

async function campaigns(): Promise<Map<string, Campaign>> {
  const found = new Map<string, Campaign>();
  for (const file of readdirSync(import.meta.dirname).sort()) {
    if (!file.endsWith('.campaign.ts')) continue;
    const { campaign } = (await import(pathToFileURL(join(import.meta.dirname, file)).href)) as { campaign: Campaign };
    found.set(file.slice(0, -'.campaign.ts'.length), campaign);
  }
  return found;
}

/** Replaces the section of one campaign in docs/campaigns.md, or adds it. */
function writeSection(name: string, text: string): void {
  const doc = readFileSync(DOC, 'utf8');
  const section = `## ${name}\n\n${text}\n`;
  const old = new RegExp(`## ${name}\\n[\\s\\S]*?(?=\\n## |$)`);
  writeFileSync(DOC, old.test(doc) ? doc.replace(old, section) : `${doc.trimEnd()}\n\n${section}`);
}

const [name, ...args] = process.argv.slice(2);
const all = await campaigns();
const chosen = name === undefined ? undefined : all.get(name);
if (name === undefined || chosen === undefined) {
  process.stderr.write(
    `Usage: npm run campaign -- <name>\n${[...all].map(([each, { what }]) => `  ${each}: ${what}`).join('\n')}\n`,
  );
  process.exit(2);
}
const { markdown, held } = await chosen.run(args, (text) => process.stderr.write(`${text}\n`));
const when = new Date().toISOString().slice(0, 10);
const machine = `${when}, Node ${process.version}, ${availableParallelism()} cores, ${Math.round(totalmem() / 2 ** 30)} GiB. Repeat: \`npm run campaign -- ${[name, ...args].join(' ')}\``;
writeSection(name, [chosen.what, '', machine, '', ...markdown].join('\n'));
process.stdout.write(`${markdown.join('\n')}\n${held ? 'held' : 'NOT HELD'}\n`);
process.exit(held ? 0 : 1);
