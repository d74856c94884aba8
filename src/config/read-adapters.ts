// The section `adapters`: each by the schema of its component.
import { PumjilError } from '../errors.ts';
import type { Components } from './components.ts';
import type { KnownAdapters } from './cross-check.ts';
import { checkId, groupEntries } from './entries.ts';
import { didYouMean, inWords } from './nearest.ts';
import type { AdapterPlan } from './plan.ts';
import { type Finding, finding } from './problem.ts';
import { readPart, type Surroundings } from './read-part.ts';
import { adapterSchema, plainId } from './schema.ts';
import { isGroup } from './schema-walk.ts';

export interface ReadAdapters {
  readonly plans: readonly AdapterPlan[];
  readonly known: KnownAdapters;
  readonly findings: readonly Finding[];
}

const WINDOWS_DEVICE = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;

/** Reads the section; imports the components it names. */
export async function readAdapters(
  written: unknown,
  components: Components,
  around: Surroundings,
): Promise<ReadAdapters> {
  const plans: AdapterPlan[] = [];
  const findings: Finding[] = [];
  const known = new Map<string, { readonly tags: readonly string[] | undefined }>();
  const entries = groupEntries(written, 'adapters', findings);
  const byLowerCase = new Map<string, string>();
  for (const [id, settings] of entries) {
    const base = ['adapters', id];
    known.set(id, { tags: undefined });
    findings.push(...checkId(plainId, base, id));
    if (WINDOWS_DEVICE.test(id))
      findings.push(finding(base, 'not_allowed', 'Windows keeps this name for a device', 'Choose another id.', 'key'));
    const twin = byLowerCase.get(id.toLowerCase());
    if (twin !== undefined)
      findings.push(
        finding(base, 'duplicate', `differs from ${twin} only by letter case`, 'Choose another id.', 'key'),
      );
    byLowerCase.set(id.toLowerCase(), id);
    const outer = await readPart(adapterSchema, isGroup(settings) ? { use: settings.use } : settings, base, around);
    findings.push(...outer.findings);
    if (outer.value === undefined || !isGroup(settings)) continue;
    const use = outer.value.use;
    const component = components.adapters.get(use);
    if (component === undefined) {
      const kinds = [...components.adapters.keys()].sort();
      findings.push(
        finding(
          [...base, 'use'],
          'unknown_reference',
          `there is no adapter of kind "${use}"${didYouMean(use, kinds)}`,
          `Kinds: ${inWords(kinds)}.`,
        ),
      );
      continue;
    }
    try {
      const adapter = await component.load();
      const { use: _use, ...own } = settings;
      const part = await readPart(adapter.settings, own, base, around, ['use']);
      findings.push(...part.findings);
      if (part.value !== undefined) plans.push({ id, use, settings: part.value });
      known.set(id, { tags: tagsOf(adapter.tags, part.value ?? own) });
    } catch (error) {
      if (!(error instanceof PumjilError)) throw error;
      findings.push(finding([...base, 'use'], 'component', error.message, error.hint));
    }
  }
  return { plans, findings, known };
}

function tagsOf(
  tags: ((settings: unknown) => readonly string[] | undefined) | undefined,
  settings: unknown,
): readonly string[] | undefined {
  try {
    return tags?.(settings);
  } catch {
    // Broken settings were asked; what they contain is then not known.
    return undefined;
  }
}
