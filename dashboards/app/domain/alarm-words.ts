// The words of an alarm under its own title: the machine writes whole sentences for a log, a list needs what is new in them.

/** What an alarm says beyond the name of its subject: `mean` and `관리상한(UCL)을 벗어남 (규칙 N1)`. */
export interface AlarmWords {
  /** Statistic of the chart, or empty. */
  readonly statistic: string;
  readonly words: string;
}

const STATISTIC = /^([a-z]{1,6}): /;

/**
 * Takes the subject off: `<name> [<part · split>] <statistic>: <words>` or `<adapter>: <words>`. A text of another form stays whole.
 *
 * @param subject name of the characteristic, or id of the adapter
 * @example
 * alarmWords('내경 [A · 3] mean: 관리상한을 벗어남 (규칙 N1)', '내경'); // => { statistic: 'mean', words: '관리상한을 벗어남 (규칙 N1)' }
 */
export function alarmWords(text: string, subject: string): AlarmWords {
  if (subject === '' || !text.startsWith(subject)) return { statistic: '', words: plainNumbers(text) };
  const rest = text.slice(subject.length).replace(/^ \[[^\]]*\]/, '');
  if (rest.startsWith(': ')) return { statistic: '', words: plainNumbers(rest.slice(2)) };
  const statistic = STATISTIC.exec(rest.trimStart())?.[1];
  if (!rest.startsWith(' ') || statistic === undefined) return { statistic: '', words: plainNumbers(text) };
  return { statistic, words: plainNumbers(rest.slice(statistic.length + 3)) };
}

/** Single-precision numbers of devices, 286.1000061035156, as their seven digits: 286.1. */
function plainNumbers(text: string): string {
  return text.replace(/-?\d+\.\d{7,}/g, (digits) => {
    const value = Number(digits);
    return Math.fround(value) === value ? String(Number(value.toPrecision(7))) : digits;
  });
}
