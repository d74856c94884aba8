// From registers to a value: type, byte and word order, bit, scale.
import type { TagSettings } from './settings.ts';

/** What registers say: a number (NaN and infinite are possible) or a text; `reason` where it is not plainly good. */
export type Decoded =
  | { readonly kind: 'number'; readonly value: number; readonly reason?: string }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'bad'; readonly reason: string };

/**
 * Decodes one tag.
 *
 * @param tag settings of the tag
 * @param bytes its registers as they came, two bytes each; for coils and discrete inputs one byte, 0 or 1
 * @example
 * const tag = { register: 'holding' as const, address: 0, type: 'int16' as const, order: 'ABCD' as const, scale: 0.01 };
 * decode(tag, Uint8Array.of(0x00, 0x7b)); // => { kind: 'number', value: 1.23 }
 */
export function decode(tag: TagSettings, bytes: Uint8Array): Decoded {
  if (tag.register === 'coil' || tag.register === 'discrete') return number(bytes[0] ?? Number.NaN, tag);
  if (tag.type === 'string') return decodeText(swapBytes(bytes, tag.order === 'BADC' || tag.order === 'DCBA'));
  const view = viewInOrder(bytes, tag.order);
  if (tag.bit !== undefined) return number((view.getUint16(0) >> tag.bit) & 1, tag);
  switch (tag.type) {
    case 'bool':
    case 'uint16':
      return number(view.getUint16(0), tag);
    case 'int16':
      return number(view.getInt16(0), tag);
    case 'int32':
      return number(view.getInt32(0), tag);
    case 'uint32':
      return number(view.getUint32(0), tag);
    case 'float32':
      return number(view.getFloat32(0), tag);
    case 'float64':
      return number(view.getFloat64(0), tag);
    case 'int64':
      return wide(view.getBigInt64(0), tag);
    case 'uint64':
      return wide(view.getBigUint64(0), tag);
  }
}

/** Scaling by 0.001 divides by 1000: the result is then the double nearest to the decimal a person would write. */
function number(raw: number, tag: TagSettings, reason?: string): Decoded {
  const inverse = tag.scale === undefined ? 1 : Math.round(1 / tag.scale);
  const scaled =
    tag.scale === undefined ? raw : inverse !== 0 && 1 / inverse === tag.scale ? raw / inverse : raw * tag.scale;
  const value = tag.offset === undefined ? scaled : scaled + tag.offset;
  return { kind: 'number', value, ...(reason === undefined ? {} : { reason }) };
}

function wide(raw: bigint, tag: TagSettings): Decoded {
  const value = Number(raw);
  return number(value, tag, Number.isSafeInteger(value) ? undefined : 'rounded_to_53_bits');
}

function viewInOrder(bytes: Uint8Array, order: TagSettings['order']): DataView {
  const swapped = swapBytes(bytes, order === 'BADC' || order === 'DCBA');
  const isLowWordFirst = order === 'CDAB' || order === 'DCBA';
  const words = swapped.length / 2;
  const ordered = new Uint8Array(swapped.length);
  for (let word = 0; word < words; word++) {
    const from = isLowWordFirst ? words - 1 - word : word;
    ordered.set(swapped.subarray(from * 2, from * 2 + 2), word * 2);
  }
  return new DataView(ordered.buffer);
}

function swapBytes(bytes: Uint8Array, swap: boolean): Uint8Array {
  if (!swap) return bytes;
  const swapped = new Uint8Array(bytes.length);
  for (let i = 0; i < bytes.length; i++) swapped[i] = bytes[i ^ 1] ?? 0;
  return swapped;
}

/** Korean panels write EUC-KR, newer ones UTF-8; the first cannot pass for the second by chance of more than a letter or two. */
function decodeText(bytes: Uint8Array): Decoded {
  const end = bytes.indexOf(0);
  const used = end < 0 ? bytes : bytes.subarray(0, end);
  for (const encoding of ['utf-8', 'euc-kr']) {
    try {
      return { kind: 'text', text: new TextDecoder(encoding, { fatal: true }).decode(used).trim() };
    } catch {
      // Not this encoding.
    }
  }
  return { kind: 'bad', reason: 'text_undecodable' };
}
