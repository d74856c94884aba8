// Small instruments of the plant: its code page, its register map, its door.

import { createHash } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect, createServer } from 'node:net';
import { expect, test } from 'vitest';
import { loadPlantFile } from '../model/plant-file.ts';
import { createCp949Encoder } from './cp949.ts';
import { frontDoor } from './front-door.ts';
import { registerMap, writeRegister } from './l1-registers.ts';

test('all modern Hangul is written as Python writes it in CP949', () => {
  const encode = createCp949Encoder();
  const all = Array.from({ length: 0xd7a3 - 0xac00 + 1 }, (_, i) => String.fromCharCode(0xac00 + i)).join('');
  // SHA-256 of ''.join(chr(c) for c in range(0xac00, 0xd7a4)).encode('cp949'), computed with Python 3.
  expect(createHash('sha256').update(encode(all)).digest('hex')).toBe(
    '9d355925bccc44ae41885b4e53eb25cf5f2f5f52000c586e3b8cd938791447bd',
  );
  // KS X 1001: 가 is B0A1; 똠 is only in CP949, 8C63.
  expect([...encode('가똠,1é')]).toEqual([0xb0, 0xa1, 0x8c, 0x63, 0x2c, 0x31, 0x3f]);
});

test('no two values of the register map share a register, and the latched record stays within 40100 and 40139', () => {
  const map = registerMap(loadPlantFile());
  const taken = map.flatMap(({ address, type, length }) =>
    Array.from({ length: type === 'string' ? (length ?? 0) : 2 }, (_, i) => address + i),
  );
  expect(new Set(taken).size).toBe(taken.length);
  const numbers = map.filter((each) => /^(shots|weigh|melt|mould_|peak|cushion|fill|meter|hold)/.test(each.tag));
  expect(numbers.length).toBe(13);
  for (const each of numbers) expect(each.address >= 100 && each.address + 1 <= 139, each.tag).toBe(true);
});

test('floats and counters stand with their words swapped, texts with the first character high', () => {
  const registers = new Uint16Array(20);
  writeRegister(registers, { tag: 'a', address: 0, type: 'float32' }, 5.5);
  writeRegister(registers, { tag: 'b', address: 2, type: 'uint32' }, 0x00012345);
  writeRegister(registers, { tag: 'c', address: 4, type: 'string', length: 3 }, 'CV-2');
  // IEEE 754: 5.5 is 40B00000.
  expect([...registers.slice(0, 7)]).toEqual([0x0000, 0x40b0, 0x2345, 0x0001, 0x4356, 0x2d32, 0]);
});

test('a shut door drops who is inside, takes nobody, and opens again on the same port', async () => {
  const inner = createServer((socket) => socket.pipe(socket)).listen(0, '127.0.0.1');
  await once(inner, 'listening');
  const door = await frontDoor(0);
  door.forwardTo((inner.address() as AddressInfo).port);
  const visitor = connect(door.port, '127.0.0.1');
  visitor.on('error', () => undefined);
  visitor.write('hello');
  expect(String((await once(visitor, 'data'))[0])).toBe('hello');
  const dropped = once(visitor, 'close');
  await door.shut();
  await dropped;
  const refused = connect(door.port, '127.0.0.1');
  const [error] = (await once(refused, 'error')) as [NodeJS.ErrnoException];
  expect(error.code).toBe('ECONNREFUSED');
  await door.open();
  const again = connect(door.port, '127.0.0.1');
  again.write('back');
  expect(String((await once(again, 'data'))[0])).toBe('back');
  again.destroy();
  await door.close();
  inner.close();
});
