// What a Sparkplug host must remember of its edge nodes: births, aliases, sequence numbers, deaths (Eclipse Sparkplug 3.0, chapters 5 and 6).
import { BAD, type Gap, GOOD, isTagName, readSourceValue, UNCERTAIN } from '../../src/component.ts';
import type { MessageRow } from './message.ts';
import { decodePayload, metricValue, type RawMetric, type RawPayload } from './sparkplug.ts';

export interface SparkplugResult {
  readonly rows: readonly MessageRow[];
  readonly refused: readonly { readonly count: number; readonly reason: string }[];
  readonly gaps: readonly Gap[];
  /** Node that should be asked for a new birth. */
  readonly rebirth: string | undefined;
}

export interface SparkplugHost {
  /** Reads one message below spBv1.0/; undefined for topics of other groups and STATE. */
  read(topic: string, payload: Uint8Array, receivedMs: number): SparkplugResult | undefined;
  /** Our link was down: births may have been missed, so aliases hold only where the sequence goes on. */
  linkLost(): void;
}

interface KnownMetric {
  readonly name: string;
  readonly type: number;
}

interface Device {
  readonly byAlias: Map<bigint, KnownMetric>;
  readonly byName: Map<string, KnownMetric>;
}

interface Node {
  /** Number of the birth: its bdSeq, which the will carries too. */
  bdSeq: string;
  seq: number;
  /** When its last numbered message came, ms since 1970. */
  lastMs: number;
  isBorn: boolean;
  isDoubtful: boolean;
  /** Key '' = the node itself. */
  readonly devices: Map<string, Device>;
  /** Deaths still open: of a device, or under '' of the node. */
  readonly deaths: Map<string, { readonly fromMs: number; readonly tags: readonly string[] }>;
}

/** Message kinds that belong to the numbered sequence of a node. */
const KINDS = ['NBIRTH', 'NDEATH', 'NDATA', 'DBIRTH', 'DDEATH', 'DDATA'] as const;
type Kind = (typeof KINDS)[number];

/** Names an edge node may bring up; more than these are refused. */
const MOST_METRICS = 20_000;

/** Remembers one group. */
export function createSparkplugHost(group: string): SparkplugHost {
  const nodes = new Map<string, Node>();

  function nodeOf(name: string): Node {
    let node = nodes.get(name);
    if (node === undefined) {
      node = { bdSeq: '', seq: -1, lastMs: 0, isBorn: false, isDoubtful: false, devices: new Map(), deaths: new Map() };
      nodes.set(name, node);
    }
    return node;
  }

  return {
    read(topic, bytes, receivedMs) {
      const [version, ofGroup, kindWord, nodeName, deviceName = ''] = topic.split('/');
      const kind = KINDS.find((word) => word === kindWord);
      if (version !== 'spBv1.0' || ofGroup !== group || kind === undefined || !nodeName) return undefined;
      let payload: RawPayload;
      try {
        payload = decodePayload(bytes);
      } catch {
        return refusal('sparkplug_malformed', 1);
      }
      const node = nodeOf(nodeName);
      if (kind === 'NDEATH') return nodeDeath(node, nodeName, payload, receivedMs);
      if (kind === 'NBIRTH') return nodeBirth(node, nodeName, payload, receivedMs);
      if (!node.isBorn) return refusal('sparkplug_before_birth', payload.metrics.length, nodeName);
      const expected = (node.seq + 1) % 256;
      const isInOrder = payload.seq === expected;
      if (node.isDoubtful && !isInOrder) {
        node.isBorn = false;
        node.isDoubtful = false;
        return refusal('sparkplug_before_birth', payload.metrics.length, nodeName);
      }
      const missing = isInOrder || payload.seq === undefined ? 0 : (payload.seq - expected + 256) % 256;
      const fromMs = node.lastMs;
      node.seq = payload.seq ?? node.seq;
      node.lastMs = receivedMs;
      const result = deviceMessage(node, nodeName, kind, deviceName, payload, receivedMs);
      if (missing === 0) return result;
      const tags = tagsOf(node, nodeName);
      const lost: Gap = { kind: 'gap', tags, fromMs, toMs: receivedMs, reason: 'sparkplug_sequence', missing };
      return { ...result, gaps: [...(tags.length === 0 ? [] : [lost]), ...result.gaps], rebirth: nodeName };
    },
    linkLost() {
      for (const node of nodes.values()) node.isDoubtful = node.isBorn;
    },
  };
}

function nodeBirth(node: Node, name: string, payload: RawPayload, receivedMs: number): SparkplugResult {
  node.isBorn = true;
  node.isDoubtful = false;
  node.seq = payload.seq ?? 0;
  node.lastMs = receivedMs;
  node.devices.clear();
  node.bdSeq = bdSeqOf(payload) ?? `born${payload.timestamp ?? receivedMs}`;
  return { ...birth(node, name, '', payload), gaps: closing(node, '', receivedMs) };
}

function nodeDeath(node: Node, name: string, payload: RawPayload, receivedMs: number): SparkplugResult {
  const bdSeq = bdSeqOf(payload);
  // A will of an earlier connection of the node arrives late: the node lives.
  if (!node.isBorn || (bdSeq !== undefined && bdSeq !== node.bdSeq)) return nothing();
  node.isBorn = false;
  return { ...nothing(), gaps: opening(node, '', tagsOf(node, name), receivedMs) };
}

function deviceMessage(
  node: Node,
  nodeName: string,
  kind: Exclude<Kind, 'NBIRTH' | 'NDEATH'>,
  device: string,
  payload: RawPayload,
  receivedMs: number,
): SparkplugResult {
  if (kind === 'DBIRTH') {
    return { ...birth(node, nodeName, device, payload), gaps: closing(node, device, receivedMs) };
  }
  const known = node.devices.get(kind === 'NDATA' ? '' : device);
  if (known === undefined) return refusal('sparkplug_before_birth', payload.metrics.length, nodeName);
  if (kind === 'DDEATH') {
    const gaps = opening(node, device, deviceTags(node, nodeName, device), receivedMs);
    node.devices.delete(device);
    return { ...nothing(), gaps };
  }
  const rows: MessageRow[] = [];
  const refused = new Map<string, number>();
  const prefix = prefixOf(nodeName, kind === 'NDATA' ? '' : device);
  for (const metric of payload.metrics) {
    const told = metric.alias === undefined ? known.byName.get(metric.name ?? '') : known.byAlias.get(metric.alias);
    const row = told === undefined ? 'sparkplug_unknown_metric' : readMetric(prefix, told, metric, payload, node.bdSeq);
    if (row === undefined) continue;
    if (typeof row === 'string') refused.set(row, (refused.get(row) ?? 0) + 1);
    else rows.push(row);
  }
  return {
    rows,
    refused: [...refused].map(([reason, count]) => ({ reason, count })),
    gaps: [],
    rebirth: refused.has('sparkplug_unknown_metric') ? nodeName : undefined,
  };
}

/**
 * Learns names, aliases and types. Texts of a birth are states (part number, lot) and are taken as rows; its numbers only
 * repeat the last value of each metric and would be measured twice.
 */
function birth(node: Node, nodeName: string, deviceName: string, payload: RawPayload): SparkplugResult {
  const device: Device = { byAlias: new Map(), byName: new Map() };
  const prefix = prefixOf(nodeName, deviceName);
  const rows: MessageRow[] = [];
  let refused = 0;
  for (const metric of payload.metrics) {
    if (metric.name === undefined || metric.name === 'bdSeq' || metric.name.startsWith('Node Control/')) continue;
    if (!isTagName(`${prefix}${metric.name}`) || device.byName.size >= MOST_METRICS) {
      refused += 1;
      continue;
    }
    const known: KnownMetric = { name: metric.name, type: metric.type };
    device.byName.set(metric.name, known);
    if (metric.alias !== undefined) device.byAlias.set(metric.alias, known);
    const row = readMetric(prefix, known, metric, payload, node.bdSeq);
    if (typeof row === 'object' && row.text !== undefined) rows.push(row);
  }
  node.devices.set(deviceName, device);
  return {
    rows,
    refused: refused === 0 ? [] : [{ count: refused, reason: 'tag_invalid' }],
    gaps: [],
    rebirth: undefined,
  };
}

/** A row, a word of refusal, or undefined for housekeeping metrics. */
function readMetric(
  prefix: string,
  known: KnownMetric,
  metric: RawMetric,
  payload: RawPayload,
  bdSeq: string,
): MessageRow | string | undefined {
  if (known.name === 'bdSeq' || known.name.startsWith('Node Control/')) return undefined;
  const given = metricValue(metric, metric.type === 0 ? known.type : metric.type);
  if (given === undefined) return 'sparkplug_type';
  const quality = metric.quality === undefined || metric.quality >= 192 ? GOOD : metric.quality >= 64 ? UNCERTAIN : BAD;
  const read = readSourceValue(given, metric.quality === 500 ? BAD : quality);
  if (read === undefined) return 'value_invalid';
  const timeMs = metric.timestamp ?? payload.timestamp;
  const isTime = timeMs !== undefined && timeMs > 0 && timeMs < 9_223_372_036_854;
  const timeNs = isTime ? BigInt(timeMs) * 1_000_000n : undefined;
  return {
    tag: `${prefix}${known.name}`,
    value: read.value,
    quality: read.quality,
    timeNs,
    // The sequence begins again after 256 messages: only with the time it names one value.
    sourceId: timeNs === undefined ? undefined : `${bdSeq}.${payload.seq ?? ''}@${timeMs}`,
    context: {},
    text: read.text,
    reason: read.reason ?? (timeNs === undefined ? 'no_source_time' : undefined),
  };
}

function bdSeqOf(payload: RawPayload): string | undefined {
  return payload.metrics.find((metric) => metric.name === 'bdSeq')?.integer?.toString();
}

function prefixOf(node: string, device: string): string {
  return device === '' ? `${node}/` : `${node}/${device}/`;
}

function deviceTags(node: Node, nodeName: string, device: string): string[] {
  const prefix = prefixOf(nodeName, device);
  return [...(node.devices.get(device)?.byName.keys() ?? [])].map((name) => `${prefix}${name}`);
}

/** Tags of a node and its devices. */
function tagsOf(node: Node, nodeName: string): string[] {
  return [...node.devices.keys()].flatMap((device) => deviceTags(node, nodeName, device));
}

function opening(node: Node, device: string, tags: readonly string[], atMs: number): Gap[] {
  // A gap without tags would mean all tags of the adapter.
  if (tags.length === 0) return [];
  node.deaths.set(device, { fromMs: atMs, tags });
  return [{ kind: 'gap', tags, fromMs: atMs, toMs: null, reason: 'sparkplug_death' }];
}

/** The gap with both ends of a death that is over, if there was one. */
function closing(node: Node, device: string, atMs: number): Gap[] {
  const death = node.deaths.get(device);
  node.deaths.delete(device);
  return death === undefined ? [] : [{ kind: 'gap', ...death, toMs: atMs, reason: 'sparkplug_death' }];
}

function nothing(): SparkplugResult {
  return { rows: [], refused: [], gaps: [], rebirth: undefined };
}

function refusal(reason: string, count: number, rebirth?: string): SparkplugResult {
  return { ...nothing(), refused: [{ count: Math.max(1, count), reason }], rebirth };
}
