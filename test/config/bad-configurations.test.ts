// Each <name>.bad.yaml must be refused with every line of <name>.expected.txt: a place and a message that let a person mend the line.
// A line that begins with "!" must not appear: that is how secrets stay out of messages.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { loadComponents } from '../../src/cli/load.ts';
import type { Components } from '../../src/config/components.ts';
import { loadPlan } from '../../src/config/load.ts';
import { printProblem, problemsOf } from '../../src/config/problem.ts';

const folder = import.meta.dirname;
const names = readdirSync(folder)
  .filter((name) => name.endsWith('.bad.yaml'))
  .map((name) => name.slice(0, -'.bad.yaml'.length));

let components: Components;
beforeAll(async () => {
  components = await loadComponents();
});

test('there are at least fifteen bad configurations', () => {
  expect(names.length).toBeGreaterThanOrEqual(15);
});

for (const name of names) {
  test(`${name}.bad.yaml is refused with the message that is written beside it`, async () => {
    const error: unknown = await loadPlan({ path: join(folder, `${name}.bad.yaml`), components, env: {} }).then(
      () => undefined,
      (caught: unknown) => caught,
    );
    const problems = problemsOf(error);
    const printed = problems.map((problem) => printProblem('f', problem)).join('\n');
    const expected = readFileSync(join(folder, `${name}.expected.txt`), 'utf8')
      .split('\n')
      .filter((line) => line !== '');
    for (const line of expected) {
      if (line.startsWith('!')) expect(printed).not.toContain(line.slice(1));
      else if (/^\d+:/.test(line)) expect(printed).toContain(`f:${line}`);
      else expect(printed).toContain(line);
    }
    // One mistake is told once: as many problems as expected lines with a place or a path of their own.
    const places = problems.map((problem) => `${problem.line}:${problem.column}:${problem.path}:${problem.code}`);
    expect(new Set(places).size).toBe(places.length);
    expect(Object.prototype).not.toHaveProperty('use');
  });
}
