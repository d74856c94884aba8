// The documents are true: every `pumjil` command, every configuration and every TypeScript example in them runs, every link leads
// somewhere, every file they name exists. What a block is stands behind its fence:
//   sh              pumjil and npm commands   yaml            a configuration, its sections, or settings of one characteristic
//   yaml fragment   entries of `characteristics`               yaml wrong      a mistake that `check` must find
//   ts              a file two folders deep, `x; // => y` is checked            text, http, json   not run
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, normalize } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Command } from '../src/cli/command.ts';
import { loadComponents } from '../src/cli/load.ts';
import type { Components } from '../src/config/components.ts';
import { mistakesIn, wholeConfiguration } from './docs/configuration.ts';
import { anchors, type Document, documents, inlineCode, localLinks, parseMarkdown, ROOT } from './docs/markdown.ts';
import { prepare, pumjilArguments, runPumjil, shellWords } from './docs/shell.ts';

const LANGUAGES = ['sh', 'yaml', 'ts', 'text', 'http', 'json'];
const TYPESCRIPT = join(ROOT, '.cache', `docs-${process.pid}`);
const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  scripts: Readonly<Record<string, string>>;
};
const all = documents();

let components: Components;
let folder: string;
beforeAll(async () => {
  components = await loadComponents();
  folder = mkdtempSync(join(tmpdir(), 'pumjil-docs-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  rmSync(TYPESCRIPT, { recursive: true, force: true });
});

test('there are documents with commands and with configurations', () => {
  const languages = all.flatMap(({ blocks }) => blocks.map((block) => block.language));
  expect(languages.filter((language) => language === 'yaml').length).toBeGreaterThan(15);
  expect(languages.filter((language) => language === 'sh').length).toBeGreaterThan(2);
  expect(languages).toContain('ts');
});

for (const document of all)
  describe(document.name, () => {
    test('says of every block what it is, leads nowhere that is not there, names no file and no command that does not exist', async () => {
      const unknown = document.blocks.filter(({ language }) => !LANGUAGES.includes(language));
      expect(unknown.map(({ line, language }) => `line ${line}: "${language}"`)).toEqual([]);
      expect(deadLinks(document)).toEqual([]);
      expect(missingFiles(document)).toEqual([]);
      const wrong = await Promise.all(inlineCode(document.prose).map(wrongCommand));
      expect(wrong.filter((each) => each !== undefined)).toEqual([]);
    });

    const commands = document.blocks
      .filter(({ language }) => language === 'sh')
      .flatMap(({ text }) => text.split('\n'))
      .filter((line) => line.trim() !== '' && !line.trim().startsWith('#'));
    if (commands.length > 0)
      test('its commands run', async () => {
        const place = join(folder, document.name.replaceAll('/', '-'));
        mkdirSync(place);
        await prepare(place);
        for (const line of commands) await runLine(place, line);
      }, 180_000);

    for (const block of document.blocks.filter(({ language }) => language === 'yaml'))
      test(`the configuration in line ${block.line} is ${block.notes.includes('wrong') ? 'refused' : 'valid'}`, async () => {
        const mistakes = await mistakesIn(wholeConfiguration(block), components, folder);
        if (block.notes.includes('wrong')) expect(mistakes).not.toBe('');
        else expect(mistakes).toBe('');
      });

    for (const block of document.blocks.filter(({ language }) => language === 'ts'))
      test(`the example in line ${block.line} runs and is true`, () => runTypeScript(document, block.line, block.text));
  });

/** Links and pictures whose file or anchor is not there. */
function deadLinks({ name, prose }: Document): string[] {
  return localLinks(prose).filter((target) => {
    const [path = '', anchor] = target.split('#');
    const file = path === '' ? join(ROOT, name) : join(ROOT, dirname(name), decodeURIComponent(path));
    if (!existsSync(file)) return true;
    if (anchor === undefined || statSync(file).isDirectory()) return false;
    return !anchors(parseMarkdown(readFileSync(file, 'utf8')).prose).has(decodeURIComponent(anchor));
  });
}

/** Files of the repository that the text names by their path from the root. */
function missingFiles({ prose }: Document): string[] {
  const named = prose.matchAll(
    /(?<![\w/.<-])(?:src|test|adapters|demo|docs|dashboards|rules|examples)\/[\w./-]+\.(?:tsx?|md|yaml|json|txt|mjs)\b/g,
  );
  return [...new Set([...named].map(([path]) => normalize(path)))].filter((path) => !existsSync(join(ROOT, path)));
}

/** What is wrong with a command in the running text; undefined when nothing is, or when it is no command. */
async function wrongCommand(code: string): Promise<string | undefined> {
  const { words } = shellWords(code);
  if (words[0] === 'npm') return wrongScript(words);
  const args = pumjilArguments(words);
  const [name] = args ?? [];
  if (args === undefined || name === undefined || name.startsWith('-')) return undefined;
  const file = join(ROOT, 'src', 'cli', `${name}.ts`);
  const { command } = (existsSync(file) ? await import(pathToFileURL(file).href) : {}) as { command?: Command };
  if (command === undefined) return `${code}: no such command`;
  const options = args.filter((word) => word.startsWith('--')).map((word) => word.split('=')[0] ?? '');
  const unknown = options.filter((option) => option !== '--help' && !command.usage.includes(option));
  return unknown.length === 0 ? undefined : `${code}: no option ${unknown.join(', ')}`;
}

/** `npm start`, `npm test`, `npm run x`: a script of that name must exist. */
function wrongScript(words: readonly string[]): string | undefined {
  const name = words[1] === 'run' ? words[2] : words[1];
  // Commands of npm itself.
  if (name === 'ci' || name === 'install' || name === 'pack') return undefined;
  return name !== undefined && Object.hasOwn(scripts, name) ? undefined : `${words.join(' ')}: no such script`;
}

async function runLine(place: string, line: string): Promise<void> {
  const { words, redirect } = shellWords(line);
  if (words[0] === 'npm') {
    expect(wrongScript(words)).toBeUndefined();
    return;
  }
  const args = pumjilArguments(words);
  if (args === undefined) throw new Error(`"${line}" is not run by any test: make its block \`\`\`text`);
  const { code, out, err } = await runPumjil(place, args, redirect);
  expect(code, `${line}\n${out.slice(-2000)}\n${err.slice(-2000)}`).toBe(0);
}

async function runTypeScript(document: Document, line: number, text: string): Promise<void> {
  mkdirSync(TYPESCRIPT, { recursive: true });
  const file = join(TYPESCRIPT, `${document.name.replaceAll(/[/.]/g, '-')}-${line}.ts`);
  const body = text.replaceAll(/^(.*?);?[ \t]*\/\/ => (.*)$/gm, 'checks.push([await ($1), ($2)]);');
  // Two folders below the root, as the files of components are: ../../src leads to the sources.
  writeFileSync(file, `// @ts-nocheck\nexport const checks: [unknown, unknown][] = [];\n${body}`);
  const { checks } = (await import(pathToFileURL(file).href)) as { checks: [unknown, unknown][] };
  expect(checks.length).toBeGreaterThan(0);
  for (const [value, claimed] of checks) expect(value).toEqual(claimed);
}
