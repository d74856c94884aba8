// The documents of the repository as tests read them: code blocks, code in the text, links, anchors.
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';

export const ROOT = resolve(import.meta.dirname, '..', '..');

export interface Block {
  /** Line of the opening fence, 1, 2, 3 … */
  readonly line: number;
  /** First word behind the fence: sh, yaml, ts … or ''. */
  readonly language: string;
  /** Words behind the language: `fragment`, `wrong`. */
  readonly notes: readonly string[];
  readonly text: string;
}

export interface Document {
  /** From the root, with slashes. */
  readonly name: string;
  readonly blocks: readonly Block[];
  /** Everything outside of code blocks. */
  readonly prose: string;
}

/** Every document for users and builders: README, docs, demo, adapters, charts. */
export function documents(): readonly Document[] {
  const readmesIn = (folder: string) =>
    readdirSync(join(ROOT, folder), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => join(ROOT, folder, entry.name, 'README.md'));
  const paths = [
    join(ROOT, 'README.md'),
    join(ROOT, 'demo', 'README.md'),
    ...markdownBelow(join(ROOT, 'docs')),
    ...readmesIn('adapters'),
    ...readmesIn('src/spc/charts'),
  ];
  return paths.map((path) => ({
    name: relative(ROOT, path).split(sep).join('/'),
    ...parseMarkdown(readFileSync(path, 'utf8')),
  }));
}

function markdownBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .sort()
    .map((name) => join(folder, name));
}

/** Splits a document into its code blocks and its prose. */
export function parseMarkdown(text: string): { readonly blocks: readonly Block[]; readonly prose: string } {
  const blocks: Block[] = [];
  const prose: string[] = [];
  let open: { line: number; info: string; fence: string; lines: string[] } | undefined;
  for (const [i, line] of text.split(/\r?\n/).entries()) {
    const fence = /^(`{3,})\s*(.*)$/.exec(line);
    if (open === undefined && fence !== null) {
      open = { line: i + 1, info: fence[2] ?? '', fence: fence[1] ?? '', lines: [] };
    } else if (open !== undefined && line.trimEnd() === open.fence) {
      const [language = '', ...notes] = open.info.split(/\s+/).filter((word) => word !== '');
      blocks.push({ line: open.line, language, notes, text: `${open.lines.join('\n')}\n` });
      open = undefined;
    } else if (open !== undefined) open.lines.push(line);
    else prose.push(line);
  }
  if (open !== undefined) throw new Error(`the code block of line ${open.line} has no end`);
  return { blocks, prose: prose.join('\n') };
}

/** Code in the running text, without its backticks. */
export function inlineCode(prose: string): readonly string[] {
  return [...prose.matchAll(/`([^`\n]+)`/g)].map((match) => match[1] ?? '');
}

/** Targets of links and pictures that are not on the web. */
export function localLinks(prose: string): readonly string[] {
  return [...prose.matchAll(/\]\(([^)\s]+)(?:\s+"[^"]*")?\)/g)]
    .map((match) => match[1] ?? '')
    .filter((target) => !/^[a-z][a-z+.-]*:/i.test(target));
}

/** Anchors of the headings, as GitHub makes them. */
export function anchors(prose: string): ReadonlySet<string> {
  const seen = new Map<string, number>();
  const found = new Set<string>();
  for (const [, heading = ''] of prose.matchAll(/^#{1,6}\s+(.*)$/gm)) {
    const text = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1').replaceAll(/&\w+;/g, '');
    const slug = text
      .trim()
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(/\s/g, '-');
    const times = seen.get(slug) ?? 0;
    seen.set(slug, times + 1);
    found.add(times === 0 ? slug : `${slug}-${times}`);
  }
  return found;
}
