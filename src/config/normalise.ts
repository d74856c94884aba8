// From checked settings to the plan: every short form written out, every default filled in.
import type { ChartComponent } from './components.ts';
import type { CharacteristicPlan, LimitsPlan, Name, PlantPlan, RulePlan, ShiftPlan, SubgroupPlan } from './plan.ts';
import type { CharacteristicFile, LimitsFile, NameFile, PlantFile, ShiftFile } from './schema.ts';
import { isCounts, isSeveral, planOf, valueTags } from './source.ts';

const XBAR_SIZE = 5;
/** More records than any period holds: only time or a key closes such a subgroup. */
const OPEN_ENDED = 1_000_000;

/** Name of the chart that a characteristic gets when it names none. */
export function defaultChart(from: CharacteristicFile['from']): string {
  return isCounts(from) ? 'p' : isSeveral(from) ? 't2' : 'i-mr';
}

/**
 * @param chart name and settings, defaults of the chart's own schema filled in
 * @param rules sentences of the set, see resolveRules
 */
export function characteristicPlan(
  id: string,
  file: CharacteristicFile,
  chart: CharacteristicPlan['chart'],
  component: ChartComponent,
  rules: readonly RulePlan[],
): CharacteristicPlan {
  const by = file.by === undefined ? [] : typeof file.by === 'string' ? [file.by] : file.by;
  const from = planOf(file.from);
  const [tag = ''] = valueTags(from);
  const judged = withInput(chart, component, file.from);
  const { use, ...settings } = judged;
  const byPart = Object.entries(file.by_part).map(([part, own]) => [
    part,
    {
      ...(own.spec === undefined ? {} : { spec: own.spec }),
      ...(own.limits === undefined ? {} : { limits: limitsPlan(own.limits, component, settings) }),
    },
  ]);
  return {
    id,
    name: nameOf(file.name, id),
    unit: file.unit,
    class: file.class,
    line: file.line,
    station: file.station ?? tag.slice(0, tag.indexOf('/')),
    from,
    ...(file.part === undefined ? {} : { part: file.part }),
    context: file.context,
    split_by: [...new Set([...file.split_by, ...by])],
    spec: file.spec,
    by_part: Object.fromEntries(byPart),
    plausible: file.plausible,
    sample: file.sample,
    subgroup: subgroupPlan(file, component, judged),
    chart: judged,
    rules,
    limits: limitsPlan(file.limits, component, settings),
    ...(file.gauge === undefined ? {} : { gauge: file.gauge }),
    ...(file.capability === undefined ? {} : { capability: file.capability }),
  };
}

function subgroupPlan(
  file: CharacteristicFile,
  chart: ChartComponent,
  { by }: CharacteristicPlan['chart'],
): SubgroupPlan {
  const { size, every_s, close_on, partial } = file.subgroup;
  const isOpenEnded = isCounts(file.from) && size === undefined && (every_s !== undefined || close_on.length > 0);
  return {
    size: size ?? (isOpenEnded ? OPEN_ENDED : (chart.minSize ?? 1) > 1 ? XBAR_SIZE : 1),
    ...(every_s === undefined ? {} : { every_s }),
    // A chart that pools parts never has two of them in one subgroup.
    close_on: typeof by === 'string' && !close_on.includes(by) ? [...close_on, by] : close_on,
    // Without a size there is no "before it is full".
    partial: isOpenEnded ? 'judge' : partial,
  };
}

/** The plant with both names. */
export function plantPlan(file: PlantFile): PlantPlan {
  return { ...file, name: nameOf(file.name, file.id) };
}

/** A shift with both names where it has one. */
export function shiftPlan(file: ShiftFile): ShiftPlan {
  const { name, ...rest } = file;
  return name === undefined ? rest : { ...rest, name: nameOf(name, file.id) };
}

function nameOf(name: NameFile | undefined, id: string): Name {
  if (name === undefined) return { ko: id, en: id };
  if (typeof name === 'string') return { ko: name, en: name };
  const one = name.ko ?? name.en ?? id;
  return { ko: name.ko ?? one, en: name.en ?? one };
}

/** A chart that takes values or counts is told which, where it has to know. */
function withInput(
  chart: CharacteristicPlan['chart'],
  { kind }: ChartComponent,
  from: CharacteristicFile['from'],
): CharacteristicPlan['chart'] {
  return kind === 'either' && 'input' in chart && isCounts(from) ? { ...chart, input: 'counts' } : chart;
}

function limitsPlan(
  limits: LimitsFile,
  chart: ChartComponent,
  settings: Readonly<Record<string, unknown>>,
): LimitsPlan {
  if ('baseline' in limits) return limits;
  // Only where sigma follows from the distribution may it be left out, see checkLimits.
  return { centre: limits.centre, sigma: limits.sigma ?? chart.unitSigma?.(limits.centre, settings) ?? Number.NaN };
}
