// L3: assembly and leak test behind its own MQTT broker. JSON by station with QoS 1, the leak tester also as a Sparkplug B node.
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { Aedes } from 'aedes';
import type { CycleRecord } from '../model/line.ts';
import type { PlantModel } from '../model/plant.ts';
import { nameOf, SPARKPLUG } from '../wiring.ts';
import { type Clock, type LineArguments, type LineProcess, runLine } from './runner.ts';
import { codesOf, contextOf, inspection, REPORT_EVERY, samplePeriod, sampleReader } from './samples.ts';
import { edgeNode, type Metric, type SparkplugMessage } from './sparkplug.ts';

const REDELIVERED = 30;
const SPARKPLUG_FILTER = 'spBv1.0/';

async function assembly(plant: PlantModel, _clock: Clock, given: LineArguments): Promise<LineProcess> {
  const broker = await Aedes.createBroker();
  const samplesOf = sampleReader(plant, plant.lines.L3);
  const counters = inspection(plant, 'L3');
  const node = edgeNode(SPARKPLUG.group, SPARKPLUG.node, SPARKPLUG.device, [
    { name: 'part', value: '' },
    { name: 'lot', value: '' },
    { name: 'shift', value: '' },
    { name: 'test_pressure', value: 0 },
    { name: 'leak', value: 0 },
    { name: 'ok', value: true },
  ]);
  /** What was last sent of a station: what a broker delivers again that saw no confirmation. */
  const sent: { topic: string; payload: string }[] = [];
  const duplicated = plant.file.data_faults.find((each) => each.name === 'duplicate')?.target ?? '';
  let server: Server | undefined;
  let texts = '';
  let isBirthWanted = false;

  // One after the other: aedes takes a QoS 1 message for a repeat when a later one of QoS 0 has overtaken it.
  const outgoing: { topic: string; payload: string | Buffer; qos: 0 | 1 }[] = [];
  let isPublishing = false;
  const publishNext = (): void => {
    const next = outgoing.shift();
    isPublishing = next !== undefined;
    if (next === undefined) return;
    broker.publish({ cmd: 'publish', retain: false, dup: false, ...next }, () => setImmediate(publishNext));
  };
  const publish = (topic: string, payload: string | Buffer, qos: 0 | 1): void => {
    outgoing.push({ topic, payload, qos });
    if (!isPublishing) publishNext();
  };
  const publishSparkplug = (messages: readonly (SparkplugMessage | undefined)[]): void => {
    for (const each of messages) if (each !== undefined) publish(each.topic, Buffer.from(each.payload), 0);
  };
  const publishStation = (
    station: string,
    record: CycleRecord,
    wallMs: number,
    values: Readonly<Record<string, number>>,
    more: Readonly<Record<string, string>>,
  ): void => {
    const context = { part: record.part, ...contextOf(plant, record), ...more };
    const topic = `gaon/l3/${station}/quality`;
    const t = Math.round(wallMs);
    // With its time: a plant that is started again makes the same serial numbers again.
    const payload = JSON.stringify({ t, id: `${station}-${record.serial}-${t}`, context, values });
    publish(topic, payload, 1);
    if (!Object.keys(values).some((key) => `L3.${key}` === duplicated)) return;
    sent.push({ topic, payload });
    if (sent.length > REDELIVERED) sent.shift();
  };
  const publishLeakTester = (record: CycleRecord, wallMs: number, values: Readonly<Record<string, number>>): void => {
    const now = [record.part, record.lot, record.shift.id].join(' ');
    const metrics: Metric[] = [];
    // By exception: texts go out when they change, before the values they belong to.
    if (now !== texts) {
      metrics.push({ name: 'part', value: record.part });
      metrics.push({ name: 'lot', value: record.lot }, { name: 'shift', value: record.shift.id });
    }
    texts = now;
    for (const name of ['test_pressure', 'leak'] as const) {
      const value = values[name];
      if (value !== undefined) metrics.push({ name, value });
    }
    metrics.push({ name: 'ok', value: !(record.codes[0] ?? []).includes('LK') });
    publishSparkplug([node.data(metrics, Math.round(wallMs))]);
    if (isBirthWanted) publishSparkplug(node.births(Math.round(wallMs)));
    isBirthWanted = false;
  };

  broker.on('subscribe', (subscriptions, client) => {
    // Births are not retained: a host that comes later asks for them, and a careful node does not wait for it.
    if (client === null || !subscriptions.some((each) => each.topic.startsWith(SPARKPLUG_FILTER))) return;
    // A tester that has measured nothing yet has nothing to tell: zeros would be measurements.
    if (texts === '') isBirthWanted = true;
    else publishSparkplug(node.births(Date.now()));
  });
  broker.on('publish', (packet, client) => {
    if (client !== null && texts !== '' && node.isRebirth(packet.topic)) publishSparkplug(node.births(Date.now()));
  });

  return {
    past(record) {
      if (record.line === 'L3') counters.add(record);
    },
    live(record, wallMs) {
      if (record.line !== 'L3') return;
      counters.add(record);
      const stations = new Map<string, Record<string, number>>();
      const periods = new Map<string, string>();
      for (const { wire, value } of samplesOf(record)) {
        const station = wire.station;
        stations.set(station, { ...stations.get(station), [nameOf(wire.characteristic)]: value });
        const period = wire.isWired ? undefined : samplePeriod(plant.calendar, wire, record.ms);
        if (period !== undefined) periods.set(station, period);
      }
      for (const [station, values] of stations) {
        if (station === SPARKPLUG.device) continue;
        const period = periods.get(station);
        publishStation(station, record, wallMs, values, period === undefined ? {} : { period });
      }
      publishLeakTester(record, wallMs, { ...stations.get(SPARKPLUG.device), ...stations.get('leak') });
      if (record.counter % REPORT_EVERY !== 0) return;
      const counts = counters.counts(record.part);
      const byCode = codesOf(plant.file, 'L3').map(
        (code) => [`defect_${code.toLowerCase()}`, counts.byCode.get(code) ?? 0] as const,
      );
      const report = { rejected: counts.rejected, inspected: counts.inspected, ...Object.fromEntries(byCode) };
      publishStation('eol', record, wallMs, report, { period: counters.period(record) });
      publishStation('energy', record, wallMs, { kwh: Number(counters.kwh(record.ms).toFixed(3)) }, {});
    },
    dataFault(name) {
      if (name === 'duplicate') for (const each of sent) publish(each.topic, each.payload, 1);
    },
    async open() {
      const opened = createServer(broker.handle);
      server = opened;
      opened.listen(given.port, '127.0.0.1');
      await once(opened, 'listening');
      // A server that listens on TCP has such an address.
      return (opened.address() as AddressInfo).port;
    },
    async close() {
      publishSparkplug([node.death()]);
      server?.close();
      await new Promise<void>((resolve) => {
        broker.close(() => resolve());
        setTimeout(resolve, 500).unref();
      });
    },
  };
}

await runLine(assembly);
