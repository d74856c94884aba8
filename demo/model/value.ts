// Characteristics and defects compiled to slots: what a part's true values are and how likely it is to be bad.
import type { Countermeasure } from './faults.ts';
import type { CharacteristicFile, DefectFile, EffectShape, PlantFile } from './plant-file.ts';
import { type RandomStream, randomStream } from './random.ts';

/** Where a name lives: 0 the part's own line, 1 its L1 cover, 2 its L2 body; and the slot in that vector. */
export interface Place {
  readonly source: 0 | 1 | 2;
  readonly slot: number;
}
export type Resolve = (name: string) => Place;

/** The vectors a part is made from. Only L3 has a cover and a body. */
export interface Sources {
  own: Float64Array;
  cover: Float64Array;
  body: Float64Array;
}

export interface Maker {
  readonly file: CharacteristicFile;
  readonly slot: number;
  /** True value of one part; also written into its slot. `cavity` counts from 0, -1 = none. */
  make(sources: Sources, cavity: number): number;
  /** What the gauge shows for a true value. Call it exactly once a part. */
  read(truth: number, sources: Sources): number;
}

interface Term extends Place {
  readonly ref: number;
  readonly coef: number;
  readonly shape: EffectShape;
  readonly cavity: number;
}

/**
 * Compiles one characteristic.
 *
 * @param slot where its true value goes in the vector of its own line
 */
export function characteristicMaker(
  plant: PlantFile,
  file: CharacteristicFile,
  slot: number,
  resolve: Resolve,
  seed: number,
): Maker {
  const noise = randomStream(seed, `${file.id} value`);
  const terms: Term[] = file.effects.map((each) => ({
    ...resolve(each.from),
    ref: each.ref,
    coef: each.coef,
    shape: each.shape,
    cavity: each.cavity === undefined ? -1 : each.cavity - 1,
  }));
  const spreads = file.sd_effects.map((each) => ({ ...resolve(each.from), coef: each.coef }));
  const bias = file.reading_bias === undefined ? undefined : resolve(file.reading_bias);
  const isLog = file.dist === 'lognormal';
  const spread = (isLog ? file.s : file.sd) ?? 0;
  return {
    file,
    slot,
    make(sources, cavity) {
      let y = file.base;
      for (const term of terms) {
        if (term.cavity >= 0 && term.cavity !== cavity) continue;
        y += term.coef * shaped(term.shape, at(sources, term) - term.ref);
      }
      if (cavity >= 0 && file.cavity !== undefined) y += file.cavity[cavity] ?? 0;
      // "True minus reading": the true value moves, the reading will not.
      if (bias !== undefined) y += at(sources, bias);
      let s = spread;
      for (const each of spreads) s += each.coef * at(sources, each);
      y = isLog ? Math.max(0.05 * file.base, y * Math.exp(s * noise.normal() - (s * s) / 2)) : y + s * noise.normal();
      sources.own[slot] = y;
      return y;
    },
    read: reader(plant, file, bias, seed),
  };
}

function reader(plant: PlantFile, file: CharacteristicFile, bias: Place | undefined, seed: number): Maker['read'] {
  const gauge = plant.gauges.find((each) => each.id === file.gauge);
  const sd = gauge === undefined ? 0 : gaugeSd(gauge.grr, file);
  const noise: RandomStream | undefined = sd > 0 ? randomStream(seed, `${file.id} gauge`) : undefined;
  const perUnit = 1 / file.res;
  return (truth, sources) => {
    const shown =
      truth - (bias === undefined ? 0 : at(sources, bias)) + (noise === undefined ? 0 : sd * noise.normal());
    return Math.round(shown * perUnit) / perUnit;
  };
}

/**
 * Standard deviation of a reading: the gauge's share of the tolerance over six sigma; one-sided: of the upper limit.
 *
 * @param grr percent of tolerance
 */
export function gaugeSd(grr: number, spec: { readonly lsl: number | null; readonly usl: number | null }): number {
  if (spec.usl === null) return 0;
  return ((grr / 100) * (spec.usl - (spec.lsl ?? 0))) / 6;
}

export interface DefectMaker {
  readonly file: DefectFile;
  /** Probability that this part has the defect. */
  risk(sources: Sources, ms: number): number;
  /** Draws it. Call it exactly once a part. */
  draw(risk: number): boolean;
}

/** Compiles one defect. */
export function defectMaker(
  plant: PlantFile,
  file: DefectFile,
  resolve: Resolve,
  countermeasures: readonly Countermeasure[],
  seed: number,
): DefectMaker {
  const chance = randomStream(seed, `defect ${file.code}`);
  const terms = file.drivers.map((each) => ({ ...resolve(each.x), ...each, isNight: each.x === 'shift_night' }));
  const measure = countermeasures.find((each) => each.code === file.code);
  const ruled = file.rule === undefined ? undefined : /true (L\d\.\w+)/.exec(file.rule)?.[1];
  const limited = plant.characteristics.find((each) => each.id === ruled);
  const place = limited === undefined ? undefined : resolve(limited.id);
  const base = logit(file.base_ppm / 1e6);
  return {
    file,
    risk(sources, ms) {
      if (place !== undefined && limited !== undefined) {
        const y = at(sources, place);
        if ((limited.usl !== null && y > limited.usl) || (limited.lsl !== null && y < limited.lsl)) return 1;
      }
      const isBetter = measure !== undefined && ms >= measure.atMs;
      let sum = isBetter ? logit(measure.basePpm / 1e6) : base;
      for (const term of terms) {
        const w = isBetter && term.isNight ? measure.nightWeight : term.w;
        sum += w * shaped(term.shape, (at(sources, term) - term.ref) / term.scale);
      }
      return 1 / (1 + Math.exp(-sum));
    },
    draw: (risk) => chance.uniform() < risk,
  };
}

/** Characteristics in an order in which everything a value depends on comes before it. @throws Error on a cycle */
export function inDependencyOrder(characteristics: readonly CharacteristicFile[]): CharacteristicFile[] {
  const byId = new Map(characteristics.map((each) => [each.id, each]));
  const done = new Set<string>();
  const order: CharacteristicFile[] = [];
  const visit = (each: CharacteristicFile, path: readonly string[]): void => {
    if (done.has(each.id)) return;
    if (path.includes(each.id)) throw new Error(`${[...path, each.id].join(' → ')}: depends on itself`);
    for (const { from } of [...each.effects, ...each.sd_effects]) {
      const before = byId.get(from);
      if (before !== undefined) visit(before, [...path, each.id]);
    }
    done.add(each.id);
    order.push(each);
  };
  for (const each of characteristics) visit(each, []);
  return order;
}

function at(sources: Sources, place: Place): number {
  const vector = place.source === 0 ? sources.own : place.source === 1 ? sources.cover : sources.body;
  return vector[place.slot] ?? Number.NaN;
}

function shaped(shape: EffectShape, u: number): number {
  if (shape === 'linear') return u;
  if (shape === 'high') return u > 0 ? u : 0;
  if (shape === 'low') return u < 0 ? -u : 0;
  return Math.abs(u);
}

function logit(p: number): number {
  return Math.log(p / (1 - p));
}
