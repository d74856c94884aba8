// Decoding in the adapters: what a value costs between the wire and the batch. There is no plain form to compare with.
import { createCsvReader } from '../../adapters/file/csv-reader.ts';
import { decode } from '../../adapters/modbus/decode.ts';
import { tagSettings } from '../../adapters/modbus/settings.ts';
import { createMessageReader } from '../../adapters/mqtt/message.ts';
import { mqttSettings } from '../../adapters/mqtt/settings.ts';
import { bytesEach, type Contender, cpuNs, type Report } from './measure.ts';

/** MQTT message to rows, registers to numbers, CSV text to records. */
export async function benchAdapters(report: Report): Promise<void> {
  const cases = [
    { name: 'mqtt, JSON with 4 values', n: 20_000, contender: mqtt() },
    { name: 'modbus, float32 in CDAB', n: 200_000, contender: modbus() },
    { name: 'file, CSV with 8 columns', n: 200_000, contender: csv() },
  ];
  for (const { name, n, contender } of cases) {
    const [ns = Number.NaN] = await cpuNs([contender], n);
    report({ bench: 'adapters', case: name, impl: 'pumjil', value: ns, unit: 'ns/value', n });
    const bytes = await bytesEach(contender, 2400);
    report({ bench: 'adapters', case: name, impl: 'pumjil', value: bytes, unit: 'bytes/value', n: 2400 });
  }
}

function mqtt(): Contender {
  const { topics } = mqttSettings.parse({
    url: 'mqtt://127.0.0.1:1883',
    client_id: 'bench',
    topics: { 'plant/+/quality': { name: '{1}/{key}' } },
  });
  const read = createMessageReader('plant/+/quality', topics['plant/+/quality']!);
  const payloads = Array.from({ length: 64 }, (_, i) => {
    const values = { leak: 1.2 + i / 100, pressure: 301.5, torque: 2.81, angle: 87 + i };
    const message = { t: 1_700_000_000_000 + i, id: `s-${i}`, context: { part: 'CV-2100', lot: 'A7' }, values };
    return Buffer.from(JSON.stringify(message));
  });
  return {
    impl: 'pumjil',
    run(n) {
      let rows = 0;
      for (let i = 0; i < n / 4; i++) rows += read('plant/a/quality', payloads[i % 64]!)?.rows.length ?? 0;
      mustBe(rows, n);
    },
  };
}

function modbus(): Contender {
  const tag = tagSettings.parse({ register: 'holding', address: 102, type: 'float32', order: 'CDAB' });
  const registers = Array.from({ length: 64 }, (_, i) => {
    const bytes = Buffer.alloc(4);
    bytes.writeFloatBE(5 + i / 64);
    return Uint8Array.of(bytes[2]!, bytes[3]!, bytes[0]!, bytes[1]!);
  });
  return {
    impl: 'pumjil',
    run(n) {
      let numbers = 0;
      for (let i = 0; i < n; i++) if (decode(tag, registers[i % 64]!).kind === 'number') numbers += 1;
      mustBe(numbers, n);
    },
  };
}

function csv(): Contender {
  const line = '2026-03-02T08:00:00+09:00,CV-2100,A7,22.0134,22.0129,"Kim, S.",0.0041,3\r\n';
  return {
    impl: 'pumjil',
    run(n) {
      let fields = 0;
      const handler = {
        record: (found: readonly string[]) => {
          fields += found.length;
        },
        mistake: (what: string) => {
          throw new Error(what);
        },
      };
      const reader = createCsvReader(',', handler);
      for (let i = 0; i < n / 8; i++) reader.push(line);
      reader.end();
      mustBe(fields, n);
    },
  };
}

function mustBe(found: number, expected: number): void {
  if (found !== expected) throw new Error(`${found} values, ${expected} expected`);
}
