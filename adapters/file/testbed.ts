// A measuring machine that writes one CSV file a part into a folder, as a CMM does: CP949, Korean headers.
import { existsSync } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ExpectedRow, Testbed } from '../../src/component.ts';

/** 일시,품번,로트,내경,깊이 in CP949; the rest of the file is ASCII. */
const HEADER = Buffer.from('c0cfbdc32cc7b0b9f82cb7cec6ae2cb3bbb0e62cb1edc0cc0d0a', 'hex');
const START_MS = Date.UTC(2026, 2, 1);

/** Starts it: the folder `inbox` below `folder`. */
export async function startTestbed(folder: string): Promise<Testbed> {
  const inbox = join(folder, 'inbox');
  const away = join(folder, 'inbox-away');
  await mkdir(inbox, { recursive: true });
  let part = 0;
  let last = { name: '', content: Buffer.alloc(0) };

  async function write(name: string, content: Buffer): Promise<void> {
    const home = existsSync(inbox) ? inbox : away;
    const file = await open(join(home, `${name}.tmp`), 'w');
    await file.writeFile(content);
    await file.sync();
    await file.close();
    await rename(join(home, `${name}.tmp`), join(home, name));
  }

  async function writePart(isProbeBroken: boolean): Promise<readonly ExpectedRow[]> {
    part += 1;
    const timeMs = START_MS + part * 72_250;
    const bore = 22.01 + (part % 13) / 1000;
    const depth = 34.5 - (part % 7) / 1000;
    const local = new Date(timeMs + 9 * 3600_000).toISOString().replace('T', ' ').slice(0, 23);
    const line = `${local},"CV-2100",C26${part % 3},${isProbeBroken ? 'ERR' : bore},${depth}\r\n`;
    last = { name: `part-${String(part).padStart(6, '0')}.csv`, content: Buffer.concat([HEADER, Buffer.from(line)]) };
    await write(last.name, last.content);
    const context = { part: 'CV-2100', lot: `C26${part % 3}` };
    return [
      { tag: 'bore', value: isProbeBroken ? Number.NaN : bore, quality: isProbeBroken ? 2 : 0, timeMs, context },
      { tag: 'depth', value: depth, quality: 0, timeMs, context },
    ];
  }

  const settings = {
    folder: inbox,
    encoding: 'cp949',
    timezone: 'Asia/Seoul',
    mapping: { time: '일시', part: '품번', context: { lot: '로트' }, value: { bore: '내경', depth: '깊이' } },
    every_ms: 20,
    stable_ms: 0,
  };

  return {
    settings,
    absent: { ...settings, folder: join(folder, 'no-such-folder') },
    emit: () => writePart(false),
    fault: async () => (await writePart(true)).slice(0, 1),
    cut: () => rename(inbox, away),
    restore: () => rename(away, inbox),
    garbage: (bytes) => write(`garbage-${bytes.length}-${part}.csv`, Buffer.from(bytes)),
    redeliver: () => write(`again-${last.name}`, last.content),
    acknowledged: () => existsSync(join(inbox, 'done', last.name)),
    // Taking a file moves it; nothing else may appear in the inbox.
    writes: () => 0,
    async stop() {
      await rm(inbox, { recursive: true, force: true, maxRetries: 5 });
      await rm(away, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
