// Reads tags from a device through one connection: plans requests, opens the connection anew, narrows a refusal to the tags it concerns.
import type { Context } from '../../src/component.ts';
import { type Decoded, decode } from './decode.ts';
import { type Link, ModbusException, openLink } from './link.ts';
import { planReads, type Read, splitRead, type Want } from './plan.ts';
import { type Settings, type TagSettings, widthOf } from './settings.ts';

/** A configured tag. */
export interface Tag extends Want {
  readonly name: string;
  readonly settings: TagSettings;
}

export interface Device {
  /** Reads all tags, in the order of `tags`; a refused one is bad. Throws a retryable PumjilError when the link is lost. */
  readAll(): Promise<readonly Decoded[]>;
  /** Reads one tag alone. */
  readOne(index: number): Promise<Decoded>;
  close(): Promise<void>;
}

/** Illegal address and illegal value: the request touched something forbidden, a smaller one may pass. */
const NARROWED: readonly number[] = [2, 3];

/** The tags of the settings, texts first: a record's part number must be known before its values. */
export function tagsOf(settings: Settings): readonly Tag[] {
  const tags = Object.entries(settings.tags).map(([name, tag]) => ({
    name,
    settings: tag,
    table: tag.register,
    address: tag.address,
    width: widthOf(tag),
  }));
  return [...tags.filter(isText), ...tags.filter((tag) => !isText(tag))];
}

/** Connects; throws a retryable PumjilError when that fails. */
export async function openDevice(settings: Settings, tags: readonly Tag[], context: Context): Promise<Device> {
  const options = {
    id: context.id,
    host: settings.host,
    port: settings.port,
    unitId: settings.unit_id,
    timeoutMs: settings.timeout_ms,
    signal: context.signal,
  };
  const limits = { maxRegisters: settings.max_registers, maxGap: settings.max_gap };
  let plan: readonly Read[] = planReads(tags, limits);
  let link: Link = await openLink(options);

  /** One lost answer costs a new connection and a second try; the second loss is the caller's. */
  async function ask(read: Read): Promise<Uint8Array> {
    if (link.isGood()) {
      try {
        return await link.read(read.table, read.address, read.length);
      } catch (error) {
        if (error instanceof ModbusException || context.signal.aborted) throw error;
        context.log.debug({ error: String(error) }, 'connection opened anew');
      }
    }
    await link.close();
    link = await openLink(options);
    return link.read(read.table, read.address, read.length);
  }

  async function fill(read: Read, results: Decoded[]): Promise<readonly Read[]> {
    try {
      const bytes = await ask(read);
      for (const index of read.wants) {
        const tag = tags[index];
        if (tag !== undefined) results[index] = decode(tag.settings, bytesOf(tag, read, bytes));
      }
      return [read];
    } catch (error) {
      if (!(error instanceof ModbusException)) throw error;
      const halves = NARROWED.includes(error.exceptionCode) ? splitRead(read, tags) : undefined;
      if (halves !== undefined) return [...(await fill(halves[0], results)), ...(await fill(halves[1], results))];
      for (const index of read.wants) results[index] = refusal(error);
      return [read];
    }
  }

  return {
    async readAll() {
      const results: Decoded[] = [];
      const asked: Read[] = [];
      for (const read of plan) asked.push(...(await fill(read, results)));
      if (asked.length !== plan.length) {
        context.log.warn(
          { requests: asked.length, before: plan.length },
          'device refuses part of a block, reading around it',
        );
        plan = asked;
      }
      return results;
    },
    async readOne(index) {
      const results: Decoded[] = [];
      const [tag] = tags.slice(index, index + 1);
      if (tag !== undefined) {
        await fill({ table: tag.table, address: tag.address, length: tag.width, wants: [index] }, results);
      }
      return results[index] ?? { kind: 'bad', reason: 'not_read' };
    },
    close: () => link.close(),
  };
}

function isText(tag: Tag): boolean {
  return tag.settings.type === 'string';
}

function bytesOf(tag: Tag, read: Read, bytes: Uint8Array): Uint8Array {
  const unit = tag.table === 'coil' || tag.table === 'discrete' ? 1 : 2;
  const from = (tag.address - read.address) * unit;
  return bytes.subarray(from, from + tag.width * unit);
}

function refusal(error: ModbusException): Decoded {
  return { kind: 'bad', reason: `modbus_exception_${error.exceptionCode}` };
}
