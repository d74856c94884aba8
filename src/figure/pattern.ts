// Which points make up the pattern a run rule found, read from the rule's sentence. The engine judges; this only points at what it saw.

const WINDOW = /^(\d+) of (\d+) (?:(beyond|within|above|below) ([\d.]+) sigma|(trending|alternating))/;

/**
 * Indices of the points that form the pattern ending at `at`, `at` included: the members of the rule's window that satisfy its
 * condition on the side of the newest point (trends: all of the window). Empty when the sentence is not a rule.
 *
 * @param sentence for instance `2 of 3 beyond 2 sigma on one side`
 * @param z distance from the centre line in sigma, by point; NaN = no value
 * @example
 * patternOf('2 of 3 beyond 2 sigma on one side', [2.5, 0, 2.2], 2); // => [0, 2]
 */
export function patternOf(sentence: string, z: ArrayLike<number>, at: number): number[] {
  const match = WINDOW.exec(sentence);
  if (match === null) return [];
  const window = Number(match[2]);
  const verb = match[3];
  const limit = Number(match[4]);
  const newest = z[at] ?? Number.NaN;
  const bothSides = /on (either|both) sides?/.test(sentence) || (verb === 'beyond' && !sentence.includes(' on '));
  const members: number[] = [];
  for (let i = Math.max(0, at - window + 1); i <= at; i += 1) {
    const value = z[i] ?? Number.NaN;
    if (verb === undefined || belongs(verb, value, limit, newest, bothSides)) members.push(i);
  }
  return members;
}

/**
 * True when a rule looks at zones inside the control limits, so that the chart shows their bands.
 *
 * @example
 * hasZoneRule(['1 of 1 beyond 3 sigma', '2 of 3 beyond 2 sigma on one side']); // => true
 */
export function hasZoneRule(sentences: readonly string[]): boolean {
  return sentences.some((sentence) => {
    const match = WINDOW.exec(sentence);
    const limit = Number(match?.[4]);
    return limit > 0 && limit < 3;
  });
}

/**
 * What is printed at the point: the number of a Nelson rule, the whole id of any other.
 *
 * @example
 * ruleMark(['N1', 'WE4']); // => '1·WE4'
 */
export function ruleMark(ids: readonly string[]): string {
  return ids.map((id) => id.replace(/^N(?=\d+$)/, '')).join('·');
}

function belongs(verb: string, z: number, limit: number, newest: number, bothSides: boolean): boolean {
  if (verb === 'above') return z > limit;
  if (verb === 'below') return z < -limit;
  if (verb === 'within') return Math.abs(z) <= limit;
  if (!(Math.abs(z) > limit)) return false;
  return bothSides || z > 0 === newest > 0;
}
