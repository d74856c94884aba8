import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type PlanLimits, planReads, type Read, splitRead, type Want } from './plan.ts';

const wants = (most: number, reach: number) =>
  fc.array(
    fc.record({
      table: fc.constantFrom('holding' as const, 'input' as const),
      address: fc.nat(reach),
      width: fc.constantFrom(1, 2, 4, 7),
    }),
    { minLength: 1, maxLength: most },
  );
const limits = fc.record({ maxRegisters: fc.integer({ min: 7, max: 20 }), maxGap: fc.integer({ min: 0, max: 6 }) });

test('every want is in exactly one request that covers it, and no request is over the limit', () => {
  fc.assert(
    fc.property(wants(40, 300), limits, (list, limit) => {
      const reads = planReads(list, limit);
      expect(reads.flatMap((read) => read.wants).sort((a, b) => a - b)).toEqual([...list.keys()]);
      for (const read of reads) {
        expect(read.length).toBeLessThanOrEqual(limit.maxRegisters);
        for (const index of read.wants) {
          const want = list[index]!;
          expect(want.table).toBe(read.table);
          expect(want.address).toBeGreaterThanOrEqual(read.address);
          expect(want.address + want.width).toBeLessThanOrEqual(read.address + read.length);
        }
      }
    }),
  );
});

test('no request reads over a hole wider than allowed', () => {
  fc.assert(
    fc.property(wants(40, 300), limits, (list, limit) => {
      for (const read of planReads(list, limit)) expect(widestHole(read, list)).toBeLessThanOrEqual(limit.maxGap);
    }),
  );
});

test('there is no plan with fewer requests (all partitions of up to six wants tried)', () => {
  fc.assert(
    fc.property(wants(6, 40), limits, (list, limit) => {
      expect(planReads(list, limit).length).toBe(fewest(list, limit));
    }),
    { numRuns: 200 },
  );
});

test('the order in which tags are written does not change the number of requests', () => {
  fc.assert(
    fc.property(wants(30, 200), limits, (list, limit) => {
      expect(planReads([...list].reverse(), limit).length).toBe(planReads(list, limit).length);
    }),
  );
});

test('500 floats scattered over 4000 registers take 32 requests of at most 125 registers, not 500', () => {
  const list = Array.from({ length: 500 }, (_, i) => ({ table: 'holding' as const, address: i * 8, width: 2 }));
  const reads = planReads(list, { maxRegisters: 125, maxGap: 16 });
  // 16 floats span 15 × 8 + 2 = 122 registers, 17 span 130: ceil(500 / 16).
  expect(reads.length).toBe(32);
});

test('bit tables may ask for sixteen times as many, but never for more than 2000', () => {
  const list = Array.from({ length: 300 }, (_, i) => ({ table: 'coil' as const, address: i * 10, width: 1 }));
  const reads = planReads(list, { maxRegisters: 125, maxGap: 16 });
  expect(Math.max(...reads.map((read) => read.length))).toBeLessThanOrEqual(2000);
  expect(reads.length).toBe(2);
});

test('a refused request is halved until one want is left', () => {
  const list: Want[] = [0, 4, 8].map((address) => ({ table: 'input', address, width: 2 }));
  const [read] = planReads(list, { maxRegisters: 125, maxGap: 16 });
  const [left, right] = splitRead(read!, list)!;
  expect(left).toEqual({ table: 'input', address: 0, length: 6, wants: [0, 1] });
  expect(right).toEqual({ table: 'input', address: 8, length: 2, wants: [2] });
  expect(splitRead(right, list)).toBeUndefined();
});

function widestHole(read: Pick<Read, 'table' | 'address' | 'length'>, list: readonly Want[]): number {
  let widest = 0;
  let run = 0;
  for (let address = read.address; address < read.address + read.length; address++) {
    const isWanted = list.some(
      (want) => want.table === read.table && want.address <= address && address < want.address + want.width,
    );
    run = isWanted ? 0 : run + 1;
    widest = Math.max(widest, run);
  }
  return widest;
}

function fewest(list: readonly Want[], limit: PlanLimits): number {
  let best = list.length;
  place(0, []);
  return best;

  function place(index: number, groups: Want[][]): void {
    if (groups.length >= best && index < list.length) return;
    const want = list[index];
    if (want === undefined) {
      if (groups.every(isAllowed)) best = Math.min(best, groups.length);
      return;
    }
    for (const group of groups) {
      if (group[0]!.table !== want.table) continue;
      group.push(want);
      place(index + 1, groups);
      group.pop();
    }
    place(index + 1, [...groups, [want]]);
  }

  function isAllowed(group: readonly Want[]): boolean {
    const address = Math.min(...group.map((want) => want.address));
    const length = Math.max(...group.map((want) => want.address + want.width)) - address;
    return (
      length <= limit.maxRegisters && widestHole({ table: group[0]!.table, address, length }, list) <= limit.maxGap
    );
  }
}
