import fc from 'fast-check';
import { expect, test } from 'vitest';
import { alarmOrder, type RankedAlarm } from './order.ts';

const alarm = (
  state: RankedAlarm['state'],
  of: RankedAlarm['class'],
  falsePerPoint: number,
  raisedMs: number,
): RankedAlarm => ({ state, class: of, falsePerPoint, raisedMs, seq: raisedMs });

test('open alarms come by class, then the rarer signal, then the newest; closed ones last, the newest first', () => {
  const wanted = [
    alarm('acknowledged', 'critical', 0, 1),
    alarm('unacknowledged', 'critical', 0.00195, 5),
    alarm('unacknowledged', 'critical', 0.00269, 9),
    alarm('unacknowledged', 'critical', 0.00269, 8),
    alarm('unacknowledged', 'critical', Number.NaN, 10),
    alarm('unacknowledged', 'significant', 0.0001, 11),
    alarm('returned_unacknowledged', 'standard', 0.0001, 12),
    alarm('closed', 'standard', 0.5, 20),
    alarm('closed', 'critical', 0.0001, 19),
  ];
  expect(wanted.toReversed().sort(alarmOrder)).toEqual(wanted);
});

test('the order is one order, whatever comes first', () => {
  const any = fc.record({
    state: fc.constantFrom('unacknowledged', 'shelved', 'closed'),
    class: fc.constantFrom('critical', 'significant', 'standard'),
    falsePerPoint: fc.constantFrom(0, 0.001, 0.002, Number.NaN),
    raisedMs: fc.nat(3),
    seq: fc.nat(3),
  }) as fc.Arbitrary<RankedAlarm>;
  fc.assert(
    fc.property(any, any, any, (a, b, c) => {
      expect(Math.sign(alarmOrder(a, b)) + Math.sign(alarmOrder(b, a))).toBe(0);
      if (alarmOrder(a, b) <= 0 && alarmOrder(b, c) <= 0) expect(alarmOrder(a, c)).toBeLessThanOrEqual(0);
    }),
  );
});
