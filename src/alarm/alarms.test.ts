import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CommandEntry } from '../journal/journal.ts';
import { type Alarms, CALM_SUBGROUPS, createAlarms, type Raise } from './alarms.ts';

function raise(id: string, patch: Partial<Raise> = {}): Raise {
  return {
    id,
    seq: 1,
    atMs: 1000,
    detectedMs: 1100,
    kind: 'signal',
    series: 3,
    adapter: '',
    class: 'critical',
    lane: 0,
    rule: 'N1',
    text: { ko: '가', en: 'a' },
    ...patch,
  };
}

function command(verb: CommandEntry['verb'], patch: Partial<CommandEntry> = {}): CommandEntry {
  return { kind: 'command', atMs: 2000, author: 'kim', id: `${verb}-1`, verb, alarm: '1.0', ...patch };
}

function only(alarms: Alarms) {
  const rows = alarms.drain();
  expect(rows).toHaveLength(1);
  return rows[0];
}

function calmDown(alarms: Alarms): void {
  for (let i = 0; i < CALM_SUBGROUPS; i++) alarms.calm(3, 10 + i, 3000 + i);
}

describe('a signal alarm', () => {
  test('is raised once; further signals of the stream fold into it', () => {
    const alarms = createAlarms();
    alarms.raise(raise('1.0'));
    alarms.raise(raise('5.2', { rule: 'N2', seq: 5, atMs: 1500 }));
    alarms.raise(raise('6.0', { rule: 'N2', seq: 6, atMs: 1600 }));
    expect(only(alarms)).toMatchObject({
      id: '1.0',
      events: 3,
      rules: ['N1', 'N2'],
      lastMs: 1600,
      state: 'unacknowledged',
    });
  });

  test('of another stream is another alarm', () => {
    const alarms = createAlarms();
    alarms.raise(raise('1.0'));
    alarms.raise(raise('2.0', { series: 4 }));
    expect(alarms.drain().map((row) => row.id)).toEqual(['1.0', '2.0']);
  });

  test('closes only when it has returned, was acknowledged and has a cause', () => {
    const alarms = createAlarms();
    alarms.raise(raise('1.0'));
    calmDown(alarms);
    expect(only(alarms)?.state).toBe('returned_unacknowledged');
    alarms.command(command('acknowledge'), 20);
    expect(only(alarms)).toMatchObject({ state: 'acknowledged', acknowledgedBy: 'kim', acknowledgedMs: 2000 });
    alarms.command(command('cause', { cause: 'tool worn' }), 21);
    expect(only(alarms)).toMatchObject({ state: 'closed', cause: 'tool worn', closedMs: 2000 });
    expect(alarms.isOpen(3)).toBe(false);
  });

  test('does not return while a subgroup still carries a rule', () => {
    const alarms = createAlarms();
    alarms.raise(raise('1.0'));
    for (let i = 0; i < CALM_SUBGROUPS - 1; i++) alarms.calm(3, i, i);
    alarms.raise(raise('9.0', { seq: 9 }));
    for (let i = 0; i < CALM_SUBGROUPS - 1; i++) alarms.calm(3, i, i);
    expect(only(alarms)?.state).toBe('unacknowledged');
  });

  test('that comes back after it had returned must be acknowledged again', () => {
    const alarms = createAlarms();
    alarms.raise(raise('1.0'));
    alarms.command(command('acknowledge'), 2);
    calmDown(alarms);
    alarms.raise(raise('30.0', { seq: 30, atMs: 9000 }));
    expect(only(alarms)).toMatchObject({ id: '1.0', state: 'unacknowledged', acknowledgedMs: null, events: 2 });
  });

  test('after it was closed opens a new alarm', () => {
    const alarms = createAlarms();
    alarms.raise(raise('1.0'));
    alarms.command(command('close', { cause: 'no cause found' }), 2);
    alarms.raise(raise('40.0', { seq: 40 }));
    expect(alarms.drain().map((row) => [row.id, row.state])).toEqual([
      ['1.0', 'closed'],
      ['40.0', 'unacknowledged'],
    ]);
  });
});

test('a signal found late, before the newest one, counts, but the alarm goes on saying when and what the newest was', () => {
  const alarms = createAlarms();
  alarms.raise(raise('1.0', { atMs: 5000, text: { ko: '새', en: 'newest' } }));
  alarms.raise(raise('9.0', { seq: 9, atMs: 2000, rule: 'N5', text: { ko: '옛', en: 'found late' } }));
  expect(only(alarms)).toMatchObject({
    seq: 9,
    raisedMs: 5000,
    lastMs: 5000,
    events: 2,
    rules: ['N1', 'N5'],
    text: { en: 'newest' },
  });
});

test('the last time of an alarm is the newest of its signals and never goes back, in whatever order they are found', () => {
  const step = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({ act: fc.constant('raise' as const), atMs: fc.integer({ min: 0, max: 1000 }) }),
    },
    { weight: 3, arbitrary: fc.record({ act: fc.constant('calm' as const), atMs: fc.integer({ min: 0, max: 1000 }) }) },
    {
      weight: 1,
      arbitrary: fc.record({
        act: fc.constantFrom('acknowledge' as const, 'cause' as const, 'shelve' as const, 'close' as const),
        atMs: fc.integer({ min: 0, max: 1000 }),
      }),
    },
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const alarms = createAlarms();
      const last = new Map<string, number>();
      const newest = new Map<string, number>();
      steps.forEach(({ act, atMs }, i) => {
        const [openId] = alarms.openIds(3);
        const id = openId ?? `${i}.0`;
        if (act === 'raise') {
          alarms.raise(raise(`${i}.0`, { seq: i, atMs }));
          newest.set(id, Math.max(newest.get(id) ?? 0, atMs));
        } else if (act === 'calm') for (let n = 0; n < CALM_SUBGROUPS; n++) alarms.calm(3, i, atMs);
        else alarms.command(command(act, { id: `c${i}`, alarm: id, atMs, cause: 'x' }), i);
        for (const row of alarms.drain()) {
          expect(row.lastMs).toBeGreaterThanOrEqual(last.get(row.id) ?? 0);
          expect(row.lastMs).toBe(newest.get(row.id));
          last.set(row.id, row.lastMs);
        }
      });
    }),
  );
});

test('a command is applied once, however often it is sent', () => {
  const alarms = createAlarms();
  alarms.raise(raise('1.0'));
  expect(alarms.command(command('acknowledge'), 2)).toBe(true);
  expect(alarms.command(command('acknowledge', { atMs: 9999 }), 3)).toBe(false);
  expect(only(alarms)?.acknowledgedMs).toBe(2000);
});

test('a command to an unknown alarm changes nothing', () => {
  expect(createAlarms().command(command('acknowledge', { alarm: '7.7' }), 2)).toBe(false);
});

test('a shelved alarm comes back by itself when its time is over', () => {
  const alarms = createAlarms();
  alarms.raise(raise('1.0'));
  alarms.command(command('shelve', { untilMs: 5000 }), 2);
  expect(alarms.deadlineMs()).toBe(5000);
  alarms.tick(4999, 3);
  expect(only(alarms)?.state).toBe('shelved');
  alarms.tick(5000, 4);
  expect(only(alarms)?.state).toBe('unacknowledged');
  expect(alarms.deadlineMs()).toBe(Number.POSITIVE_INFINITY);
});

test('a link alarm closes when the link is back and a person has seen it, without a cause', () => {
  const alarms = createAlarms();
  alarms.raise(raise('1.0', { kind: 'link', series: -1, adapter: 'l2', rule: '' }));
  alarms.returned('link', 'l2', 2, 2000);
  expect(only(alarms)?.state).toBe('returned_unacknowledged');
  alarms.command(command('acknowledge'), 3);
  expect(only(alarms)?.state).toBe('closed');
});

test('a restored state machine goes on as the one it was taken from', () => {
  const a = createAlarms();
  a.raise(raise('1.0'));
  for (let i = 0; i < CALM_SUBGROUPS - 1; i++) a.calm(3, i, i);
  const b = createAlarms();
  b.restore(structuredClone(a.snapshot()));
  for (const alarms of [a, b]) {
    alarms.drain();
    alarms.calm(3, 20, 20);
    alarms.command(command('acknowledge'), 21);
  }
  expect(b.drain()).toEqual(a.drain());
  expect(b.snapshot()).toEqual(a.snapshot());
});
