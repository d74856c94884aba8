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
