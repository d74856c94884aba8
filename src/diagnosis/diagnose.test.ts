// From records to the diagnosis: each figure worked out by hand from a small plant.
import { expect, test } from 'vitest';
import { createPlantFixture } from '../../test/fixtures/plant.ts';
import { DiagnosisAnswer } from '../api/contract/diagnosis.ts';
import type { StreamNow } from '../api/plant.ts';
import type { AlarmRow, EventRow } from '../history/history.ts';
import { diagnose } from './diagnose.ts';
import { collectEvidence } from './evidence.ts';
import type { EvidenceSource, SeriesTally } from './records.ts';

const DAY = 86_400_000;
const HOUR = 3_600_000;
const NOW = Date.parse('2026-09-15T13:00:00Z');

interface Given {
  readonly alarms?: readonly AlarmRow[];
  readonly events?: readonly Partial<EventRow>[];
  readonly tallies?: readonly SeriesTally[];
  readonly streams?: readonly StreamNow[];
  readonly observedFromMs?: number;
}

const fixture = createPlantFixture({ nowMs: NOW, days: 10 });

/** The fixture plant in UTC, one shift 08:00-20:00 with a break of an hour, records since ten days. */
function source(given: Given = {}): EvidenceSource {
  const events = (given.events ?? []).map(
    (e, i): EventRow => ({
      id: `${i}.0`,
      seq: i,
      ordinal: 0,
      kind: 'gap',
      timeMs: NOW - HOUR,
      series: -1,
      adapter: '',
      text: { ko: '', en: '' },
      data: {},
      ...e,
    }),
  );
  const streams = given.streams ?? fixture.streams();
  return {
    nowMs: NOW,
    observedFromMs: given.observedFromMs ?? NOW - 10 * DAY,
    plan: {
      ...fixture.plan,
      plant: { ...fixture.plan.plant, timezone: 'UTC' },
      shifts: [{ id: 'D', from: '08:00', to: '20:00', breaks: ['12:00-13:00'], days: [] }],
    },
    streams: () => streams,
    alarms: async () => given.alarms ?? [],
    events: async ({ kind }) => events.filter((e) => e.kind === kind),
    tallies: async () => given.tallies ?? streams.map((s) => tally(s.id, 100)),
  };
}

function tally(series: string, good: number, bad = 0): SeriesTally {
  return { series, good, uncertain: 0, bad, lastMs: NOW };
}

function gap(adapter: string, fromMs: number, toMs: number | null, more: object = {}): Partial<EventRow> {
  return { kind: 'gap', adapter, timeMs: fromMs, data: { fromMs, toMs, reason: 'link_down', tags: [], ...more } };
}

function alarm(raisedMs: number, more: Partial<AlarmRow> = {}): AlarmRow {
  return {
    id: `a${raisedMs}${more.cause ?? ''}`,
    seq: 1,
    kind: 'signal',
    series: 0,
    adapter: 'press3',
    class: 'critical',
    state: 'unacknowledged',
    raisedMs,
    lastMs: raisedMs,
    acknowledgedMs: null,
    acknowledgedBy: '',
    closedMs: null,
    cause: '',
    comment: '',
    rules: ['N1'],
    lane: 0,
    events: 1,
    text: { ko: '', en: '' },
    ...more,
  };
}

async function value(key: string, given?: Given): Promise<number | null | undefined> {
  return (await collectEvidence(source(given)))[key]?.value;
}

// 13:00 on day 0 back to 13:00 ten days before: 7 h left of the first day, nine whole days of 11 h, 4 h of today.
const PLANNED_S = (7 + 9 * 11 + 4) * 3600;

test('collection counts planned hours without breaks, less the outages of every needed adapter once', async () => {
  expect(await value('collect_seconds_planned')).toBe(PLANNED_S);
  expect(await value('collect_seconds_ok')).toBe(PLANNED_S);
  const from = Date.parse('2026-09-14T11:00:00Z');
  // 11:00 to 15:00 over the break from 12 to 13, another adapter down in the same time, and one nobody needs.
  const events = [
    gap('press3', from, from + 4 * HOUR),
    gap('bench', from + HOUR, from + 3 * HOUR),
    gap('spare', from - DAY, from),
  ];
  expect(await value('collect_seconds_ok', { events })).toBe(PLANNED_S - 3 * 3600);
});

test('an outage that goes on counts until now; one at night costs no planned time', async () => {
  const open = [gap('cell7', NOW - 5 * HOUR, null)];
  expect(await value('collect_seconds_ok', { events: open })).toBe(PLANNED_S - 4 * 3600);
  const night = Date.parse('2026-09-14T21:00:00Z');
  expect(await value('collect_seconds_ok', { events: [gap('cell7', night, night + 6 * HOUR)] })).toBe(PLANNED_S);
});

test('an open outage is ended by its own adapter, and by a link that came back without a loss', async () => {
  const from = NOW - 4 * HOUR;
  const ended = [gap('cell7', from, null), gap('cell7', from, from + HOUR)];
  expect(await value('collect_seconds_ok', { events: ended })).toBe(PLANNED_S - 3600);
  const harmless = [gap('cell7', from, null), { ...gap('cell7', from, from), kind: 'link' as const }];
  expect(await value('collect_seconds_ok', { events: harmless })).toBe(PLANNED_S);
});

test('expected samples are the received ones and, for planned time lost, as many as in the time there was', async () => {
  expect(await value('samples_received')).toBe(1600);
  expect(await value('samples_expected')).toBe(1600);
  // press3 lost 11 of 110 planned hours: its six streams (two cushion, four weight) and one mould temperature gave 700.
  const from = Date.parse('2026-09-14T08:00:00Z');
  const events = [gap('press3', from, from + 12 * HOUR)];
  expect(await value('samples_expected', { events })).toBe(1600 + Math.round((700 * 11) / 99));
  const bridged = [gap('press3', from, from + 12 * HOUR, { reason: 'link_down_bridged' })];
  expect(await value('samples_expected', { events: bridged })).toBe(1600);
  const counted = [gap('bench', NOW - HOUR, NOW - HOUR, { missing: 40 })];
  expect(await value('samples_expected', { events: counted })).toBe(1640);
});

test('a characteristic that gave nothing is missed by its plan', async () => {
  const tallies = fixture
    .streams()
    .filter((s) => s.characteristic !== 'L2.bore_dia')
    .map((s) => tally(s.id, 100));
  // Five values every 30 minutes over 110 planned hours.
  expect(await value('samples_expected', { tallies })).toBe(1500 + 110 * 2 * 5);
});

test('bad and uncertain values are received but not valid', async () => {
  const tallies = [{ ...tally('L3.torque', 90, 7), uncertain: 3 }];
  expect(await value('samples_received', { tallies })).toBe(100);
  expect(await value('samples_valid', { tallies })).toBe(90);
});

test('timeliness is not observed unless somebody counts it', async () => {
  expect(await value('samples_on_time')).toBeUndefined();
  expect((await diagnose(source())).indicators.find((i) => i.id === 'DAT-2')).toMatchObject({
    status: 'unassessed',
    level: null,
  });
  const tallies = [{ ...tally('L3.torque', 100), late: 4 }];
  expect(await value('samples_on_time', { tallies })).toBe(96);
});

test('a critical tag is live when a good value came from it within a day', async () => {
  expect(await value('tags_critical_total')).toBe(10);
  expect(await value('tags_critical_live')).toBe(10);
  const streams = fixture.streams();
  const tallies = streams.map((s) => (s.characteristic === 'L3.torque' ? tally(s.id, 0, 50) : tally(s.id, 10)));
  expect(await value('tags_critical_live', { tallies })).toBe(9);
});

test('SPC and capability count special characteristics, not streams, and no old or unstable ones', async () => {
  const streams = fixture.streams();
  expect(await value('chars_critical')).toBe(9);
  expect(await value('chars_spc')).toBe(9);
  const old = streams.map((s) => (s.characteristic === 'L3.torque' ? { ...s, lastTimeMs: NOW - 8 * DAY } : s));
  expect(await value('chars_spc', { streams: old })).toBe(8);
  const withheld = new Set(streams.filter((s) => s.capability.withheld !== null).map((s) => s.characteristic));
  const capable = new Set(streams.filter((s) => s.capability.withheld === null).map((s) => s.characteristic));
  const special = fixture.plan.characteristics.filter((c) => c.class !== 'standard' && capable.has(c.id));
  expect(withheld.size).toBeGreaterThan(0);
  expect(await value('chars_capability')).toBe(special.length);
});

test('the time to acknowledge is a median in which ignored alarms count with their age', async () => {
  const at = NOW - 2 * DAY;
  const acknowledged = (minutes: number, k: number) =>
    alarm(at + k, { state: 'acknowledged', acknowledgedMs: at + k + minutes * 60_000 });
  expect(
    await value('ack_minutes_median', { alarms: [acknowledged(4, 1), acknowledged(10, 2), acknowledged(30, 3)] }),
  ).toBe(10);
  expect(await value('ack_minutes_median', { alarms: [acknowledged(4, 1), acknowledged(10, 2)] })).toBe(7);
  expect(await value('ack_minutes_median', { alarms: [acknowledged(4, 1), alarm(at), alarm(at + 60_000)] })).toBe(
    2 * 1440 - 1,
  );
  expect(await value('ack_minutes_median', { alarms: [acknowledged(4, 1), alarm(NOW - 60_000)] })).toBe(4);
  expect(await value('ack_minutes_median', { alarms: [] })).toBeNull();
});

test('a reaction counts when it was recorded in time; a closed alarm when it has a cause', async () => {
  const at = NOW - 3 * DAY;
  const alarms = [
    alarm(at, { id: 'in-time', state: 'closed', cause: 'tool worn', closedMs: at + HOUR }),
    alarm(at + 1, { id: 'late', state: 'closed', closedMs: at + 9 * HOUR }),
    alarm(at + 2, { id: 'only-seen', state: 'acknowledged', acknowledgedMs: at + HOUR }),
    alarm(at + 3, { id: 'other-kind', kind: 'link' }),
  ];
  const command = (id: string, verb: string, timeMs: number) => ({
    kind: 'command' as const,
    timeMs,
    data: { alarm: id, verb },
  });
  const events = [
    command('in-time', 'cause', at + HOUR),
    command('in-time', 'comment', at + 20 * HOUR),
    command('late', 'comment', at + 8 * HOUR),
    command('only-seen', 'acknowledge', at + HOUR),
  ];
  const given = { alarms, events };
  expect(await value('ooc_signals', given)).toBe(3);
  expect(await value('ooc_reacted', given)).toBe(1);
  expect(await value('alarms_closed_cause', given)).toBe(1);
});

test('a cause recurs when it is found again on the same stream within 90 days', async () => {
  const closed = (raisedMs: number, cause: string, series: number) =>
    alarm(raisedMs, { state: 'closed', cause, series, closedMs: raisedMs + HOUR });
  const at = NOW - 200 * DAY;
  const alarms = [
    closed(at, 'tool worn', 1),
    closed(at + 40 * DAY, 'tool worn', 1),
    closed(at, 'lot', 2),
    closed(at + 95 * DAY, 'lot', 2),
    closed(at, 'set-up', 3),
  ];
  expect(await value('causes_closed', { alarms })).toBe(3);
  expect(await value('causes_recurred', { alarms })).toBe(1);
});

test('the diagnosis has the shape of the API, is the same each time, and names what it does not see', async () => {
  const first = await diagnose(source());
  expect(DiagnosisAnswer.parse(structuredClone(first))).toEqual(first);
  expect(await diagnose(source())).toEqual(first);
  const by = new Map(first.indicators.map((i) => [i.id, i]));
  expect(by.get('CON-2')).toMatchObject({
    status: 'computed',
    value: 100,
    level: 5,
    n: PLANNED_S,
    fromMs: NOW - 10 * DAY,
    toMs: NOW,
  });
  expect(by.get('SPC-1')).toMatchObject({ status: 'computed', value: 100, level: 5 });
  expect(by.get('RSP-1')).toMatchObject({ status: 'unassessed' });
  expect(by.get('PRD-1')).toMatchObject({ status: 'unassessed', evidence: [] });
  expect(first.area.dimensions.find((d) => d.id === 'PRD')).toMatchObject({ score: null, held: true });
  expect(first.area.coverage).toBeGreaterThan(0.3);
  expect(first.references.map((r) => r.value)).toEqual([45.7, 70, 41, 51.5, 37.9]);
});

test('a plant whose records are young is not judged by days it did not see', async () => {
  const { indicators } = await diagnose(source({ observedFromMs: NOW - 2 * HOUR }));
  expect(indicators.find((i) => i.id === 'CON-2')).toMatchObject({ status: 'insufficient', level: null, n: 3600 });
});
