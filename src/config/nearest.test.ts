import fc from 'fast-check';
import { expect, test } from 'vitest';
import { didYouMean, inWords, nearest } from './nearest.ts';

test('one wrong, missing, additional or swapped letter is recognised', () => {
  const known = ['every_ms', 'host', 'timeout_ms'];
  for (const typed of ['every_mx', 'every_m', 'every_mss', 'evrey_ms', 'EVERY-MS', 'everyms'])
    expect(nearest(typed, known)).toBe('every_ms');
});

test('a word that is not near is not guessed, and words of one or two letters only near themselves', () => {
  expect(nearest('folder', ['every_ms', 'host'])).toBeUndefined();
  expect(nearest('y', ['x'])).toBeUndefined();
  expect(nearest('P', ['p'])).toBe('p');
});

test('a known word is always nearest to itself', () => {
  const word = fc.stringMatching(/^[a-z_]{1,12}$/).filter((each) => each.replaceAll('_', '') !== '');
  fc.assert(
    fc.property(
      fc.uniqueArray(word, { minLength: 1, maxLength: 8, selector: (each) => each.replaceAll('_', '') }),
      (words) => {
        for (const each of words) expect(nearest(each, words)).toBe(each);
      },
    ),
  );
});

test('a list in words is a sentence and is cut where it grows long', () => {
  expect(inWords([])).toBe('');
  expect(inWords(['a'])).toBe('a');
  expect(inWords(['a', 'b', 'c'])).toBe('a, b and c');
  expect(inWords(['a', 'b', 'c', 'd'], 2)).toBe('a, b and 2 more');
  expect(didYouMean('hots', ['host'])).toBe('; did you mean host?');
});
