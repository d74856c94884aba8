import { createServer, type ServerResponse } from 'node:http';
import fc from 'fast-check';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { blockOf, type Given, pointOf, someSeries } from '../../../test/contract/history-blocks.ts';
import { type Influxd, startInfluxd, whyNoInfluxd } from '../../../test/contract/influxd.ts';
import type { PumjilError } from '../../errors.ts';
import { openInfluxHistory } from './history.ts';
import { blockLines, floatField, stringField, tagText, tagValue } from './lines.ts';

type Reply = (lines: readonly string[], response: ServerResponse) => void;

/** A stand-in for InfluxDB: answers writes by `reply`, keeps what it stored, answers every question with nothing. */
async function fakeInflux(reply: Reply) {
  const stored = new Map<string, string>();
  const requests: number[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (part: string) => {
      body += part;
    });
    request.on('end', () => {
      if (request.url?.startsWith('/write') !== true) {
        response.writeHead(200, { 'content-type': 'application/json' }).end('{"results":[{}]}');
        return;
      }
      const lines = body.split('\n');
      requests.push(lines.length);
      reply(lines, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const store = (lines: readonly string[]) => {
    for (const line of lines) stored.set(line.slice(0, line.indexOf(' id=')) + line.slice(line.lastIndexOf(' ')), line);
  };
  return { url: `http://127.0.0.1:${port}`, stored, requests, store };
}

const rows = (n: number): Given[] =>
  Array.from({ length: n }, (_, i) => ({ series: 0, timeNs: BigInt(i) * 1_000_000n, value: i }));

test('a refused line is found among thousands, put aside with the reason, and the rest is stored', async () => {
  const server = await fakeInflux((lines, response) => {
    const good = lines.filter((line) => !line.includes('value=2345,') && !line.includes('value=17,'));
    server.store(good);
    // A partial write: the good lines are stored, the number of dropped ones is a lie.
    if (good.length === lines.length) response.writeHead(204).end();
    else response.writeHead(400).end('{"error":"partial write: field type conflict dropped=0"}');
  });
  const refused: string[] = [];
  const history = openInfluxHistory({
    url: server.url,
    database: 'pumjil',
    onQuarantine: (line, reason) => refused.push(`${/value=\d+/.exec(line)?.[0]} ${reason}`),
  });
  await history.append(blockOf(1, rows(6000)));
  expect(refused.sort()).toEqual([
    'value=17 partial write: field type conflict dropped=0',
    'value=2345 partial write: field type conflict dropped=0',
  ]);
  expect([...server.stored.values()].filter((line) => line.startsWith('pumjil_measurement'))).toHaveLength(5998);
  expect(Math.max(...server.requests)).toBe(5000);
  await history.close();
});

test('a batch that is too large is split', async () => {
  const server = await fakeInflux((lines, response) => {
    if (lines.length > 100) response.writeHead(413).end();
    else {
      server.store(lines);
      response.writeHead(204).end();
    }
  });
  const history = openInfluxHistory({ url: server.url, database: 'pumjil' });
  await history.append(blockOf(1, rows(1000)));
  expect([...server.stored.values()].filter((line) => line.startsWith('pumjil_measurement'))).toHaveLength(1000);
  await history.close();
});

test.each([
  [401, {}, 'HISTORY_CREDENTIALS', undefined],
  [403, {}, 'HISTORY_CREDENTIALS', undefined],
  [404, {}, 'HISTORY_CREDENTIALS', undefined],
  [429, { 'retry-after': '7' }, 'HISTORY_UNREACHABLE', 7000],
  [503, { 'retry-after': '2' }, 'HISTORY_UNREACHABLE', 2000],
  [500, {}, 'HISTORY_UNREACHABLE', undefined],
  [302, { location: 'http://192.0.2.1/' }, 'HISTORY_UNREACHABLE', undefined],
] as const)('status %i is a retryable error and nothing is put aside', async (status, headers, code, retryAfterMs) => {
  const server = await fakeInflux((_, response) => response.writeHead(status, headers).end('{"error":"no"}'));
  const refused: string[] = [];
  const history = openInfluxHistory({
    url: server.url,
    database: 'pumjil',
    username: 'u',
    password: 'canary-7781',
    onQuarantine: (line) => refused.push(line),
  });
  const error: unknown = await history.append(blockOf(1, rows(3))).then(
    () => undefined,
    (cause: unknown) => cause,
  );
  expect(error).toMatchObject({ code, retryable: true });
  expect((error as PumjilError).data.retryAfterMs).toBe(retryAfterMs);
  expect(JSON.stringify([String(error), error])).not.toContain('canary');
  expect(refused).toEqual([]);
  await history.close();
});

test.each<[string, Reply]>([
  ['hangs', () => undefined],
  ['resets', (_, response) => response.destroy()],
  ['answers garbage', (_, response) => response.socket?.end('SSH-2.0-x\r\n\r\n')],
])('a server that %s is a retryable error within the deadline', async (_, reply) => {
  const server = await fakeInflux(reply);
  const history = openInfluxHistory({ url: server.url, database: 'pumjil', timeoutMs: 300 });
  await expect(history.append(blockOf(1, rows(3)))).rejects.toMatchObject({
    code: 'HISTORY_UNREACHABLE',
    retryable: true,
  });
  await history.close();
});

test('a line that is refused while the rest of its block fails is put aside once', async () => {
  let isDown = true;
  const server = await fakeInflux((lines, response) => {
    if (lines.some((line) => line.includes('value=7,'))) response.writeHead(400).end('{"error":"bad"}');
    else if (isDown && lines.some((line) => line.includes('value=5500,'))) response.writeHead(503).end();
    else response.writeHead(204).end();
  });
  const refused: string[] = [];
  const history = openInfluxHistory({
    url: server.url,
    database: 'pumjil',
    onQuarantine: (line) => refused.push(line),
  });
  await expect(history.append(blockOf(1, rows(6000)))).rejects.toMatchObject({ code: 'HISTORY_UNREACHABLE' });
  expect(refused).toEqual([]);
  isDown = false;
  await history.append(blockOf(1, rows(6000)));
  expect(refused).toHaveLength(1);
  await history.close();
});

test('a block whose answer was lost is written again in the same words', async () => {
  const bodies: string[] = [];
  let isLost = true;
  const server = await fakeInflux((lines, response) => {
    bodies.push(lines.join('\n'));
    server.store(lines);
    if (isLost) response.destroy();
    else response.writeHead(204).end();
  });
  const history = openInfluxHistory({ url: server.url, database: 'pumjil' });
  const block = blockOf(1, [...rows(50), { series: 1, timeNs: 0n, value: 9 }, { series: 0, timeNs: 0n, value: 8 }]);
  await expect(history.append(block)).rejects.toMatchObject({ retryable: true });
  isLost = false;
  await history.append(block);
  expect(bodies[1]).toBe(bodies[0]);
  expect([...server.stored.values()].filter((line) => line.startsWith('pumjil_measurement'))).toHaveLength(52);
  await history.close();
});

test('tags are injective and hold no sign that ends them', () => {
  const anyText = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: fc.constantFrom('%', '5', 'C', '2', '\\', '\n', ' ', ',', '=') }),
  );
  fc.assert(
    fc.property(anyText, anyText, (a, b) => {
      const unescaped = (value: string) => value.replaceAll(/\\([ ,=])/g, '$1');
      expect(tagText(unescaped(tagValue(a)))).toBe(a);
      if (a !== b) expect(tagValue(a)).not.toBe(tagValue(b));
      expect(tagValue(a)).not.toMatch(/(^|[^\\])[ ,=]|\n|\r|\\$/);
    }),
    { numRuns: 1000 },
  );
});

test('numbers are floats, whatever they look like, and no key is called tag', () => {
  expect(floatField(5)).toBe('5');
  expect(floatField(-0)).toBe('-0');
  expect(floatField(1e21)).toBe('1e+21');
  expect(floatField(Number.NaN)).toBeUndefined();
  expect(stringField('a"\\\n')).toBe('"a\\"\\\\\n"');
  const [line] = blockLines(
    blockOf(1, [{ series: 0, timeNs: 5n, value: Number.NaN, reason: 'timeout' }]),
    () => undefined,
  );
  expect(line).toBe('pumjil_measurement id="1.0",series="",size=1,quality=2,reason="timeout" 5');
  expect(line).not.toMatch(/[ ,]tag=/);
});

const missing = whyNoInfluxd();
describe.skipIf(missing !== undefined)(`with influxd${missing === undefined ? '' : ` (${missing})`}`, () => {
  let server: Influxd | undefined;
  afterAll(async () => {
    await server?.stop();
  });

  test('any texts as tags and fields make one line, stored under these very texts', async () => {
    server = await startInfluxd();
    const { url } = server;
    const texts = fc.sample(
      fc.oneof(
        fc.string({ unit: 'binary', minLength: 1 }),
        fc.string({ unit: fc.constantFrom('\\', '"', ' ', ',', '=', '\n', '쿠', 'i', '%') }),
      ),
      { numRuns: 400, seed: 7 },
    );
    const history = openInfluxHistory({
      url,
      database: 'texts',
      onQuarantine: (line, reason) => expect.fail(`${reason}: ${line}`),
    });
    const series = texts.map((text, ix) => ({
      ix,
      id: `${ix}`,
      characteristic: text,
      part: `${text}p`,
      split: '',
      line: text,
      station: text,
      isStream: true,
    }));
    const given = texts.map((text, ix) => ({
      series: ix,
      timeNs: BigInt(ix),
      value: ix,
      reason: text,
      context: { lot: text },
    }));
    await history.append({ ...blockOf(1, given), series });
    const q = 'SELECT count("value") FROM "pumjil_measurement"; SELECT * FROM "pumjil_measurement"; SHOW MEASUREMENTS';
    const response = await fetch(`${url}/query?db=texts&q=${encodeURIComponent(q)}`);
    const { results } = (await response.json()) as {
      results: { series: { columns: string[]; values: unknown[][] }[] }[];
    };
    expect(results[0]?.series[0]?.values[0]?.[1]).toBe(texts.length);
    expect(results[2]?.series[0]?.values).toEqual([['pumjil_cursor'], ['pumjil_measurement']]);
    const { columns = [], values = [] } = results[1]?.series[0] ?? {};
    const at = (row: unknown[], column: string) => row[columns.indexOf(column)];
    for (const row of values) {
      const text = texts[Number(at(row, 'value'))] ?? '';
      expect(tagText(String(at(row, 'characteristic') ?? ''))).toBe(text);
      expect(at(row, 'reason')).toBe(text);
      expect(at(row, 'lot')).toBe(text);
    }
    await history.close();
  });

  test('without the right to make databases the user is told so, with it all goes by itself', async () => {
    const secured = await startInfluxd({ auth: true });
    onTestFinished(() => secured.stop());
    const ask = (q: string, auth: string) =>
      fetch(`${secured.url}/query`, {
        method: 'POST',
        body: new URLSearchParams({ q }),
        headers: auth === '' ? {} : { authorization: `Basic ${Buffer.from(auth).toString('base64')}` },
      });
    await ask("CREATE USER boss WITH PASSWORD 'b' WITH ALL PRIVILEGES", '');
    await ask("CREATE USER worker WITH PASSWORD 'w'", 'boss:b');
    const open = (username: string, password: string) =>
      openInfluxHistory({ url: secured.url, database: 'plant', username, password });
    await expect(open('worker', 'wrong').append(blockOf(1, rows(2)))).rejects.toMatchObject({
      code: 'HISTORY_CREDENTIALS',
    });
    await expect(open('worker', 'w').append(blockOf(1, rows(2)))).rejects.toMatchObject({
      code: 'HISTORY_CREDENTIALS',
    });
    await open('boss', 'b').append(blockOf(1, rows(2)));
    await ask('GRANT ALL ON plant TO worker', 'boss:b');
    const worker = open('worker', 'w');
    await worker.append(blockOf(2, [{ series: 0, timeNs: 7n, value: 1 }]));
    expect(await worker.measurements({ series: 'L1.weight~CV-2100~1', fromMs: 0, toMs: 10, limit: 9 })).toHaveLength(3);
  });

  test('points that a revision supersedes are deleted, and a block sent again changes nothing', async () => {
    server ??= await startInfluxd();
    const history = openInfluxHistory({ url: server.url, database: 'revised' });
    const bare = { series: 3, statistic: 'x' };
    const first = [1, 2, 3, 4].map((n) => pointOf(1, n, { timeMs: n * 1000 }));
    const others = [pointOf(1, 7, { series: 1, timeMs: 3000 }), pointOf(1, 8, { ...bare, timeMs: 3000 })];
    await history.append(blockOf(1, [], { points: [...first, ...others] }));
    const again = [pointOf(2, 0, { timeMs: 2500 }), pointOf(2, 1, { timeMs: 4000 })];
    const block = { ...blockOf(2, [], { points: again }), revisions: [{ series: 0, fromMs: 2500, seq: 2 }] };
    const later = blockOf(3, [], { points: [pointOf(3, 0, { timeMs: 9000 })] });
    const shown = async (series: number) => {
      const id = someSeries()[series]?.id ?? '';
      return (await history.points({ series: id, fromMs: 0, toMs: 1e6, limit: 99 })).map((point) => point.id);
    };
    for (let round = 0; round < 2; round += 1) {
      await history.append(block);
      await history.append(later);
      expect(await shown(0)).toEqual(['1.1', '1.2', '2.0', '2.1', '3.0']);
      expect([await shown(1), await shown(3)]).toEqual([['1.7'], ['1.8']]);
    }
    await history.append({ ...blockOf(4, []), revisions: [{ series: 3, fromMs: 0, seq: 4 }] });
    expect([await shown(1), await shown(3)]).toEqual([['1.7'], []]);
    await history.close();
  });
});
