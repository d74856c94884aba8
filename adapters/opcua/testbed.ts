// A simulated machining cell: node-opcua's server with signed and encrypted channels and a user, behind a proxy that can cut the line.

import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import {
  DataType,
  MessageSecurityMode,
  OPCUACertificateManager,
  OPCUAServer,
  SecurityPolicy,
  StatusCodes,
  type UAVariable,
  VariantArrayType,
} from 'node-opcua';
import type { ExpectedRow, Testbed } from '../../src/component.ts';

const NAMESPACE = 'urn:pumjil:testbed';
const USER = { name: 'quality', password: 'bench-only' };
const WRITING = ['WriteRequest', 'CallRequest', 'HistoryUpdateRequest', 'AddNodesRequest', 'DeleteNodesRequest'];

/** What the simulated cell can be made to do; also used by the adapter's own tests. */
export interface CellTestbed extends Testbed {
  readonly endpoint: string;
  readonly server: OPCUAServer;
  readonly variables: Readonly<Record<'counter' | 'time' | 'part' | 'bore' | 'coolant', UAVariable>>;
  /** Sets the subscribed tag, at a source time. */
  setCoolant(value: number, timeMs: number): void;
  /** Stops passing bytes without closing anything, as a pulled cable does. */
  freeze(): void;
  /** Resets the connections of a frozen line, as a switch does that comes back. */
  kick(): void;
  manager(name: string): OPCUACertificateManager;
}

/** Starts the simulated cell on free loopback ports; its certificates live in `folder`. */
export async function startTestbed(folder: string): Promise<CellTestbed> {
  const proxy = await startProxy();
  const endpoint = `opc.tcp://127.0.0.1:${proxy.port}`;
  const manager = (name: string): OPCUACertificateManager =>
    new OPCUACertificateManager({
      rootFolder: join(folder, name),
      automaticallyAcceptUnknownCertificate: true,
      disableFileWatchers: true,
    });
  const server = new OPCUAServer({
    host: '127.0.0.1',
    port: 0,
    // Clients go where the server says it is, so it must name the proxy.
    advertisedEndpoints: endpoint,
    securityModes: [MessageSecurityMode.SignAndEncrypt],
    securityPolicies: [SecurityPolicy.Basic256Sha256],
    allowAnonymous: false,
    userManager: { isValidUser: (name: string, password: string) => name === USER.name && password === USER.password },
    serverCertificateManager: manager('server-pki'),
    userCertificateManager: manager('user-pki'),
    buildInfo: { productName: 'Pumjil testbed' },
  });
  await server.initialize();
  const addressSpace = server.engine.addressSpace;
  if (addressSpace === null) throw new Error('the server has no address space');
  const namespace = addressSpace.registerNamespace(NAMESPACE);
  const cell = namespace.addObject({ organizedBy: addressSpace.rootFolder.objects, browseName: 'Cell7' });
  const variable = (name: string, dataType: DataType): UAVariable =>
    namespace.addVariable({
      componentOf: cell,
      browseName: name,
      nodeId: `s=${name}`,
      dataType,
      minimumSamplingInterval: 0,
    });
  const variables = {
    counter: variable('Counter', DataType.UInt32),
    time: variable('Time', DataType.DateTime),
    part: variable('PartNo', DataType.String),
    bore: variable('Bore', DataType.Double),
    coolant: variable('Coolant', DataType.Double),
  };
  const profile = namespace.addVariable({
    componentOf: cell,
    browseName: 'Profile',
    nodeId: 's=Profile',
    dataType: DataType.Double,
    valueRank: 1,
  });
  profile.setValueFromSource({
    dataType: DataType.Double,
    arrayType: VariantArrayType.Array,
    value: Float64Array.of(1.5, 2.5, 3.5),
  });
  let writes = 0;
  server.on('request', (request) => {
    if (WRITING.includes(request.schema.name)) writes += 1;
  });
  await server.start();
  proxy.forwardTo(Number(new URL(server.endpoints[0]?.endpointDescriptions()[0]?.endpointUrl ?? '').port));

  let count = 0;
  let lastMs = 0;
  setCoolant(8, Date.now());
  set(variables.counter, DataType.UInt32, 0);

  function set(node: UAVariable, dataType: DataType, value: unknown, status = StatusCodes.Good, at = new Date()): void {
    node.setValueFromSource({ dataType, value }, status, at);
  }
  function setCoolant(value: number, timeMs: number): void {
    set(variables.coolant, DataType.Double, value, StatusCodes.Good, new Date(timeMs));
  }
  function makePart(boreStatus = StatusCodes.Good): ExpectedRow[] {
    count += 1;
    const timeMs = Math.max(lastMs + 1, Date.now());
    lastMs = timeMs;
    const at = new Date(timeMs);
    const part = count % 2 === 0 ? 'SH-310' : 'SH-320';
    const bore = 12 + Math.cos(count) / 1000;
    set(variables.part, DataType.String, part, StatusCodes.Good, at);
    set(variables.bore, DataType.Double, bore, boreStatus, at);
    set(variables.time, DataType.DateTime, at, StatusCodes.Good, at);
    set(variables.counter, DataType.UInt32, count, StatusCodes.Good, at);
    const isGood = boreStatus.isGood();
    return [
      { tag: 'part_no', value: Number.NaN, quality: 0, timeMs, text: part },
      { tag: 'bore', value: isGood ? bore : Number.NaN, quality: isGood ? 0 : 2, timeMs, context: { spindle: '1' } },
    ];
  }

  return {
    endpoint,
    server,
    variables,
    settings: {
      endpoint,
      security: { mode: 'sign_and_encrypt', policy: 'Basic256Sha256', trust: 'first_use' },
      user: USER,
      publishing_ms: 50,
      bridge_s: 10,
      timeout_ms: 5000,
      tags: { coolant: { node: `nsu=${NAMESPACE};s=Coolant`, sampling_ms: 0 } },
      record: {
        counter: `nsu=${NAMESPACE};s=Counter`,
        time: `nsu=${NAMESPACE};s=Time`,
        sampling_ms: 50,
        values: { bore: `nsu=${NAMESPACE};s=Bore`, part_no: `nsu=${NAMESPACE};s=PartNo` },
        context: { spindle: '1' },
      },
    },
    absent: {
      endpoint: `opc.tcp://127.0.0.1:${await unusedPort()}`,
      security: { mode: 'none', policy: 'None' },
      timeout_ms: 2000,
      tags: { coolant: { node: 'ns=1;s=Coolant' } },
    },
    async emit() {
      const part = makePart();
      // Lets the server see the value: a burst without a pause would be one sample.
      await new Promise((resolve) => setImmediate(resolve));
      return part;
    },
    async fault() {
      return makePart(StatusCodes.BadSensorFailure).filter((row) => row.quality === 2);
    },
    setCoolant,
    async cut() {
      proxy.cut();
    },
    async restore() {
      proxy.restore();
    },
    freeze: proxy.freeze,
    kick: proxy.kick,
    manager,
    garbage: proxy.garbage,
    writes: () => writes,
    async stop() {
      await server.shutdown(0);
      await proxy.stop();
    },
  };
}

async function startProxy() {
  const pairs = new Set<readonly [Socket, Socket]>();
  let target = 0;
  let isCut = false;
  let isFrozen = false;
  let garbage: { bytes: Uint8Array; sent: () => void } | undefined;
  const listener = createServer((client) => {
    client.on('error', () => undefined);
    if (isCut) {
      client.resetAndDestroy();
      return;
    }
    const upstream = connect({ host: '127.0.0.1', port: target, noDelay: true });
    const pair = [client, upstream] as const;
    pairs.add(pair);
    upstream.on('error', () => undefined);
    client.on('data', (bytes) => {
      if (!isFrozen) upstream.write(bytes);
    });
    upstream.on('data', (bytes) => {
      if (isFrozen) return;
      client.write(garbage?.bytes ?? bytes);
      garbage?.sent();
      garbage = undefined;
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
  const destroyAll = (): void => {
    for (const [client] of pairs) client.destroy();
  };
  return {
    port,
    forwardTo(given: number): void {
      target = given;
    },
    cut(): void {
      isCut = true;
      destroyAll();
    },
    restore(): void {
      isCut = false;
      isFrozen = false;
    },
    freeze(): void {
      isFrozen = true;
    },
    kick: destroyAll,
    garbage: (bytes: Uint8Array) => new Promise<void>((resolve) => (garbage = { bytes, sent: resolve })),
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
