// Bytes on the wire that no client library sends: each gets a short answer and the server goes on.
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApi, type TestApi } from './client.ts';

let api: TestApi;

beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());

/** Sends the bytes, reads until the server closes or `enough` holds. */
function exchange(parts: readonly string[], enough: (text: string) => boolean = () => false): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(api.port, '127.0.0.1');
    let text = '';
    socket.setTimeout(8000, () => socket.destroy(new Error(`no end: ${text}`)));
    socket.on('connect', () => {
      for (const part of parts) socket.write(part);
    });
    socket.on('data', (bytes) => {
      text += bytes.toString('latin1');
      if (enough(text)) socket.destroy();
    });
    socket.on('close', () => resolve(text));
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNRESET' || error.code === 'EPIPE') resolve(text);
      else reject(error);
    });
  });
}

test('requests with two lengths, two ways to end or bare line feeds are refused and the connection closed', async () => {
  const head = 'POST /api/session HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n';
  const smuggled = [
    `${head}Content-Length: 2\r\nContent-Length: 4\r\n\r\n{}GET`,
    `${head}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /metrics HTTP/1.1\r\nHost: x\r\n\r\n`,
    `${head}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n`,
    'GET /healthz HTTP/1.1\nHost: x\n\n',
    'GET /healthz HTTP/1.1\r\nHost : x\r\n\r\n',
    '\u0016\u0003\u0001\u0002\u0000\u0001\u0000',
  ];
  for (const bytes of smuggled) {
    const answer = await exchange([bytes]);
    expect([bytes, /^HTTP\/1\.1 (400|405|505)/.test(answer) || answer === '', answer.includes('pumjil_')]).toEqual([
      bytes,
      true,
      false,
    ]);
  }
  expect((await api.ask('/healthz')).status).toBe(200);
});

test('headers without end are cut', async () => {
  const answer = await exchange(['GET / HTTP/1.1\r\n', `X: ${'y'.repeat(80_000)}\r\n`]);
  expect(answer).toMatch(/^HTTP\/1\.1 431/);
});

test('a body without announced length stops at the limit of the route', async () => {
  const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`;
  const head =
    'POST /api/session HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n';
  const answer = await exchange([head, ...Array.from({ length: 8 }, () => chunk)], (text) =>
    text.includes('\r\n\r\n{'),
  );
  expect(answer).toMatch(/^HTTP\/1\.1 413/);
});
