import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createClock } from './clock.ts';

const HOUR = 3600_000;

function hands(wallMs: number) {
  const state = { wall: wallMs, steady: 0, steps: [] as number[] };
  return {
    state,
    options: { wall: () => state.wall, steady: () => state.steady, onStepBack: (ms: number) => state.steps.push(ms) },
    pass(ms: number) {
      state.wall += ms;
      state.steady += ms;
    },
  };
}

test('an hour back: time goes on at half speed for two hours, then follows the wall again', () => {
  const { state, options, pass } = hands(10 * HOUR);
  const now = createClock(options);
  const passMinutes = (n: number) => {
    for (let i = 0; i < n; i++) {
      pass(60_000);
      now();
    }
  };
  now();
  state.wall -= HOUR;
  now();
  passMinutes(60);
  expect(now()).toBe(10.5 * HOUR);
  passMinutes(60);
  expect(now()).toBe(11 * HOUR);
  pass(1000);
  expect(now()).toBe(11 * HOUR + 1000);
  expect(state.steps).toEqual([HOUR]);
});

test('three hours ahead are followed at once', () => {
  const { state, options } = hands(10 * HOUR);
  const now = createClock(options);
  state.wall += 3 * HOUR;
  expect(now()).toBe(13 * HOUR);
  expect(state.steps).toEqual([]);
});

test('a plant that was stopped while the clock was set back starts where it had been', () => {
  const { options, pass } = hands(9 * HOUR);
  const now = createClock({ ...options, notBeforeMs: 10 * HOUR });
  expect(now()).toBe(10 * HOUR);
  pass(60_000);
  expect(now()).toBe(10 * HOUR + 30_000);
});

test('a time of last year’s future is a mistake and does not hold the plant', () => {
  const { options } = hands(9 * HOUR);
  expect(createClock({ ...options, notBeforeMs: 400 * 24 * HOUR })()).toBe(9 * HOUR);
});

test('time never goes back, whatever is done to the wall clock', () => {
  const move = fc.record({ pass: fc.integer({ min: 0, max: HOUR }), step: fc.integer({ min: -HOUR, max: HOUR }) });
  fc.assert(
    fc.property(fc.array(move, { maxLength: 50 }), (moves) => {
      const { state, options, pass } = hands(1000 * HOUR);
      const now = createClock(options);
      let before = now();
      for (const one of moves) {
        state.wall += one.step;
        pass(one.pass);
        const after = now();
        expect(after).toBeGreaterThanOrEqual(before);
        expect(after).toBeGreaterThanOrEqual(Math.floor(state.wall));
        before = after;
      }
    }),
  );
});
