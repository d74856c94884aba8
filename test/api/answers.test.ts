// What the API answers: every documented read, each checked against its schema and against the plant it comes from.
import { afterAll, beforeAll, expect, test } from 'vitest';
import type * as z from 'zod';
import { AlarmsAnswer, EventsAnswer } from '../../src/api/contract/alarms.ts';
import { DiagnosisAnswer } from '../../src/api/contract/diagnosis.ts';
import { HealthAnswer, ProbeAnswer } from '../../src/api/contract/health.ts';
import { CharacteristicsAnswer, PlantAnswer, SessionAnswer } from '../../src/api/contract/plant.ts';
import { HistogramAnswer, MeasurementsAnswer, PointsAnswer } from '../../src/api/contract/points.ts';
import { StreamDetailAnswer, StreamsAnswer } from '../../src/api/contract/streams.ts';
import { ErrorBody } from '../../src/api/contract/vocabulary.ts';
import { startTestApi, type TestApi } from './client.ts';

let api: TestApi;
let engineer: string;

beforeAll(async () => {
  api = await startTestApi();
  engineer = await api.signIn('engineer');
});
afterAll(() => api.close());

async function read<S extends z.ZodType>(path: string, schema: S): Promise<z.output<S>> {
  const answer = await api.ask(path, { cookie: engineer });
  expect({ path, status: answer.status, text: answer.status === 200 ? '' : answer.text }).toEqual({
    path,
    status: 200,
    text: '',
  });
  return schema.parse(answer.json);
}

test('every answer has the shape its schema says', async () => {
  const stream = encodeURIComponent(api.plant.streams()[0]!.id);
  const schemas: readonly [string, z.ZodType][] = [
    ['/api/session', SessionAnswer],
    ['/api/plant', PlantAnswer],
    ['/api/characteristics', CharacteristicsAnswer],
    ['/api/streams', StreamsAnswer],
    [`/api/streams/${stream}`, StreamDetailAnswer],
    [`/api/streams/${stream}/points`, PointsAnswer],
    [`/api/streams/${stream}/measurements?max=50`, MeasurementsAnswer],
    [`/api/streams/${stream}/histogram`, HistogramAnswer],
    ['/api/alarms', AlarmsAnswer],
    ['/api/events', EventsAnswer],
    ['/api/health', HealthAnswer],
    ['/api/diagnosis', DiagnosisAnswer],
    ['/healthz', ProbeAnswer],
    ['/readyz', ProbeAnswer],
  ];
  for (const [path, schema] of schemas) await read(path, schema);
});

test('the overview has every stream with its characteristic, specification and capability in one call', async () => {
  const { streams } = await read('/api/streams', StreamsAnswer);
  expect(streams.map((s) => s.id)).toEqual(api.plant.streams().map((s) => s.id));
  const bore = streams.find((s) => s.characteristic === 'L2.bore_dia')!;
  expect(bore.spec).toEqual({ lower: 22, target: 22.0105, upper: 22.021 });
  expect(bore.name.ko).toBe('보어 내경 22H7');
  expect(bore.capability.cpk).toBe(api.plant.stream('L2.bore_dia')!.capability.cpk);
  expect(bore.lastPoints.map((p) => p.statistic)).toEqual(['mean', 's']);
  expect(bore.staleAfterMs).toBe(2 * bore.expectedMs!);
});

test('a figure without a value is null', async () => {
  const { streams } = await read('/api/streams', StreamsAnswer);
  const eol = streams.find((s) => s.id === 'L3.eol')!;
  expect(eol.capability).toMatchObject({ cpk: null, ppk: null, withheld: 'no_spec' });
  const { points } = await read('/api/streams/L2.bore_dia/points?max=20000', PointsAnswer);
  const baseline = points.find((p) => p.status === 'baseline')!;
  expect(baseline).toMatchObject({ centre: null, lower: null, upper: null, z: null, limitsVersion: 0 });
});

test('one stream comes with its rules as sentences and in words, and with its adapter', async () => {
  const detail = await read('/api/streams/L2.bore_dia', StreamDetailAnswer);
  expect(detail.rules.map((r) => r.id)).toEqual(['N1', 'N2']);
  expect(detail.rules[1]!.sentence).toBe('9 of 9 beyond 0 sigma on one side');
  expect(detail.rules[1]!.words.en).toMatch(/9 points/);
  expect(detail.rules[1]!.words.ko).toMatch(/9점/);
  expect(detail.adapter).toMatchObject({ id: 'cell7', use: 'opcua', state: 'connected' });
});

test('a stream id with a split key is found when it is URL-encoded', async () => {
  const id = 'L1.weight~CV-2100-CV~3';
  expect((await read(`/api/streams/${encodeURIComponent(id)}`, StreamDetailAnswer)).stream.split).toBe('3');
});

test('thinned points keep every signal and the pair of lanes together', async () => {
  const all = await read('/api/streams/L3.torque/points?max=20000', PointsAnswer);
  const few = await read('/api/streams/L3.torque/points?from=0&max=20', PointsAnswer);
  expect(all.thinned).toBe(false);
  expect(few.thinned).toBe(true);
  expect(few.total).toBe(all.points.length);
  const signals = all.points.filter((p) => p.rules.length > 0).map((p) => `${p.id}/${p.lane}`);
  expect(signals.length).toBeGreaterThan(0);
  const kept = new Set(few.points.map((p) => `${p.id}/${p.lane}`));
  for (const signal of signals) expect(kept.has(signal)).toBe(true);
  for (const point of few.points) expect(kept.has(`${point.id}/${1 - point.lane}`)).toBe(true);
  const times = few.points.filter((p) => p.lane === 0).map((p) => p.timeMs);
  expect(times).toEqual([...times].sort((a, b) => a - b));
});

test('points and measurements keep to a half-open range', async () => {
  const all = await read('/api/streams/L3.torque/points?max=20000', PointsAnswer);
  const from = all.points[20]!.timeMs;
  const to = all.points[60]!.timeMs;
  const some = await read(`/api/streams/L3.torque/points?from=${from}&to=${to}&max=20000`, PointsAnswer);
  expect(some.points).toEqual(all.points.filter((p) => p.timeMs >= from && p.timeMs < to));
  const values = await read(`/api/streams/L3.torque/measurements?from=${from}&to=${to}`, MeasurementsAnswer);
  expect(values.measurements.every((m) => m.timeMs >= from && m.timeMs < to)).toBe(true);
});

test('without a start the newest are read', async () => {
  const all = await read('/api/streams/L3.torque/points?max=20000', PointsAnswer);
  const newest = await read('/api/streams/L3.torque/points?max=25', PointsAnswer);
  expect(newest.points).toEqual(all.points.slice(-50));
});

test('the histogram counts every good value once, in bins on the grid of the gauge', async () => {
  const { measurements } = await read('/api/streams/L3.torque/measurements?max=20000', MeasurementsAnswer);
  const good = measurements.flatMap((m) => (m.quality === 0 && m.value !== null ? [m.value] : []));
  const histogram = await read('/api/streams/L3.torque/histogram', HistogramAnswer);
  expect(histogram.n).toBe(good.length);
  expect(histogram.resolution).toBe(0.01);
  for (const bin of histogram.bins) expect(bin.count).toBe(good.filter((x) => x >= bin.from && x < bin.to).length);
  expect(histogram.bins.reduce((sum, bin) => sum + bin.count, 0)).toBe(good.length);
  expect(histogram.fits.map((fit) => fit.name)).toEqual(['within', 'overall']);
  const mean = good.reduce((a, b) => a + b, 0) / good.length;
  expect(histogram.mean).toBeCloseTo(mean, 10);
});

test('open alarms come by class, the rarer signal, the newest; closed ones the newest first; asked for by state and stream', async () => {
  const { alarms } = await read('/api/alarms', AlarmsAnswer);
  const rank = { critical: 0, significant: 1, standard: 2 };
  const wanted = [...alarms].sort((a, b) => {
    const closed = Number(a.state === 'closed') - Number(b.state === 'closed');
    if (closed !== 0 || a.state === 'closed') return closed || b.raisedMs - a.raisedMs;
    const rarity = (a.falsePerPoint ?? Infinity) - (b.falsePerPoint ?? Infinity);
    return rank[a.class] - rank[b.class] || rarity || b.raisedMs - a.raisedMs;
  });
  expect(alarms.map((a) => a.id)).toEqual(wanted.map((a) => a.id));
  // Phi(-3) twice is 0.0026998: it begins to hold at p (1 - p). Nine on one side begin at 2 / 2^10.
  const p = 0.002699796063260207;
  const priced = alarms.filter((a) => a.lane === 0 && a.rules.length === 1);
  expect(priced.length).toBeGreaterThan(0);
  for (const { rules, falsePerPoint } of priced)
    expect(falsePerPoint).toBeCloseTo(rules[0] === 'N1' ? p * (1 - p) : 2 / 1024, 12);
  const open = await read('/api/alarms?open=true', AlarmsAnswer);
  expect(open.alarms.map((a) => a.id)).toEqual(alarms.filter((a) => a.state !== 'closed').map((a) => a.id));
  const stream = alarms[0]!.stream!;
  const mine = await read(`/api/alarms?stream=${encodeURIComponent(stream)}&limit=2`, AlarmsAnswer);
  expect(mine.alarms.length).toBeLessThanOrEqual(2);
  expect(mine.alarms.every((a) => a.stream === stream)).toBe(true);
});

test('what is not there is told by a code and what to do next', async () => {
  for (const path of [
    '/api/streams/nothing',
    '/api/streams/nothing/points',
    '/api/nothing',
    '/api/streams/%F0%9F%92%A9',
  ]) {
    const answer = await api.ask(path, { cookie: engineer });
    expect(answer.status).toBe(404);
    expect(ErrorBody.parse(answer.json)).toMatchObject({ code: 'API_NOT_FOUND' });
  }
});

test('malformed questions get 400 with a code and the place of the mistake', async () => {
  for (const query of ['max=0', 'max=x', 'from=yesterday', 'to=Infinity', 'from=NaN', 'max=1e99', 'max=']) {
    const answer = await api.ask(`/api/streams/L3.torque/points?${query}`, { cookie: engineer });
    expect([query, answer.status]).toEqual([query, 400]);
    expect(ErrorBody.parse(answer.json).code).toBe('API_BAD_REQUEST');
  }
});

test('readyz tells why the plant is not ready; healthz stays alive', async () => {
  api.plant.setReady(false, 'replaying the journal');
  const ready = await api.ask('/readyz');
  expect([ready.status, ready.json]).toEqual([503, { status: 'not_ready', because: 'replaying the journal' }]);
  expect((await api.ask('/healthz')).status).toBe(200);
  api.plant.setReady(true);
  expect((await api.ask('/readyz')).status).toBe(200);
});

test('metrics carry the public names and the same counts as the health page', async () => {
  const { text, headers } = await api.ask('/metrics');
  expect(headers['content-type']).toMatch(/^text\/plain/);
  const samples = new Map(
    text
      .split('\n')
      .flatMap((line) =>
        line === '' || line.startsWith('#') ? [] : [[line.replace(/ \S+$/, ''), Number(/\S+$/.exec(line)![0])]],
      ),
  );
  const health = await read('/api/health', HealthAnswer);
  for (const adapter of health.adapters) {
    expect(samples.get(`pumjil_received_measurements_total{adapter="${adapter.id}"}`)).toBe(adapter.received);
    expect(samples.get(`pumjil_accepted_measurements_total{adapter="${adapter.id}"}`)).toBe(adapter.accepted);
    expect(samples.get(`pumjil_adapter_up{adapter="${adapter.id}"}`)).toBe(adapter.state === 'connected' ? 1 : 0);
    expect(samples.get(`pumjil_gap_seconds_total{adapter="${adapter.id}"}`)).toBe(adapter.gapSeconds);
  }
  expect(samples.get('pumjil_stored_measurements_total')).toBe(health.balance.stored);
  expect(samples.get('pumjil_waiting_measurements')).toBe(0);
  expect(samples.get('pumjil_points_total')).toBe(health.pointsTotal);
  expect(samples.get('pumjil_events_total{kind="signal"}')).toBe(health.eventsByKind.signal);
  expect(samples.has('pumjil_history_lag_seconds')).toBe(true);
  for (const line of text.trimEnd().split('\n'))
    expect(line).toMatch(/^(# (HELP|TYPE) \S+ .+|[a-z_]+(\{[a-z_]+="[^"]*"\})? -?[\d.e+]+)$/);
});
