// Finds the component folders of this installation: adapters, charts and rule sets plug in by lying in their place.
import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Adapter, PumjilError } from '../component.ts';
import type { ChartComponent, Components, Lazy } from '../config/components.ts';
import { isGroup } from '../config/schema-walk.ts';
import { readYaml } from '../config/yaml.ts';

/** Root of the checkout, or of dist/ in a published package: where src/ and adapters/ lie. */
export function installationRoot(): string {
  return resolve(import.meta.dirname, '..', '..');
}

/**
 * Lists adapters (imported when first used), charts and rule sets.
 *
 * @param root folder that holds adapters/ and src/spc/charts/; rules/run-rules lies there or one folder up
 * @throws PumjilError COMPONENT_INVALID when a chart or a rule set lacks what its kind must have
 */
export async function loadComponents(root: string = installationRoot()): Promise<Components> {
  const [adapters, charts, ruleSets] = await Promise.all([
    findAdapters(join(root, 'adapters')),
    findCharts(join(root, 'src', 'spc', 'charts')),
    findRuleSets([join(root, 'rules', 'run-rules'), join(root, '..', 'rules', 'run-rules')]),
  ]);
  return { adapters, charts, ruleSets };
}

async function findAdapters(folder: string): Promise<ReadonlyMap<string, Lazy<Adapter>>> {
  const found = new Map<string, Lazy<Adapter>>();
  for (const { name, file } of await componentFiles(folder)) {
    let loading: Promise<Adapter> | undefined;
    found.set(name, {
      load: () => {
        loading ??= importDefault(file, ['settings', 'probe', 'collect']).then((component) => component as Adapter);
        return loading;
      },
    });
  }
  return found;
}

async function findCharts(folder: string): Promise<ReadonlyMap<string, ChartComponent>> {
  const files = await componentFiles(folder);
  const charts = await Promise.all(
    files.map(({ file }) => importDefault(file, ['settings', 'lanes', 'kind', 'compile'])),
  );
  return new Map(files.map(({ name }, i) => [name, charts[i] as ChartComponent]));
}

async function importDefault(file: string, needs: readonly string[]): Promise<unknown> {
  const imported = (await import(pathToFileURL(file).href)) as { readonly default?: unknown };
  const component = imported.default;
  const lacks = isGroup(component) ? needs.filter((key) => component[key] === undefined) : needs;
  if (lacks.length === 0) return component;
  throw new PumjilError('COMPONENT_INVALID', {
    message: `${relative(installationRoot(), file)}: the default export lacks ${lacks.join(', ')}`,
    hint: 'Copy the nearest component of the same kind and fill in what it has.',
    data: { file, lacks },
  });
}

async function findRuleSets(
  folders: readonly string[],
): Promise<ReadonlyMap<string, Readonly<Record<string, string>>>> {
  for (const folder of folders) {
    const names = (await namesIn(folder)).filter((name) => name.endsWith('.yaml')).sort();
    if (names.length === 0) continue;
    const sets = await Promise.all(names.map((name) => readRuleSet(join(folder, name))));
    return new Map(names.map((name, i) => [name.slice(0, -'.yaml'.length), sets[i] ?? {}]));
  }
  return new Map();
}

async function readRuleSet(file: string): Promise<Readonly<Record<string, string>>> {
  const { value, problems } = readYaml(await readFile(file, 'utf8'));
  const rules = isGroup(value) ? value.rules : undefined;
  const isSet = isGroup(rules) && Object.values(rules).every((sentence) => typeof sentence === 'string');
  if (isSet && problems.length === 0) return rules as Readonly<Record<string, string>>;
  throw new PumjilError('COMPONENT_INVALID', {
    message: `${file}: ${problems[0]?.message ?? 'there is no map `rules` of ids and sentences'}`,
    hint: 'Write: rules: { N1: "1 of 1 beyond 3 sigma" }',
    data: { file },
  });
}

// A component is a folder with index.ts (checkout) or index.js (built).
async function componentFiles(folder: string): Promise<{ readonly name: string; readonly file: string }[]> {
  const found: { name: string; file: string }[] = [];
  for (const name of (await namesIn(folder)).sort()) {
    for (const index of ['index.ts', 'index.js']) {
      const file = join(folder, name, index);
      if (!(await isFile(file))) continue;
      found.push({ name, file });
      break;
    }
  }
  return found;
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    // Errors of the file system carry a code.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

async function isFile(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found?.isFile() ?? false;
}
