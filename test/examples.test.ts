// Every @example of the code runs, and every `// => value` in it is true.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';

const ROOT = resolve(import.meta.dirname, '..');
const FOLDER = join(ROOT, '.cache', `examples-${process.pid}`);

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === 'node_modules' || entry.name === 'dist' ? [] : sources(path);
    return /\.ts$/.test(entry.name) && !/\.test\.ts$|\.d\.ts$/.test(entry.name) ? [path] : [];
  });
}

const files = ['src', 'adapters', 'demo'].flatMap((folder) => sources(join(ROOT, folder)));
const texts = new Map(files.map((path) => [path, readFileSync(path, 'utf8')]));

/** Where each exported name lives; the first file wins, an example's own file is asked before. */
const home = new Map<string, string>();
for (const [path, text] of texts)
  for (const match of text.matchAll(/^export (?:async )?(?:function\*?|const|class) (\w+)/gm))
    if (match[1] !== undefined && !home.has(match[1])) home.set(match[1], path);

/** Code of the examples in a file's doc comments. */
function examples(text: string): string[] {
  const found: string[] = [];
  for (const [comment] of text.matchAll(/\/\*\*[\s\S]*?\*\//g)) {
    const lines = comment.split('\n').map((line) => line.replace(/^\s*\/?\*+\/? ?/, '').replace(/\s*\*\/\s*$/, ''));
    for (let i = 0; i < lines.length; i++) {
      if (!lines[i]?.startsWith('@example')) continue;
      const code: string[] = [];
      while (i + 1 < lines.length && !lines[i + 1]?.startsWith('@')) code.push(lines[++i] ?? '');
      found.push(code.filter((line) => !line.startsWith('```')).join('\n'));
    }
  }
  return found;
}

function moduleOf(path: string, code: string): string {
  const own = new Set(
    [...(texts.get(path) ?? '').matchAll(/^export (?:async )?(?:function\*?|const|class) (\w+)/gm)].map(
      (match) => match[1],
    ),
  );
  const used = new Set(code.match(/\b[A-Za-z_]\w*\b/g) ?? []);
  const imports = [...used]
    .filter((word) => own.has(word) || home.has(word))
    .filter((word) => !new RegExp(`\\b(?:const|let|function)\\s+${word}\\b`).test(code))
    .map((word) => `import { ${word} } from ${JSON.stringify(own.has(word) ? path : home.get(word))};`);
  if (used.has('z')) imports.push("import { z } from 'zod';");
  const body = code
    .split('\n')
    .map((line) => {
      const claim = /^(.*?);?\s*\/\/ => (.*)$/.exec(line);
      return claim === null ? line : `checks.push([await (${claim[1]}), (${claim[2]})]);`;
    })
    .join('\n');
  return `// @ts-nocheck\n${imports.join('\n')}\nexport const checks: [unknown, unknown][] = [];\n${body}\n`;
}

afterAll(() => rmSync(FOLDER, { recursive: true, force: true }));

describe('the examples in the code run and are true', () => {
  mkdirSync(FOLDER, { recursive: true });
  for (const [path, text] of texts) {
    const found = examples(text).filter((code) => !/^\s*adapters\/|^[a-z_]+:/m.test(code));
    if (found.length === 0) continue;
    const file = relative(ROOT, path).split(sep).join('/');
    test(file, async () => {
      for (const [i, code] of found.entries()) {
        const target = join(FOLDER, `${file.replaceAll(/[/.]/g, '-')}-${i}.ts`);
        writeFileSync(target, moduleOf(path, code));
        const { checks } = (await import(pathToFileURL(target).href)) as { checks: [unknown, unknown][] };
        for (const [value, claimed] of checks) {
          const plainValue =
            ArrayBuffer.isView(value) && Array.isArray(claimed) ? [...(value as unknown as Iterable<unknown>)] : value;
          if (typeof plainValue === 'number' && typeof claimed === 'number' && Number.isFinite(claimed))
            expect(Math.abs(plainValue - claimed), code).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(claimed)));
          else expect(plainValue, code).toEqual(claimed);
        }
      }
    });
  }
});
