import fc from 'fast-check';
import { expect, test } from 'vitest';
import { inOrder, type Numbered } from './messages.ts';

function run(numbers: readonly number[], kept: ReadonlySet<number>, keepAlives: ReadonlySet<number> = new Set()) {
  const handed: number[] = [];
  let lost = 0;
  const queue = inOrder<Numbered>({
    ready: Promise.resolve(),
    fetch: async (sequenceNumber) => (kept.has(sequenceNumber) ? { sequenceNumber, notificationData: [1] } : undefined),
    hand: ({ sequenceNumber }) => {
      handed.push(sequenceNumber);
    },
    lost: (count) => {
      lost += count;
    },
    failed: (error) => {
      throw error;
    },
  });
  for (const sequenceNumber of numbers) {
    queue.take({ sequenceNumber, notificationData: keepAlives.has(sequenceNumber) ? [] : [1] });
  }
  return queue.settled().then(() => ({ handed, lost }));
}

test('whatever arrives, every message the server still has is handed out once and in order, and the others are counted', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(fc.integer({ min: 2, max: 40 }), { maxLength: 39 }),
      fc.uniqueArray(fc.integer({ min: 2, max: 40 })),
      async (arriving, keptNumbers) => {
        const numbers = [1, ...arriving.sort((a, b) => a - b)];
        const kept = new Set(keptNumbers);
        const end = numbers.at(-1)!;
        const all = Array.from({ length: end }, (_, i) => i + 1);
        const { handed, lost } = await run(numbers, kept);
        expect(handed).toEqual(all.filter((n) => numbers.includes(n) || kept.has(n)));
        expect(handed.length + lost).toBe(end);
      },
    ),
  );
});

test('a message that comes twice is handed out once', async () => {
  expect(await run([1, 2, 2, 3, 1, 4], new Set())).toEqual({ handed: [1, 2, 3, 4], lost: 0 });
});

test('a keep-alive has the number of the next message and reveals one that is absent', async () => {
  expect(await run([1, 2], new Set(), new Set([2]))).toEqual({ handed: [1], lost: 0 });
  expect(await run([1, 3], new Set([2]), new Set([3]))).toEqual({ handed: [1, 2], lost: 0 });
});
