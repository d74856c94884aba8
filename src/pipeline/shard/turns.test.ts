import { expect, test } from 'vitest';
import { createPlaces, inTurn, type Places } from './turns.ts';

/** Places that are free now. */
function freePlaces(places: Places): number {
  let free = 0;
  for (let i = 0; i < places.size; i++) places.enter(() => (free += 1));
  return free;
}

/** Work that ends when it is told to, in any order. */
function work() {
  const ends: (() => void)[] = [];
  const places = createPlaces(3);
  const run = async (place: number, piece: number): Promise<number> => {
    try {
      await new Promise<void>((resolve) => {
        ends[piece] = resolve;
      });
      if (piece === 99) throw new Error('the work failed');
      return piece * 10;
    } finally {
      places.release(place);
    }
  };
  return { ends, places, run };
}

async function settled(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

test('results come in the order of the pieces, whichever work ends first, and no more work runs than there are places', async () => {
  const { ends, places, run } = work();
  const results = inTurn([0, 1, 2, 3, 4], places, run);
  const first = results.next();
  await settled();
  expect(Object.keys(ends)).toEqual(['0', '1', '2']);
  ends[2]!();
  ends[1]!();
  await settled();
  // Two places are free, but three results are not taken yet.
  expect(Object.keys(ends)).toEqual(['0', '1', '2']);
  ends[0]!();
  expect(await first).toEqual({ done: false, value: 0 });
  expect([(await results.next()).value, (await results.next()).value]).toEqual([10, 20]);
  const fourth = results.next();
  await settled();
  ends[4]!();
  ends[3]!();
  expect([(await fourth).value, (await results.next()).value]).toEqual([30, 40]);
  expect(await results.next()).toEqual({ done: true, value: undefined });
  expect(freePlaces(places)).toBe(3);
});

test('an error of the source comes after the results of what it gave before, also when it came while nobody took any', async () => {
  const { ends, places, run } = work();
  function* breaking(): Generator<number> {
    yield 0;
    yield 1;
    throw new Error('the source failed');
  }
  const results = inTurn(breaking(), places, run);
  const first = results.next();
  await settled();
  ends[0]!();
  ends[1]!();
  expect((await first).value).toBe(0);
  await settled();
  expect((await results.next()).value).toBe(10);
  await expect(results.next()).rejects.toThrow('the source failed');
});

test('work that fails ends it in its turn and closes the source; every place is free again', async () => {
  const { ends, places, run } = work();
  let isClosed = false;
  function* source(): Generator<number> {
    try {
      yield 0;
      yield 99;
      yield 2;
      yield 3;
    } finally {
      isClosed = true;
    }
  }
  const results = inTurn(source(), places, run);
  const first = results.next();
  await settled();
  for (const piece of [99, 2, 0]) ends[piece]!();
  expect((await first).value).toBe(0);
  const second = results.next();
  await expect(second).rejects.toThrow('the work failed');
  expect(isClosed).toBe(true);
  await settled();
  ends[3]?.();
  await settled();
  expect(freePlaces(places)).toBe(3);
});

test('who leaves while the source waits does not wait for it, and what it gives then is not worked on', async () => {
  const { ends, places, run } = work();
  let give: () => void = () => undefined;
  async function* slow(): AsyncGenerator<number> {
    yield 0;
    await new Promise<void>((resolve) => {
      give = resolve;
    });
    yield 1;
  }
  const results = inTurn(slow(), places, run);
  const first = results.next();
  await settled();
  ends[0]!();
  expect((await first).value).toBe(0);
  await results.return();
  give();
  await settled();
  expect(Object.keys(ends)).toEqual(['0']);
  expect(freePlaces(places)).toBe(3);
});
