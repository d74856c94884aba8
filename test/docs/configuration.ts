// Makes a whole configuration of what a document prints, and loads it.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';
import type { Components } from '../../src/config/components.ts';
import { loadPlan } from '../../src/config/load.ts';
import { printProblem, problemsOf } from '../../src/config/problem.ts';
import { sections } from '../../src/config/schema.ts';
import type { Block } from './markdown.ts';

const PLANT = 'plant: { id: example }\n';
/** The sources that parts of a configuration refer to. */
const SOURCES = `adapters:
  press3: { use: modbus, host: 127.0.0.1, tags: {
    cushion: { register: holding, address: 102 }, melt_temp: { register: holding, address: 104 }, weight: { register: holding, address: 106 },
    cavity: { register: holding, address: 108 }, part_no: { register: holding, address: 110 }, lot: { register: holding, address: 112 } } }
  cell7: { use: opcua, endpoint: "opc.tcp://127.0.0.1:4840", tags: { bore: { node: "ns=2;s=Bore" } } }
`;
const SECTIONS = new Set([...Object.keys(sections), 'adapters', 'characteristics']);

/** The whole configuration that a block is, or is a part of: sections, entries of `characteristics` (`fragment`), or settings of one. */
export function wholeConfiguration({ text, notes }: Block): string {
  if (notes.includes('fragment')) return `${PLANT}${SOURCES}characteristics:\n${text}`;
  // Mistakes of form are the loader's to tell.
  const keys = notes.includes('wrong') ? topKeys(text) : Object.keys(parse(text) as object);
  if (keys.includes('plant')) return text;
  if (keys.every((key) => SECTIONS.has(key))) {
    const sources = keys.includes('characteristics') && !keys.includes('adapters') ? SOURCES : '';
    return `${PLANT}${sources}${text}`;
  }
  return `${PLANT}${SOURCES}characteristics:\n  bore:\n    from: cell7/bore\n${text.replaceAll(/^(?=.)/gm, '    ')}`;
}

function topKeys(text: string): string[] {
  return [...text.matchAll(/^([\w.]+):/gm)].map((match) => match[1] ?? '');
}

/**
 * Mistakes of a configuration as lines; '' when there are none. Environment and secret files it names are given.
 *
 * @param folder where the files of its secrets are laid
 */
export async function mistakesIn(text: string, components: Components, folder: string): Promise<string> {
  const env: Record<string, string> = {};
  for (const [, name = ''] of text.matchAll(/(?<!\$)\$\{(\w+)\}/g)) env[name] = 'a-long-enough-secret';
  for (const [, file = ''] of text.matchAll(/"file:([^"]+)"/g)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), 'a-long-enough-secret\n');
  }
  try {
    await loadPlan({ text, folder, components, env });
    return '';
  } catch (error) {
    const problems = problemsOf(error);
    if (problems.length === 0) throw error;
    return problems.map((problem) => printProblem('example', problem)).join('\n');
  }
}
