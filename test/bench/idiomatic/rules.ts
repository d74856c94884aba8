// Nelson's eight tests as one would write them first: a list of the latest points and a function for each test.

/** One point: its z and its statistic. */
export interface Seen {
  readonly z: number;
  readonly x: number;
}

type Test = (points: readonly Seen[]) => boolean;

const LONGEST = 15;

/** Nelson's tests N1 to N8 in order. */
export const NELSON: readonly Test[] = [
  (points) => Math.abs(last(points).z) > 3,
  (points) => points.length >= 9 && sameSide(points.slice(-9), 0, 9),
  (points) => points.length >= 6 && trending(points.slice(-6)),
  (points) => points.length >= 14 && alternating(points.slice(-14)),
  (points) => points.length >= 3 && sameSide(points.slice(-3), 2, 2),
  (points) => points.length >= 5 && sameSide(points.slice(-5), 1, 4),
  (points) => points.length >= 15 && points.slice(-15).every(({ z }) => Math.abs(z) <= 1),
  (points) => points.length >= 8 && mixture(points.slice(-8)),
];

/** The latest points of one chart. */
export class RecentPoints {
  private points: Seen[] = [];

  /** Adds a point; returns which of the tests hold, as bits. */
  add(point: Seen, tests: readonly Test[]): number {
    this.points.push(point);
    if (this.points.length > LONGEST) this.points.shift();
    return tests.reduce((bits, test, i) => (test(this.points) ? bits | (1 << i) : bits), 0);
  }
}

function last(points: readonly Seen[]): Seen {
  return points[points.length - 1]!;
}

/** At least `k` points beyond `sigma` on the side of the newest, which is one of them. */
function sameSide(points: readonly Seen[], sigma: number, k: number): boolean {
  const { z } = last(points);
  if (z > sigma) return points.filter((point) => point.z > sigma).length >= k;
  return z < -sigma && points.filter((point) => point.z < -sigma).length >= k;
}

function trending(points: readonly Seen[]): boolean {
  const steps = points.slice(1).map((point, i) => Math.sign(point.x - points[i]!.x));
  return steps.every((step) => step === 1) || steps.every((step) => step === -1);
}

function alternating(points: readonly Seen[]): boolean {
  const steps = points.slice(1).map((point, i) => Math.sign(point.x - points[i]!.x));
  return steps.every((step) => step !== 0) && steps.slice(1).every((step, i) => step !== steps[i]);
}

/** All beyond one sigma, and some on either side. */
function mixture(points: readonly Seen[]): boolean {
  return points.every(({ z }) => Math.abs(z) > 1) && points.some(({ z }) => z > 0) && points.some(({ z }) => z < 0);
}
