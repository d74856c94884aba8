// The built dashboards: built once, and again only when a source is newer.
import { execFile } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const SOURCES = ['dashboards/app', 'src/figure', 'src/api/contract'];

/** Folder of the built dashboards, built now when it is missing or older than a source. */
export async function builtApp(): Promise<string> {
  const app = join(ROOT, 'dashboards/app');
  const dist = join(app, 'dist');
  const newest = Math.max(...SOURCES.map((source) => newestIn(join(ROOT, source))));
  if (builtAt(dist) <= newest) await buildInProcess(app);
  return dist;
}

/** Bytes of a built kind of file, and the files, by extension. */
export function builtFiles(dist: string, extension: string): readonly string[] {
  const folder = join(dist, 'assets');
  return readdirSync(folder)
    .filter((name) => name.endsWith(extension))
    .map((name) => join(folder, name));
}

/** In a process of its own: in this one NODE_ENV is `test`, and the result would be a development build. */
async function buildInProcess(app: string): Promise<void> {
  const vite = join(ROOT, 'node_modules/vite/bin/vite.js');
  await promisify(execFile)(process.execPath, [vite, 'build', app, '--logLevel', 'error'], {
    cwd: ROOT,
    env: { ...process.env, NODE_ENV: 'production', VITEST: '' },
  });
}

function builtAt(dist: string): number {
  try {
    return statSync(join(dist, 'index.html')).mtimeMs;
  } catch {
    return 0;
  }
}

function newestIn(folder: string): number {
  let newest = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.name === 'dist' || entry.name.endsWith('.test.ts')) continue;
    const path = join(folder, entry.name);
    newest = Math.max(newest, entry.isDirectory() ? newestIn(path) : statSync(path).mtimeMs);
  }
  return newest;
}
