// JSON whose keys a source has chosen.

/** Begins every key of the second reading that had to be written in another way. */
const MARK = '\uE000';

/**
 * The value of a JSON text, with every key as it was written.
 * JSON.parse of Node 24.21 (V8 13.6) takes a key with an escape for another one once it has seen a lone backslash at that place:
 * after `{"a":1,"\\":2}`, the text `{"a":1,"\n":2}` gives the key `\`. So keys with an escape are read under another name.
 *
 * @throws SyntaxError when the text is no JSON
 * @throws RangeError when a text with such keys is nested too deeply to be read again
 * @example
 * parseSourceJson('{"values":{"leak":0.8}}'); // => { values: { leak: 0.8 } }
 */
export function parseSourceJson(text: string): unknown {
  const plain: unknown = JSON.parse(text);
  if (!text.includes('\\')) return plain;
  const renamed = withoutEscapedKeys(text);
  if (renamed === undefined) return plain;
  return JSON.parse(renamed, (_, part: unknown) => {
    if (typeof part !== 'object' || part === null || Array.isArray(part)) return part;
    if (!Object.keys(part).some((key) => key.startsWith(MARK))) return part;
    return Object.fromEntries(Object.entries(part).map(([key, value]) => [originalKey(key), value]));
  });
}

/** The text with every key that has an escape, or begins like one of ours, under a name without any; undefined when there is no escape in a key. */
function withoutEscapedKeys(text: string): string | undefined {
  const pieces: string[] = [];
  let copied = 0;
  let hasEscape = false;
  // The text is known to be JSON: outside of strings there is no quotation mark.
  for (let from = text.indexOf('"'); from !== -1; ) {
    let to = from + 1;
    let isEscaped = false;
    while (text[to] !== '"') {
      if (text[to] === '\\') {
        isEscaped = true;
        to += 1;
      }
      to += 1;
    }
    if ((isEscaped || text.startsWith(MARK, from + 1)) && isKey(text, to + 1)) {
      hasEscape ||= isEscaped;
      pieces.push(text.slice(copied, from), `"${MARK}${unitsOf(String(JSON.parse(text.slice(from, to + 1))))}"`);
      copied = to + 1;
    }
    from = text.indexOf('"', to + 1);
  }
  if (!hasEscape) return undefined;
  pieces.push(text.slice(copied));
  return pieces.join('');
}

function isKey(text: string, after: number): boolean {
  let at = after;
  while (' \t\r\n'.includes(text[at] ?? 'x')) at += 1;
  return text[at] === ':';
}

/** UTF-16 units in hexadecimal: half a surrogate pair too. */
function unitsOf(key: string): string {
  return Array.from({ length: key.length }, (_, i) => key.charCodeAt(i).toString(16).padStart(4, '0')).join('');
}

function originalKey(key: string): string {
  if (!key.startsWith(MARK)) return key;
  const units = key.slice(MARK.length).match(/.{4}/g) ?? [];
  return units.map((unit) => String.fromCharCode(Number.parseInt(unit, 16))).join('');
}
