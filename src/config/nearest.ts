// The nearest known word to a mistyped one: what every "did you mean" is made of.

/**
 * The known word with the fewest typing mistakes, when it is near enough to be meant.
 *
 * A mistake is a wrong, missing, additional or swapped letter (Damerau-Levenshtein, restricted); letter case, `-` and `_` do not count.
 * Near enough means at most one mistake in three letters, so words of one or two letters are only near to themselves.
 *
 * @returns the known word, or undefined when none is near
 * @example
 * nearest('every_m', ['host', 'every_ms']); // => 'every_ms'
 */
export function nearest(word: string, known: Iterable<string>): string | undefined {
  const wanted = fold(word);
  let best: string | undefined;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const candidate of known) {
    if (candidate.length > 200 || word.length > 200) continue;
    const folded = fold(candidate);
    const longer = Math.max(wanted.length, folded.length);
    const allowed = longer < 3 ? 0 : Math.floor(longer / 3);
    const distance = typingMistakes(wanted, folded);
    if (distance <= allowed && distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/**
 * The tail of a sentence that names the nearest word, else the words there are.
 *
 * @example
 * didYouMean('xbar', ['i-mr', 'xbar-s']); // => '; did you mean xbar-s?'
 */
export function didYouMean(word: string, known: Iterable<string>): string {
  const near = nearest(word, known);
  return near === undefined ? '' : `; did you mean ${near}?`;
}

/**
 * A list in words, cut after `most` entries.
 *
 * @example
 * inWords(['a', 'b', 'c'], 2); // => 'a, b and 1 more'
 */
export function inWords(words: Iterable<string>, most = 12): string {
  const all = [...words];
  if (all.length > most) return `${all.slice(0, most).join(', ')} and ${all.length - most} more`;
  if (all.length <= 1) return all.join('');
  return `${all.slice(0, -1).join(', ')} and ${all.at(-1)}`;
}

function fold(word: string): string {
  return word.normalize('NFC').toLowerCase().replaceAll('-', '').replaceAll('_', '');
}

function typingMistakes(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + (same ? 0 : 1));
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (isSwap) cost = Math.min(cost, (beforeLast[j - 2] ?? 0) + 1);
      row.push(cost);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? 0;
}
