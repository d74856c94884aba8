// A simulated PLC: modbus-serial's own TCP server behind a small proxy that can cut the line, garble an answer and count writes.
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { ServerTCP } from 'modbus-serial';
import type { ExpectedRow, Testbed } from '../../src/component.ts';

const READ_FUNCTIONS: readonly number[] = [1, 2, 3, 4];
const SHOTS = 100;
const CUSHION = 102;
const WEIGHT = 104;
const PART = 110;
const PRESSURE = 300;
const UNIT = 7;

/** What the simulated device can be made to do; also used by the adapter's own tests. */
export interface PlcTestbed extends Testbed {
  readonly port: number;
  /** Port of the server itself, without the proxy. */
  readonly serverPort: number;
  readonly holding: Uint16Array;
  readonly input: Uint16Array;
  /** Connections open at the proxy now, and the most there ever were at once. */
  connections(): { readonly now: number; readonly most: number };
  requests(): number;
  /** Changes what happens to the next answer: the function returns what is sent instead. */
  nextAnswer(change: (answer: Buffer) => Uint8Array | undefined): Promise<void>;
  /** Resets every connection at the next request. */
  resetAtNextRequest(): Promise<void>;
}

/** Starts the simulated PLC on free loopback ports; it keeps no files. */
export async function startTestbed(_folder: string): Promise<PlcTestbed> {
  const holding = new Uint16Array(65_536);
  const input = new Uint16Array(65_536);
  const refusals = new Map<number, number>();
  let record = 0;

  const server = await startServer(holding, input, refusals);
  const proxy = await startProxy(server.port);

  function writeRecord(): ExpectedRow[] {
    record += 1;
    const cushion = 5 + Math.sin(record) / 8;
    const weight = 1000 + (record % 97);
    const part = record % 2 === 0 ? 'CV-1100' : 'CV-2200';
    const pressure = (record % 500) / 10 - 20;
    put(holding, CUSHION, floatWords(cushion).reverse());
    holding[WEIGHT] = weight;
    put(holding, PART, textWords(part, 4));
    new DataView(input.buffer).setInt16(PRESSURE * 2, Math.round(pressure * 10), isLittleEndianHost());
    put(holding, SHOTS, [record & 0xffff, record >>> 16]);
    const good = { quality: 0 as const };
    return [
      { ...good, tag: 'part_no', value: Number.NaN, text: part },
      { ...good, tag: 'shots', value: record },
      { ...good, tag: 'cushion', value: Math.fround(cushion) },
      { ...good, tag: 'weight', value: weight / 100, context: { cavity: '1' } },
      { ...good, tag: 'hold_pressure', value: Math.round(pressure * 10) / 10 },
    ];
  }

  return {
    port: proxy.port,
    serverPort: server.port,
    holding,
    input,
    settings: {
      host: '127.0.0.1',
      port: proxy.port,
      unit_id: UNIT,
      every_ms: 20,
      timeout_ms: 300,
      trigger: { tag: 'shots', on: 'change' },
      tags: {
        shots: { register: 'holding', address: SHOTS, type: 'uint32', order: 'CDAB' },
        cushion: { register: 'holding', address: CUSHION, type: 'float32', order: 'CDAB' },
        weight: { register: 'holding', address: WEIGHT, type: 'uint16', scale: 0.01, context: { cavity: '1' } },
        part_no: { register: 'holding', address: PART, type: 'string', length: 4 },
        pressure: { register: 'input', address: PRESSURE, type: 'int16', scale: 0.1, as: 'hold_pressure' },
      },
    },
    absent: {
      host: '127.0.0.1',
      port: await unusedPort(),
      timeout_ms: 300,
      tags: { shots: { register: 'holding', address: 0 } },
    },
    async emit() {
      refusals.clear();
      return writeRecord();
    },
    async fault() {
      refusals.set(PRESSURE, 2);
      return writeRecord()
        .map((row) => (row.tag === 'hold_pressure' ? { tag: row.tag, value: Number.NaN, quality: 2 as const } : row))
        .filter((row) => row.quality === 2);
    },
    cut: () => proxy.cut(),
    restore: () => proxy.restore(),
    garbage: (bytes) => proxy.nextAnswer(() => bytes),
    nextAnswer: proxy.nextAnswer,
    resetAtNextRequest: proxy.resetAtNextRequest,
    connections: proxy.connections,
    requests: proxy.requests,
    writes: proxy.writes,
    async stop() {
      await proxy.stop();
      await server.stop();
    },
  };
}

function put(registers: Uint16Array, address: number, words: readonly number[]): void {
  registers.set(words, address);
}

function floatWords(value: number): number[] {
  const view = new DataView(new ArrayBuffer(4));
  view.setFloat32(0, value);
  return [view.getUint16(0), view.getUint16(2)];
}

function textWords(text: string, length: number): number[] {
  const bytes = new Uint8Array(length * 2);
  new TextEncoder().encodeInto(text, bytes);
  const view = new DataView(bytes.buffer);
  return Array.from({ length }, (_, i) => view.getUint16(i * 2));
}

function isLittleEndianHost(): boolean {
  return new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;
}

async function startServer(
  holding: Uint16Array,
  input: Uint16Array,
  refusals: ReadonlyMap<number, number>,
): Promise<{ port: number; stop(): Promise<void> }> {
  const read =
    (registers: Uint16Array) =>
    (address: number, _unit: number): number => {
      const code = refusals.get(address);
      // The library answers with the exception that an error thrown here carries in this property.
      if (code !== undefined) throw Object.assign(new Error('refused'), { modbusErrorCode: code });
      return registers[address] ?? 0;
    };
  const vector = {
    getHoldingRegister: read(holding),
    getInputRegister: read(input),
    getCoil: (address: number, _unit: number): boolean => (holding[address] ?? 0) % 2 === 1,
    getDiscreteInput: (address: number, _unit: number): boolean => (input[address] ?? 0) % 2 === 1,
  };
  // The library takes the number 0 for "no port given"; as text it reaches the operating system, which picks a free one.
  const server = new ServerTCP(vector, { host: '127.0.0.1', port: '0' as unknown as number });
  server.on('socketError', () => undefined);
  const { _server: listener } = server as unknown as { _server: Server };
  if (!listener.listening) await new Promise<void>((resolve) => server.on('initialized', () => resolve()));
  return {
    port: (listener.address() as AddressInfo).port,
    stop: () =>
      new Promise((resolve) => {
        for (const socket of server.socks.keys()) socket.destroy();
        listener.close(() => resolve());
      }),
  };
}

async function startProxy(target: number) {
  const pairs = new Set<readonly [Socket, Socket]>();
  let isCut = false;
  let requests = 0;
  let writes = 0;
  let most = 0;
  let change: ((answer: Buffer) => Uint8Array | undefined) | undefined;
  let reset: (() => void) | undefined;

  const listener = createServer((client) => {
    client.on('error', () => undefined);
    if (isCut) {
      client.resetAndDestroy();
      return;
    }
    const upstream = connect({ host: '127.0.0.1', port: target, noDelay: true });
    const pair = [client, upstream] as const;
    pairs.add(pair);
    most = Math.max(most, pairs.size);
    upstream.on('error', () => undefined);
    client.on('data', (request: Buffer) => {
      requests += 1;
      if (!READ_FUNCTIONS.includes(request[7] ?? 0)) writes += 1;
      if (reset === undefined) {
        upstream.write(request);
        return;
      }
      client.resetAndDestroy();
      reset();
      reset = undefined;
    });
    upstream.on('data', (answer: Buffer) => {
      const sent = change === undefined ? answer : change(answer);
      change = undefined;
      if (sent !== undefined) client.write(sent);
    });
    for (const socket of pair) {
      socket.on('close', () => {
        pairs.delete(pair);
        client.destroy();
        upstream.destroy();
      });
    }
  });
  const port = await listen(listener);

  function destroyAll(): void {
    for (const [client] of pairs) client.destroy();
  }

  return {
    port,
    requests: () => requests,
    writes: () => writes,
    connections: () => ({ now: pairs.size, most }),
    async cut() {
      isCut = true;
      destroyAll();
    },
    async restore() {
      isCut = false;
    },
    nextAnswer(given: (answer: Buffer) => Uint8Array | undefined): Promise<void> {
      return new Promise((resolve) => {
        change = (answer) => {
          resolve();
          return given(answer);
        };
      });
    },
    resetAtNextRequest(): Promise<void> {
      return new Promise((resolve) => {
        reset = resolve;
      });
    },
    stop: () =>
      new Promise<void>((resolve) => {
        destroyAll();
        listener.close(() => resolve());
      }),
  };
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}

async function unusedPort(): Promise<number> {
  const server = createServer();
  const port = await listen(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}
