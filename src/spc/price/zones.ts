// Zones: the lines of a set of rules cut the axis of z into zones, and a zone rule sees of a point only the class of its zone.
import { normalBetween, normalTail } from '../math/normal.ts';
import type { Rule } from '../rule.ts';

/** A rule about zones, the only kind that a Markov chain over points can hold. */
export type ZoneRule = Extract<Rule, { sigma: number }>;

/** What a rule sees of a point: nothing that counts, a point on the upper side, or one on the lower side. */
export const NONE = 0;
export const UP = 1;
export const DOWN = 2;

/**
 * The lines of a set of rules, in sigma, ascending and without repeats. With m lines there are 2 m + 1 zones, numbered from the lowest; a line
 * belongs to the zone nearer to the centre, since `beyond` is strict. The middle zone is [−first line, +first line].
 *
 * @example
 * [...linesOf([parseRule('2 of 3 beyond 2 sigma on one side'), parseRule('9 of 9 beyond 0 sigma on one side')])]; // => [0, 2]
 */
export function linesOf(rules: readonly ZoneRule[]): Float64Array {
  const lines = new Set<number>();
  for (const rule of rules) {
    lines.add(rule.sigma);
    if (rule.zone === 'within' && rule.sides !== 'either') lines.add(0);
  }
  return Float64Array.from(lines).sort();
}

/**
 * Class (NONE, UP or DOWN) that a rule gives each zone. For rules to which sides do not matter everything that counts is UP.
 *
 * @example
 * [...classesOf(parseRule('1 of 1 below 2 sigma'), Float64Array.of(2))]; // => [1, 0, 0]
 * [...classesOf(parseRule('2 of 3 beyond 2 sigma on one side'), Float64Array.of(2))]; // => [2, 0, 1]
 */
export function classesOf(rule: ZoneRule, lines: Float64Array): Uint8Array {
  const middle = lines.length;
  return Uint8Array.from({ length: 2 * middle + 1 }, (_, zone) => {
    const isUpper = zone > middle;
    const isLower = zone < middle;
    // The line next inside: a zone is beyond L when that line is at least L.
    const inner = zone === middle ? Number.NEGATIVE_INFINITY : lines[Math.abs(zone - middle) - 1]!;
    const isBeyond = inner >= rule.sigma;
    if (rule.zone === 'above') return isUpper && isBeyond ? UP : NONE;
    if (rule.zone === 'below') return isLower && isBeyond ? UP : NONE;
    if (isBeyond === (rule.zone === 'within')) return NONE;
    if (rule.sides === 'either') return UP;
    // Within on one side or both: zero is a line, so the middle zone is the centre line itself, which is on no side.
    return isUpper ? UP : isLower ? DOWN : rule.sides === 'both' ? ON_LINE : NONE;
  });
}

/** Class of a point on the centre line for `within … on both sides`: it counts, but is on no side. */
export const ON_LINE = 3;

/**
 * Probability of each zone for a normal point.
 *
 * @param shift mean of the point less the centre, in sigma of the point
 * @param stretch the limits' sigma over the point's own, 1 when limits are right
 * @returns 2 m + 1 probabilities, from the lowest zone
 * @example
 * [...zoneProbabilities(Float64Array.of(0, 3), 0)].map((p) => p.toFixed(5)); // => ['0.00135', '0.49865', '0.00000', '0.49865', '0.00135']
 */
export function zoneProbabilities(lines: Float64Array, shift: number, stretch = 1): Float64Array {
  const middle = lines.length;
  const result = new Float64Array(2 * middle + 1);
  const first = (lines[0] ?? Number.POSITIVE_INFINITY) * stretch;
  result[middle] = normalBetween(-first - shift, first - shift);
  for (let j = 0; j < middle; j++) {
    const inner = lines[j]! * stretch;
    const outer = lines[j + 1];
    result[middle + 1 + j] =
      outer === undefined ? normalTail(inner - shift) : normalBetween(inner - shift, outer * stretch - shift);
    result[middle - 1 - j] =
      outer === undefined ? normalTail(inner + shift) : normalBetween(inner + shift, outer * stretch + shift);
  }
  return result;
}
