// Text in CP949, the code page in which Korean Windows programs write their CSV files.

/**
 * An encoder. It knows every character that two bytes of CP949 stand for; others become a question mark.
 *
 * @example
 * [...createCp949Encoder()('가')]; // => [0xb0, 0xa1]
 */
export function createCp949Encoder(): (text: string) => Uint8Array {
  // The platform can only decode, so the table is read backwards.
  const decoder = new TextDecoder('euc-kr');
  const codes = new Map<string, readonly [number, number]>();
  for (let lead = 0x81; lead <= 0xfe; lead++) {
    for (let trail = 0x41; trail <= 0xfe; trail++) {
      const text = decoder.decode(Uint8Array.of(lead, trail));
      if (text.length === 1 && text !== '\uFFFD' && !codes.has(text)) codes.set(text, [lead, trail]);
    }
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
