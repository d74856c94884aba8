// Independent peers: pymodbus as the device, mbpoll as another reader of our testbed. Skipped where they are not installed.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { type AddressInfo, createServer } from 'node:net';
import { expect, test } from 'vitest';
import { testContext } from '../../test/contract/context.ts';
import { supervise } from '../../test/contract/supervise.ts';
import adapter from './index.ts';
import { startTestbed } from './testbed.ts';

const PYTHON = '/usr/bin/python3';
const hasPymodbus = spawnSync(PYTHON, ['-c', 'import pymodbus.server']).status === 0;
const hasMbpoll = spawnSync('mbpoll', ['-V']).status === 0;

/** 42F6 E979 is 123.456 as a float; -2 as int16; 0x00010002 as uint32 with the low word first; 'AB' as text; coils 1, 0, 1. */
const DEVICE = `
import sys
from pymodbus.server import StartTcpServer
from pymodbus.datastore import ModbusSequentialDataBlock, ModbusSlaveContext, ModbusServerContext
registers = [0x42F6, 0xE979, 0xFFFE, 2, 1, 0x4142] + [0] * 100
slave = ModbusSlaveContext(hr=ModbusSequentialDataBlock(100, registers), co=ModbusSequentialDataBlock(0, [1, 0, 1] + [0] * 50),
  ir=ModbusSequentialDataBlock(100, registers), di=ModbusSequentialDataBlock(0, [0] * 50), zero_mode=True)
StartTcpServer(context=ModbusServerContext(slaves={3: slave}, single=False), address=("127.0.0.1", int(sys.argv[1])))
`;

test.skipIf(!hasPymodbus)('values of a pymodbus device arrive, an address it does not have is bad', async () => {
  const port = await freePort();
  const device: ChildProcess = spawn(PYTHON, ['-c', DEVICE, String(port)], { stdio: 'ignore' });
  const context = testContext('pymodbus');
  const settings = adapter.settings.parse({
    host: '127.0.0.1',
    port,
    unit_id: 3,
    every_ms: 50,
    timeout_ms: 500,
    tags: {
      float: { register: 'holding', address: 100, type: 'float32' },
      signed: { register: 'holding', address: 102, type: 'int16' },
      wide: { register: 'holding', address: 103, type: 'uint32', order: 'CDAB' },
      text: { register: 'input', address: 105, type: 'string', length: 1 },
      coil: { register: 'coil', address: 2, type: 'bool' },
      beyond: { register: 'holding', address: 210 },
    },
  });
  const running = supervise(adapter, settings, context, { backOffMs: 100 });
  try {
    const rows = await running.until('one poll', () => running.rows.length >= 6 && running.rows.slice(0, 6), 15_000);
    const of = (tag: string) => rows.find((row) => row.tag === tag);
    expect(of('float')?.value).toBe(Math.fround(123.456));
    expect(of('signed')?.value).toBe(-2);
    expect(of('wide')?.value).toBe(0x0001_0002);
    expect(of('text')?.text).toBe('AB');
    expect(of('coil')?.value).toBe(1);
    expect(of('beyond')).toMatchObject({ quality: 2, value: Number.NaN, reason: 'modbus_exception_2' });
  } finally {
    await running.stop();
    context.dispose();
    device.kill('SIGKILL');
  }
});

test.skipIf(!hasMbpoll)('mbpoll reads the same values from the testbed as the adapter', async () => {
  const plc = await startTestbed('');
  const context = testContext('mbpoll');
  const running = supervise(adapter, adapter.settings.parse(plc.settings), context);
  try {
    await running.until('connected', () => context.connections.length > 0);
    await plc.emit();
    const cushion = await running.until('the record', () => running.rows.find((row) => row.tag === 'cushion'));
    const weight = running.rows.find((row) => row.tag === 'weight')!;
    // mbpoll's words come low first unless -B is given, which is the testbed's CDAB; addresses count from zero with -0.
    expect(await poll(plc.serverPort, ['-r', '102', '-t', '4:float'])).toBeCloseTo(cushion.value, 4);
    expect(await poll(plc.serverPort, ['-r', '104', '-t', '4'])).toBe(Math.round(weight.value * 100));
  } finally {
    await running.stop();
    context.dispose();
    await plc.stop();
  }
});

function poll(port: number, what: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const args = ['-m', 'tcp', '-p', String(port), '-a', '7', '-0', '-c', '1', '-1', '-q', ...what, '127.0.0.1'];
    const child = spawn('mbpoll', args);
    let output = '';
    child.stdout.on('data', (text) => {
      output += text;
    });
    child.on('close', () => {
      const value = /\]:\s*(\S+)/.exec(output)?.[1];
      if (value === undefined) reject(new Error(`mbpoll printed: ${output}`));
      else resolve(Number(value));
    });
  });
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
