// Korean particles change with the sound before them: 내경을, 중량을, 평탄도를; 3을, 2를; Cpk를, LCL을.

/** Pairs: after a consonant / after a vowel. */
export type Josa = '을/를' | '이/가' | '은/는' | '과/와' | '으로/로';

// Read in Korean: 0 영, 1 일, 3 삼, 6 육, 7 칠, 8 팔 end in a consonant.
const DIGIT_FINAL: Readonly<Record<string, 'none' | 'l' | 'other'>> = {
  '0': 'other',
  '1': 'l',
  '2': 'none',
  '3': 'other',
  '4': 'none',
  '5': 'none',
  '6': 'other',
  '7': 'l',
  '8': 'l',
  '9': 'none',
};

/**
 * A word with its particle. Letters of the Latin alphabet are read by their Korean names (L 엘, M 엠, N 엔, R 알 end in a consonant);
 * punctuation and units after the word are looked through.
 *
 * @example
 * josa('내경', '을/를'); // => '내경을'
 */
export function josa(word: string, pair: Josa): string {
  const [afterConsonant = '', afterVowel = ''] = pair.split('/');
  const sound = finalSound(word);
  // 로 also follows ㄹ: 서울로, 1로.
  const takesVowelForm = sound === 'none' || (pair === '으로/로' && sound === 'l');
  return word + (takesVowelForm ? afterVowel : afterConsonant);
}

function finalSound(word: string): 'none' | 'l' | 'other' {
  const last = [...word].findLast((letter) => /[가-힣0-9A-Za-z]/.test(letter));
  if (last === undefined) return 'none';
  const digit = DIGIT_FINAL[last];
  if (digit !== undefined) return digit;
  if (/[lr]/i.test(last)) return 'l';
  if (/[mn]/i.test(last)) return 'other';
  if (/[a-z]/i.test(last)) return 'none';
  const final = (last.charCodeAt(0) - 0xac00) % 28;
  if (final === 0) return 'none';
  return final === 8 ? 'l' : 'other';
}
