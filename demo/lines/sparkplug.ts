// The edge node of the leak tester: Sparkplug B births, data with aliases and sequence numbers, deaths (Eclipse Sparkplug 3.0).

export interface Metric {
  readonly name: string;
  readonly value: number | string | boolean;
}

/** A message to publish. */
export interface SparkplugMessage {
  readonly topic: string;
  readonly payload: Uint8Array;
}

export interface EdgeNode {
  /** NBIRTH of the node and DBIRTH of its device, with every metric as it stands. */
  births(timeMs: number): SparkplugMessage[];
  /** DDATA with the metrics that changed; undefined before the first birth. */
  data(metrics: readonly Metric[], timeMs: number): SparkplugMessage | undefined;
  death(): SparkplugMessage;
  /** Whether a message on that topic is the rebirth command for this node. */
  isRebirth(topic: string): boolean;
}

const DOUBLE = 10;
const BOOLEAN = 11;
const STRING = 12;
const UINT64 = 8;

/**
 * A node with one device.
 *
 * @param first the device's metrics and what they are at first
 */
export function edgeNode(group: string, node: string, device: string, first: readonly Metric[]): EdgeNode {
  const topic = (kind: string, ofDevice: boolean): string =>
    `spBv1.0/${group}/${kind}/${node}${ofDevice ? `/${device}` : ''}`;
  const current = new Map(first.map((each) => [each.name, each]));
  const aliases = new Map([...current.keys()].map((name, i) => [name, i + 1]));
  let seq = 0;
  let bdSeq = -1;
  const nextSeq = (): number => {
    seq = (seq + 1) % 256;
    return seq;
  };
  const bdSeqMetric = (): Uint8Array => metric({ name: 'bdSeq', type: UINT64, value: bdSeq });
  return {
    births(timeMs) {
      bdSeq = (bdSeq + 1) % 256;
      seq = 0;
      const rebirth = metric({ name: 'Node Control/Rebirth', type: BOOLEAN, value: false });
      const all = [...current.values()].map((each) =>
        metric({ name: each.name, alias: aliases.get(each.name), type: typeOf(each.value), value: each.value, timeMs }),
      );
      return [
        { topic: topic('NBIRTH', false), payload: payload(timeMs, 0, [bdSeqMetric(), rebirth]) },
        { topic: topic('DBIRTH', true), payload: payload(timeMs, nextSeq(), all) },
      ];
    },
    data(metrics, timeMs) {
      for (const each of metrics) current.set(each.name, each);
      if (bdSeq < 0) return undefined;
      const changed = metrics.map((each) =>
        metric({ alias: aliases.get(each.name), type: typeOf(each.value), value: each.value, timeMs }),
      );
      return { topic: topic('DDATA', true), payload: payload(timeMs, nextSeq(), changed) };
    },
    death: () => ({ topic: topic('NDEATH', false), payload: payload(undefined, undefined, [bdSeqMetric()]) }),
    isRebirth: (on) => on === topic('NCMD', false),
  };
}

function typeOf(value: Metric['value']): number {
  return typeof value === 'string' ? STRING : typeof value === 'boolean' ? BOOLEAN : DOUBLE;
}

/** Payload: timestamp 1, metrics 2, seq 3. */
function payload(timeMs: number | undefined, seq: number | undefined, metrics: readonly Uint8Array[]): Uint8Array {
  return joined([
    ...(timeMs === undefined ? [] : [varintField(1, timeMs)]),
    ...metrics.map((each) => bytesField(2, each)),
    ...(seq === undefined ? [] : [varintField(3, seq)]),
  ]);
}

interface WireMetric {
  readonly name?: string;
  readonly alias?: number | undefined;
  readonly type: number;
  readonly value: number | string | boolean;
  readonly timeMs?: number;
}

/** Metric: name 1, alias 2, timestamp 3, datatype 4; long 11, double 13, boolean 14, string 15. */
function metric(each: WireMetric): Uint8Array {
  const parts: Uint8Array[] = [];
  if (each.name !== undefined) parts.push(bytesField(1, new TextEncoder().encode(each.name)));
  if (each.alias !== undefined) parts.push(varintField(2, each.alias));
  if (each.timeMs !== undefined) parts.push(varintField(3, each.timeMs));
  parts.push(varintField(4, each.type));
  if (typeof each.value === 'string') parts.push(bytesField(15, new TextEncoder().encode(each.value)));
  else if (typeof each.value === 'boolean') parts.push(varintField(14, each.value ? 1 : 0));
  else if (each.type === DOUBLE) parts.push(doubleField(13, each.value));
  else parts.push(varintField(11, each.value));
  return joined(parts);
}

function varintField(field: number, value: number): Uint8Array {
  return joined([varint(field * 8), varint(value)]);
}

function bytesField(field: number, value: Uint8Array): Uint8Array {
  return joined([varint(field * 8 + 2), varint(value.length), value]);
}

function doubleField(field: number, value: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setFloat64(0, value, true);
  return joined([varint(field * 8 + 1), bytes]);
}

/** Seven bits a byte, the lowest first; times in ms need more than 32 bits, so no shifts. */
function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = Math.round(value);
  while (rest > 127) {
    bytes.push((rest % 128) | 128);
    rest = Math.floor(rest / 128);
  }
  bytes.push(rest);
  return Uint8Array.from(bytes);
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, each) => sum + each.length, 0));
  let at = 0;
  for (const each of parts) {
    whole.set(each, at);
    at += each.length;
  }
  return whole;
}
