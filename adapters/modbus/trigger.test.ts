import fc from 'fast-check';
import { expect, test } from 'vitest';
import { changeOf, isCounter } from './trigger.ts';

const uint32 = { register: 'holding', type: 'uint32' } as const;
const uint16 = { register: 'holding', type: 'uint16' } as const;

test('a counter that stands still is no record', () => {
  fc.assert(
    fc.property(fc.nat(), (n) => {
      expect(changeOf(uint32, n, n)).toBeUndefined();
    }),
  );
});

test('a counter that jumped tells how many records were missed', () => {
  fc.assert(
    fc.property(fc.nat(1e9), fc.integer({ min: 1, max: 1e6 }), (n, step) => {
      expect(changeOf(uint32, n, n + step)).toEqual({ isRecord: true, missed: step - 1, restarted: false });
    }),
  );
});

test('a 16-bit counter that rolls over loses nothing', () => {
  fc.assert(
    fc.property(fc.integer({ min: 65_500, max: 65_535 }), fc.integer({ min: 1, max: 60 }), (n, step) => {
      const now = (n + step) % 65_536;
      expect(changeOf(uint16, n, now)?.missed).toBe(step - 1);
      expect(changeOf(uint16, n, now)?.isRecord).toBe(true);
    }),
  );
});

test('a counter reset to zero is not a record, and how many were missed is not known', () => {
  expect(changeOf(uint32, 480, 0)).toEqual({ isRecord: false, missed: undefined, restarted: true });
  expect(changeOf(uint32, 480, 3)).toEqual({ isRecord: true, missed: undefined, restarted: true });
});

test('a toggling bit, a fraction and a text only say that something is new', () => {
  const bit = { register: 'holding', type: 'uint16', bit: 3 } as const;
  expect(changeOf(bit, 1, 0)).toEqual({ isRecord: true, missed: undefined, restarted: false });
  expect(changeOf({ register: 'holding', type: 'string' }, 'A-1', 'A-7')).toEqual({
    isRecord: true,
    missed: undefined,
    restarted: false,
  });
  expect(isCounter({ register: 'coil', type: 'bool' })).toBe(false);
});
