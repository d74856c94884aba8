// The section `characteristics`: settings, rules, chart, and how they fit the rest of the file.
import type { Components } from './components.ts';
import { crossCheckCharacteristic, type KnownAdapters } from './cross-check.ts';
import { checkId, groupEntries } from './entries.ts';
import { characteristicPlan, defaultChart } from './normalise.ts';
import type { CharacteristicPlan } from './plan.ts';
import type { Finding, Key } from './problem.ts';
import { readPart, type Surroundings } from './read-part.ts';
import { resolveRules } from './rules.ts';
import { characteristicId, characteristicSchema } from './schema.ts';
import { isGroup } from './schema-walk.ts';

/** Reads the section; `adapters` are those of the same file. */
export async function readCharacteristics(
  written: unknown,
  adapters: KnownAdapters,
  components: Components,
  around: Surroundings,
): Promise<{ readonly plans: readonly CharacteristicPlan[]; readonly findings: readonly Finding[] }> {
  const plans: CharacteristicPlan[] = [];
  const findings: Finding[] = [];
  for (const [id, settings] of groupEntries(written, 'characteristics', findings)) {
    const base = ['characteristics', id];
    findings.push(...checkId(characteristicId, base, id));
    const part = await readPart(characteristicSchema, settings, base, around);
    findings.push(...part.findings);
    const right = part.partial;
    const chart = right.chart ?? (right.from === undefined ? undefined : defaultChart(right.from));
    // A broken chart setting must not be judged as the default chart.
    const isChartRight = right.chart !== undefined || !(isGroup(settings) && settings.chart !== undefined);
    const whole = chart === undefined || !isChartRight ? right : { ...right, chart };
    findings.push(...crossCheckCharacteristic(id, whole, adapters, components));
    const rules =
      right.rules === undefined ? undefined : resolveRules(right.rules, components.ruleSets, [...base, 'rules']);
    findings.push(...(rules?.findings ?? []));
    const checked =
      whole.chart === undefined ? undefined : await readChart(whole.chart, [...base, 'chart'], components, around);
    findings.push(...(checked?.findings ?? []));
    const component = checked?.plan === undefined ? undefined : components.charts.get(checked.plan.use);
    if (part.value !== undefined && rules !== undefined && checked?.plan !== undefined && component !== undefined) {
      plans.push(characteristicPlan(id, part.value, checked.plan, component, rules.rules));
    }
  }
  return { plans, findings };
}

async function readChart(
  chart: string | Readonly<Record<string, unknown>>,
  base: readonly Key[],
  components: Components,
  around: Surroundings,
) {
  const { use: wanted, ...own } = typeof chart === 'string' ? { use: chart } : chart;
  const use = String(wanted);
  const component = components.charts.get(use);
  if (component === undefined) return { plan: undefined, findings: [] };
  const part = await readPart(component.settings, own, base, around, ['use']);
  const settings = isGroup(part.value) ? part.value : {};
  return { plan: part.value === undefined ? undefined : { ...settings, use }, findings: part.findings };
}
