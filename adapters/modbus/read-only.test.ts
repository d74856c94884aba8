import { readdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startTestbed } from './testbed.ts';

test('no file of the adapter names a writing function of the library', () => {
  const files = readdirSync(import.meta.dirname).filter(
    (file) => file.endsWith('.ts') && !/test(bed)?\.ts$/.test(file),
  );
  expect(files.length).toBeGreaterThan(5);
  for (const file of files) {
    const text = readFileSync(join(import.meta.dirname, file), 'utf8');
    expect(
      text.match(/\bwrite(FC|Coil|Register|Mask|Custom|Device)\w*|\bmaskWrite\w*|\bcustomFunction\b/i) ?? [],
    ).toEqual([]);
  }
});

test('the testbed does count a write', async () => {
  const plc = await startTestbed('');
  const socket = connect({ host: '127.0.0.1', port: plc.port });
  // Function 6 (write single register), address 1, value 2.
  socket.write(Uint8Array.of(0, 1, 0, 0, 0, 6, 7, 6, 0, 1, 0, 2));
  await expect.poll(() => plc.writes()).toBe(1);
  socket.destroy();
  await plc.stop();
});
