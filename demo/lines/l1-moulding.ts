// L1: the moulding machine as a Modbus TCP server. One latched record a shot; it only answers, nobody can write to it.
import { once } from 'node:events';
import type { AddressInfo, Server } from 'node:net';
import { ServerTCP } from 'modbus-serial';
import { HOUR } from '../model/calendar.ts';
import type { CycleRecord } from '../model/line.ts';
import type { PlantModel } from '../model/plant.ts';
import { nameOf } from '../wiring.ts';
import { registerMap, writeRegister } from './l1-registers.ts';
import { type Clock, type LineArguments, type LineProcess, pacer, runLine } from './runner.ts';
import { codesOf, contextOf, inspection, sampleReader } from './samples.ts';

const UNIT_ID = 1;
const STUCK_FOR = 3 * HOUR;

interface Made {
  readonly record: CycleRecord;
  readonly wallMs: number;
}

function moulding(plant: PlantModel, _clock: Clock, given: LineArguments): LineProcess {
  const registers = new Uint16Array(65_536);
  const map = new Map(registerMap(plant.file).map((each) => [each.tag, each]));
  const samplesOf = sampleReader(plant, plant.lines.L1);
  const counters = inspection(plant, 'L1');
  const cycleS = plant.file.lines.find((each) => each.id === 'L1')?.cycle_s ?? 1;
  const stuckTarget = plant.file.data_faults.find((each) => each.name === 'stuck')?.target;
  let weighings = 0;
  let last: CycleRecord | undefined;
  let stuckUntilWallMs = 0;
  let stuckAt: number | undefined;
  let server: ServerTCP | undefined;
  let listener: Server | undefined;

  const write = (tag: string, value: number | string): void => {
    const at = map.get(tag);
    if (at !== undefined) writeRegister(registers, at, value);
  };
  const count = (record: CycleRecord): void => {
    counters.add(record);
    if (samplesOf(record).some((each) => each.wire.adapter === 'l1-scale')) weighings++;
  };
  /** The whole record in one turn of the event loop: no request sees half of it. The counters come last. */
  const show = ({ record, wallMs }: Made): void => {
    const context = contextOf(plant, record);
    for (const { wire, value, cavity } of samplesOf(record)) {
      let shown = value;
      if (wire.characteristic.id === stuckTarget && wallMs < stuckUntilWallMs) shown = stuckAt ??= value;
      if (wire.adapter === 'l1') write(wire.tag, shown);
      if (wire.adapter === 'l1-scale') write(`${nameOf(wire.characteristic)}_${cavity}`, shown);
    }
    const counts = counters.counts(record.part);
    write('part_no', record.part);
    write('lot', record.lot);
    write('mould', context.mould ?? '');
    write('shift', record.shift.id);
    write('period', counters.period(record));
    write('inspected', counts.inspected);
    write('rejected', counts.rejected);
    for (const code of codesOf(plant.file, 'L1')) {
      write(`defect_${code.toLowerCase()}`, counts.byCode.get(code) ?? 0);
    }
    write('kwh', counters.kwh(record.ms));
    write('weighings', weighings);
    write('shots', record.counter);
  };
  const paced = pacer<Made>((cycleS * 1000 * 0.75) / given.speed, (made) => {
    count(made.record);
    show(made);
  });

  return {
    past(record) {
      if (record.line !== 'L1') return;
      count(record);
      last = record;
    },
    live(record, wallMs) {
      if (record.line === 'L1') paced.add({ record, wallMs });
    },
    dataFault(name, atWallMs) {
      if (name !== 'stuck') return;
      stuckUntilWallMs = atWallMs + STUCK_FOR / given.speed;
      stuckAt = undefined;
    },
    async open() {
      // A controller that is switched on still holds its last record.
      if (last !== undefined) show({ record: last, wallMs: Date.now() });
      const opened = new ServerTCP(
        {
          getHoldingRegister: (address: number) => registers[address] ?? 0,
          getMultipleHoldingRegisters: (address: number, length: number) => [
            ...registers.subarray(address, address + length),
          ],
        },
        // The library takes the number 0 for "no port given"; as a text it reaches the system, which then finds a free one.
        { host: '127.0.0.1', port: String(given.port) as unknown as number, unitID: UNIT_ID },
      );
      server = opened;
      // A client that goes away in the middle of an answer is no reason to stop moulding.
      opened.on('socketError', () => undefined);
      // modbus-serial keeps the net.Server it listens with under this name.
      const { _server } = opened as unknown as { readonly _server: Server };
      listener = _server;
      if (!_server.listening) await once(_server, 'listening');
      return (_server.address() as AddressInfo).port;
    },
    async close() {
      paced.close();
      for (const socket of server?.socks.keys() ?? []) socket.destroy();
      listener?.close();
    },
  };
}

await runLine(moulding);
