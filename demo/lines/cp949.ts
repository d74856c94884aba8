// Text in CP949, the code page in which Korean Windows programs write their CSV files.

const FIRST_SYLLABLE = 0xac00;
const LAST_SYLLABLE = 0xd7a3;

/**
 * An encoder. It knows all modern Hangul and what else KS X 1001 holds; other characters become a question mark.
 *
 * @see Microsoft's code page 949: KS X 1001, and the syllables it lacks in Unicode order on the pairs left free
 * @example
 * [...createCp949Encoder()('가')]; // => [0xb0, 0xa1]
 */
export function createCp949Encoder(): (text: string) => Uint8Array {
  const codes = new Map<string, readonly [number, number]>();
  // The platform can only decode KS X 1001, so the table is read backwards.
  const decoder = new TextDecoder('euc-kr');
  for (let lead = 0xa1; lead <= 0xfe; lead++) {
    for (let trail = 0xa1; trail <= 0xfe; trail++) {
      const text = decoder.decode(Uint8Array.of(lead, trail));
      if (text.length === 1 && text !== '\uFFFD' && !codes.has(text)) codes.set(text, [lead, trail]);
    }
  }
  const free = freePairs();
  for (let code = FIRST_SYLLABLE; code <= LAST_SYLLABLE; code++) {
    const syllable = String.fromCharCode(code);
    if (codes.has(syllable)) continue;
    const { value } = free.next();
    if (value !== undefined) codes.set(syllable, value);
  }
  return (text) => {
    const bytes: number[] = [];
    for (const character of text) {
      const code = character.charCodeAt(0);
      if (code < 0x80) bytes.push(code);
      else bytes.push(...(codes.get(character) ?? [0x3f]));
    }
    return Uint8Array.from(bytes);
  };
}

/** Pairs outside KS X 1001 in order: trail bytes are letters or above 0x80, and below 0xA1 once the lead is one of KS X 1001's. */
function* freePairs(): Generator<readonly [number, number], undefined> {
  for (let lead = 0x81; lead <= 0xc6; lead++) {
    for (let trail = 0x41; trail <= 0xfe; trail++) {
      const isLetter = (trail >= 0x41 && trail <= 0x5a) || (trail >= 0x61 && trail <= 0x7a);
      const isHigh = trail >= 0x81 && (lead < 0xa1 || trail < 0xa1);
      if (isLetter || isHigh) yield [lead, trail];
    }
  }
}
