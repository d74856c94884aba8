// The architecture as a test: who may import what, no cycles, no file that grew too long.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { describe, expect, test } from 'vitest';

const ROOT = resolve(import.meta.dirname, '..');
const CODE = /\.(ts|tsx|mjs)$/;
const SKIPPED = new Set(['node_modules', 'dist', '.git', 'data']);

function files(folder: string): string[] {
  const found: string[] = [];
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (SKIPPED.has(entry.name)) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) found.push(...files(path));
    else if (CODE.test(entry.name)) found.push(path);
  }
  return found;
}

function name(path: string): string {
  return relative(ROOT, path).split(sep).join('/');
}

/** Modules a file imports: `./x.ts` resolved to a path from the root, packages as they are written; types too. */
function imports(path: string): { readonly target: string; readonly typeOnly: boolean }[] {
  const text = readFileSync(path, 'utf8');
  const found: { target: string; typeOnly: boolean }[] = [];
  const statement = /^\s*(?:import|export)\s+(type\s+)?(?:[^'";]*?\s+from\s+)?['"]([^'"]+)['"]/gm;
  for (const match of text.matchAll(statement)) add(match[2] ?? '', match[1] !== undefined);
  for (const match of text.matchAll(/\bimport\(\s*['"]([^'"]+)['"]\s*\)/g)) add(match[1] ?? '', false);
  function add(specifier: string, typeOnly: boolean): void {
    found.push({ target: specifier.startsWith('.') ? name(resolve(dirname(path), specifier)) : specifier, typeOnly });
  }
  return found;
}

const all = files(ROOT).filter((path) => !name(path).startsWith('docs/'));
const isTest = (file: string) => file.endsWith('.test.ts') || file.startsWith('test/');
const product = all.filter((path) => !isTest(name(path)));

/** Files of the product whose imports break `allowed`, as `file → import`. */
function breaches(
  inside: (file: string) => boolean,
  allowed: (target: string, typeOnly: boolean, file: string) => boolean,
): string[] {
  return product
    .filter((path) => inside(name(path)))
    .flatMap((path) =>
      imports(path)
        .filter(({ target, typeOnly }) => !allowed(target, typeOnly, name(path)))
        .map(({ target }) => `${name(path)} → ${target}`),
    );
}

const under =
  (...folders: string[]) =>
  (file: string) =>
    folders.some((folder) => file.startsWith(`${folder}/`));
const isPackage = (target: string) =>
  !target.includes('.ts') && !target.startsWith('src/') && !target.startsWith('adapters/');
const PURE_PACKAGES = /^(zod|simple-statistics|d3-(array|scale|shape|time-format))$/;

describe('imports go one way', () => {
  test('measurement and errors import nothing', () => {
    expect(
      breaches(
        (file) => file === 'src/measurement.ts' || file === 'src/errors.ts',
        () => false,
      ),
    ).toEqual([]);
  });

  test('the pure core imports itself, the record, the errors, the plan’s types and pure libraries', () => {
    const pure = under('src/spc', 'src/predict', 'src/studies', 'src/figure');
    const allowed = (target: string, typeOnly: boolean) =>
      pure(target) ||
      target === 'src/measurement.ts' ||
      target === 'src/errors.ts' ||
      PURE_PACKAGES.test(target) ||
      (typeOnly && (target === 'src/config/plan.ts' || target === 'src/history/history.ts'));
    expect(breaches(pure, allowed)).toEqual([]);
  });

  test('the pure core has no clock, no randomness and no async', () => {
    const guilty = product
      .filter((path) => under('src/spc', 'src/predict', 'src/studies')(name(path)))
      .filter((path) =>
        /\bDate\b|Math\.random|\basync\b|\bawait\b|setTimeout/.test(withoutComments(readFileSync(path, 'utf8'))),
      )
      .map(name);
    expect(guilty).toEqual([]);
  });

  test('an adapter imports the door and its own driver, never a sibling', () => {
    const allowed = (target: string, _typeOnly: boolean, file: string) => {
      if (target === 'src/component.ts') return true;
      if (target.startsWith('src/') || target.startsWith('test/') || target.startsWith('demo/')) return false;
      if (target.startsWith('adapters/')) return target.split('/')[1] === file.split('/')[1];
      return true;
    };
    expect(breaches(under('adapters'), allowed)).toEqual([]);
  });

  test('the API imports interfaces: no journal, no store, no pipeline, no driver', () => {
    const allowed = (target: string, typeOnly: boolean) =>
      typeOnly ||
      !under('src/journal', 'src/pipeline', 'adapters', 'src/history/embedded', 'src/history/influxdb')(target);
    expect(breaches(under('src/api'), allowed)).toEqual([]);
  });

  test('the dashboards import types of the contract, and figure', () => {
    const allowed = (target: string, typeOnly: boolean) =>
      target.startsWith('dashboards/') || target.startsWith('src/figure/') || isPackage(target) || typeOnly;
    expect(breaches(under('dashboards'), allowed)).toEqual([]);
  });

  test('the demo plant knows nothing of Pumjil: its lines and its model import neither src nor adapters', () => {
    const allowed = (target: string) => !target.startsWith('src/') && !target.startsWith('adapters/');
    expect(breaches(under('demo/model', 'demo/lines'), allowed)).toEqual([]);
  });

  test('the pipeline does not import adapters or the API’s code', () => {
    const allowed = (target: string, typeOnly: boolean) =>
      !target.startsWith('adapters/') && (typeOnly || !target.startsWith('src/api/'));
    expect(
      breaches(under('src/pipeline', 'src/journal', 'src/history', 'src/alarm', 'src/diagnosis'), allowed),
    ).toEqual([]);
  });
});

test('there are no import cycles', () => {
  const graph = new Map(
    product.map((path) => [
      name(path),
      imports(path)
        .filter((i) => !i.typeOnly)
        .map((i) => i.target),
    ]),
  );
  const done = new Set<string>();
  const cycles: string[] = [];
  const walk = (file: string, trail: readonly string[]): void => {
    if (trail.includes(file)) {
      cycles.push([...trail.slice(trail.indexOf(file)), file].join(' → '));
      return;
    }
    if (done.has(file)) return;
    for (const target of graph.get(file) ?? []) if (graph.has(target)) walk(target, [...trail, file]);
    done.add(file);
  };
  for (const file of graph.keys()) walk(file, []);
  expect(cycles).toEqual([]);
});

test('no file of code is longer than 400 lines, tables of data excepted', () => {
  const isTable = (path: string) => /\/(tables?|vectors|data)\//.test(name(path)) || name(path).endsWith('.data.ts');
  const long = all
    .filter((path) => !isTable(path))
    .map((path) => ({ file: name(path), lines: readFileSync(path, 'utf8').split('\n').length - 1 }))
    .filter(({ lines }) => lines > 400)
    .map(({ file, lines }) => `${file}: ${lines}`);
  expect(long).toEqual([]);
});

test('no name that says nothing, no default export but of a component folder', () => {
  const vague = all.filter((path) => /(^|\/)(utils?|helpers?|common|misc)\.(ts|tsx)$/.test(name(path))).map(name);
  const isComponent = (file: string) =>
    /^(adapters|src\/spc\/charts|src\/studies|src\/api)\/[^/]+\/index\.ts$/.test(file);
  const defaults = product
    .filter((path) => !isComponent(name(path)) && !name(path).endsWith('.config.ts'))
    .filter((path) => /^export default /m.test(readFileSync(path, 'utf8')))
    .map(name);
  expect({ vague, defaults }).toEqual({ vague: [], defaults: [] });
});

test('no code path writes to a plant: no Modbus write, no OPC UA write or call in the adapters', () => {
  const writes =
    /\bwrite(Coils?|Registers?|SingleCoil|MultipleRegisters|FC\d+)\b|\.writeFC\d|session\.(write|call)\b|\bWriteRequest\b|\bCallMethodRequest\b/;
  const guilty = product
    .filter(
      (path) => under('adapters')(name(path)) && !name(path).endsWith('testbed.ts') && !name(path).includes('/testbed'),
    )
    .filter((path) => writes.test(withoutComments(readFileSync(path, 'utf8'))))
    .map(name);
  expect(guilty).toEqual([]);
});

function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/(^|[^:])\/\/.*$/gm, '$1');
}
