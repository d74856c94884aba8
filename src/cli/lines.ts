// Lines of a stream, one at a time, in bounded memory.

/** Longest input of a study. */
export const MOST_CHARACTERS = 64 * 2 ** 20;

/**
 * Splits a stream of text or UTF-8 into lines; a line longer than `most` characters comes as undefined.
 *
 * @example
 * const lines = [];
 * for await (const line of readLines(['a\nb', 'c\n'])) lines.push(line);
 * lines; // => ['a', 'bc']
 */
export async function* readLines(
  source: AsyncIterable<Uint8Array | string> | Iterable<string>,
  most: number = MOST_CHARACTERS,
): AsyncGenerator<string | undefined> {
  const decoder = new TextDecoder();
  let rest = '';
  let isTooLong = false;
  for await (const chunk of source) {
    const text = typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true });
    let from = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
      const line = rest + text.slice(from, end);
      yield isTooLong || line.length > most ? undefined : line.replace(/\r$/, '');
      rest = '';
      isTooLong = false;
      from = end + 1;
    }
    if (isTooLong) continue;
    rest += text.slice(from);
    if (rest.length <= most) continue;
    isTooLong = true;
    rest = '';
  }
  if (isTooLong) yield undefined;
  else if (rest !== '') yield rest;
}
