import fc from 'fast-check';
import { expect, test } from 'vitest';
import { gaussLegendre } from './gauss-legendre.ts';
import { factorise, solve } from './linear.ts';
import { absorptionTimes, stationaryShares } from './markov.ts';
import { seededRandom } from './random.ts';

test('n Gauss-Legendre nodes integrate powers up to 2n − 1 exactly', () => {
  for (const n of [1, 2, 5, 16, 61, 200]) {
    const { nodes, weights } = gaussLegendre(n, -1, 1);
    for (let power = 0; power < Math.min(2 * n, 60); power++) {
      const found = nodes.reduce((total, x, i) => total + weights[i]! * x ** power, 0);
      expect(Math.abs(found - (power % 2 === 0 ? 2 / (power + 1) : 0))).toBeLessThan(1e-14);
    }
    for (let i = 1; i < n; i++) expect(nodes[i]!).toBeGreaterThan(nodes[i - 1]!);
  }
});

test('three nodes are those of Abramowitz and Stegun, table 25.4', () => {
  const { nodes, weights } = gaussLegendre(3, -1, 1);
  expect([...nodes]).toEqual([-0.774596669241483, 0, 0.774596669241483].map((x) => expect.closeTo(x, 14)));
  expect([...weights]).toEqual([5 / 9, 8 / 9, 5 / 9].map((x) => expect.closeTo(x, 14)));
});

test('linear equations with an integer solution give it back', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 1, maxLength: 8 }),
      fc.integer(),
      (wanted, seed) => {
        const n = wanted.length;
        const random = seededRandom(seed);
        const matrix = Float64Array.from({ length: n * n }, () => random.normal());
        // Not near to singular: a dominant diagonal, its rows then turned by one.
        for (let i = 0; i < n; i++) matrix[i * n + ((i + 1) % n)]! += 20;
        const right = Float64Array.from({ length: n }, (_, i) =>
          wanted.reduce((total, x, j) => total + matrix[i * n + j]! * x, 0),
        );
        const found = solve(factorise(matrix, n), right);
        wanted.forEach((x, j) => {
          expect(found[j]).toBeCloseTo(x, 11);
        });
      },
    ),
  );
});

test('absorption times solve their equations, whatever the chain', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 12 }), fc.integer(), fc.integer({ min: 0, max: 12 }), (size, seed, rare) => {
      const random = seededRandom(seed);
      const moves = new Float64Array(size * size);
      const exits = Float64Array.from({ length: size }, () => random.uniform() * 10 ** -rare);
      for (let i = 0; i < size; i++) {
        const row = Array.from({ length: size }, () => random.uniform() + 0.01);
        const total = row.reduce((a, b) => a + b, 0) / (1 - exits[i]!);
        row.forEach((p, j) => {
          moves[i * size + j] = p / total;
        });
      }
      const times = absorptionTimes(moves.slice(), exits.slice(), size);
      // What leaves in the long run: Σ share × exit over one visit. Each time is one step more than what follows.
      for (let i = 0; i < size; i++) {
        let rest = 1;
        for (let j = 0; j < size; j++) rest += moves[i * size + j]! * times[j]!;
        expect(Math.abs(times[i]! / rest - 1)).toBeLessThan(1e-13);
      }
    }),
  );
});

test('a way out of one in 10^30 keeps its digits', () => {
  // Two states that change places: from either, half of the time at the way out of 1e-30.
  const times = absorptionTimes(Float64Array.of(0, 1, 1, 0), Float64Array.of(1e-30, 0), 2);
  expect(times[0]! / 2e30).toBeCloseTo(1, 14);
});

test('stationary shares stay as they are after a step', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 12 }), fc.integer(), (size, seed) => {
      const random = seededRandom(seed);
      const moves = new Float64Array(size * size);
      for (let i = 0; i < size; i++) {
        const row = Array.from({ length: size }, () => random.uniform() + 0.01);
        const total = row.reduce((a, b) => a + b, 0);
        row.forEach((p, j) => {
          moves[i * size + j] = p / total;
        });
      }
      const shares = stationaryShares(moves.slice(), size);
      for (let j = 0; j < size; j++) {
        let share = 0;
        for (let i = 0; i < size; i++) share += shares[i]! * moves[i * size + j]!;
        expect(share).toBeCloseTo(shares[j]!, 13);
      }
    }),
  );
});

test('seeded numbers are uniform and normal, and come in blocks as they come one by one', () => {
  const n = 200_000;
  const random = seededRandom(20);
  let mean = 0;
  const moments = [0, 0, 0, 0];
  for (let i = 0; i < n; i++) {
    mean += random.uniform() / n;
    const z = random.normal();
    for (let k = 0; k < 4; k++) moments[k]! += z ** (k + 1) / n;
  }
  // Four standard errors: variances of z, z², z³, z⁴ are 1, 2, 15, 96.
  const error = 4 / Math.sqrt(n);
  expect(Math.abs(mean - 0.5)).toBeLessThan(error / Math.sqrt(12));
  [0, 1, 0, 3].forEach((expected, k) => {
    expect(Math.abs(moments[k]! - expected)).toBeLessThan(error * Math.sqrt([1, 2, 15, 96][k]!));
  });
  const block = new Float64Array(100);
  seededRandom(5).fillNormal(block, 0, 100, 2);
  const single = seededRandom(5);
  expect([...block]).toEqual(Array.from({ length: 100 }, () => 2 + single.normal()));
});
