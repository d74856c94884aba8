// Bytes to text, strictly: UTF-8, UTF-16 and CP949, piece by piece.

export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'cp949';

/** Gives the text of the next piece, or of the end when there is none; undefined as soon as the bytes are not of the encoding. */
export type PieceDecoder = (piece?: Uint8Array) => string | undefined;

/** Opens decoders; what they share (the table of CP949) is made once, when it is first needed. */
export type DecoderFactory = (encoding: Encoding) => PieceDecoder;

/**
 * A factory for decoders.
 *
 * @example
 * createDecoders()('cp949')(Uint8Array.of(0x8c, 0x63, 0xb9, 0xe6)); // => '똠방'
 */
export function createDecoders(): DecoderFactory {
  let table: Uint16Array | undefined;
  return (encoding) => {
    if (encoding !== 'cp949') return standardDecoder(encoding);
    table ??= cp949Table();
    return cp949Decoder(table);
  };
}

function standardDecoder(encoding: Encoding): PieceDecoder {
  const decoder = new TextDecoder(encoding, { fatal: true });
  return (piece) => {
    try {
      return piece === undefined ? decoder.decode() : decoder.decode(piece, { stream: true });
    } catch (error) {
      if (error instanceof TypeError) return undefined;
      throw error;
    }
  };
}

function cp949Decoder(table: Uint16Array): PieceDecoder {
  let lead = 0;
  return (piece) => {
    if (piece === undefined) return lead === 0 ? '' : undefined;
    const units = new Uint16Array(piece.length);
    let length = 0;
    for (const byte of piece) {
      if (lead === 0 && byte < 0x80) {
        units[length++] = byte;
        continue;
      }
      if (lead === 0) {
        lead = byte;
        continue;
      }
      const unit = table[lead * 256 + byte] ?? 0;
      if (unit === 0) return undefined;
      units[length++] = unit;
      lead = 0;
    }
    return Buffer.from(units.buffer, 0, length * 2).toString('utf16le');
  };
}

/**
 * CP949 = KS X 1001 and, around it, the 8822 other syllables of Unicode in their order. Node's euc-kr knows only the first part
 * (and reads the second as control characters), so the second is counted out here. 0 = no character.
 */
function cp949Table(): Uint16Array {
  const table = new Uint16Array(65536);
  const known = new Set<number>();
  const pairs: number[] = [];
  for (let lead = 0xa1; lead <= 0xfe; lead++) {
    for (let trail = 0xa1; trail <= 0xfe; trail++) pairs.push(lead, trail, 0x0a);
  }
  const texts = new TextDecoder('euc-kr').decode(Uint8Array.from(pairs)).split('\n');
  for (let i = 0; i * 3 < pairs.length; i++) {
    const unit = texts[i]?.length === 1 ? (texts[i]?.charCodeAt(0) ?? 0) : 0;
    const isPrivate = unit >= 0xe000 && unit <= 0xf8ff;
    if (unit === 0xfffd || isPrivate) continue;
    table[(pairs[i * 3] ?? 0) * 256 + (pairs[i * 3 + 1] ?? 0)] = unit;
    known.add(unit);
  }
  // Added to KS X 1001 in 1998: the euro and the registered sign.
  table[0xa2e6] = 0x20ac;
  table[0xa2e7] = 0xae;
  let syllable = 0xac00;
  for (let lead = 0x81; lead <= 0xc6; lead++) {
    for (let trail = 0x41; trail <= (lead < 0xa1 ? 0xfe : 0xa0); trail++) {
      if ((trail > 0x5a && trail < 0x61) || (trail > 0x7a && trail < 0x81)) continue;
      while (known.has(syllable)) syllable += 1;
      if (syllable > 0xd7a3) return table;
      table[lead * 256 + trail] = syllable;
      syllable += 1;
    }
  }
  return table;
}
