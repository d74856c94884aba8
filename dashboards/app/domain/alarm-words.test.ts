import { expect, test } from 'vitest';
import { alarmWords } from './alarm-words.ts';

test('the subject is taken off, the statistic stands alone', () => {
  expect(alarmWords('주축 진동(RMS) [CV-2100-BD] ewma: 관리상한(UCL)을 벗어남 (규칙 N1)', '주축 진동(RMS)')).toEqual({
    statistic: 'ewma',
    words: '관리상한(UCL)을 벗어남 (규칙 N1)',
  });
  expect(alarmWords('Weight [P · 3] x: 9 points: all above (rule N2)', 'Weight')).toEqual({
    statistic: 'x',
    words: '9 points: all above (rule N2)',
  });
  expect(alarmWords('Bore mean: above UCL (rule N1)', 'Bore').statistic).toBe('mean');
});

test('an alarm of a collector loses its name', () => {
  expect(alarmWords('l2: no data (link down). Check power and cable.', 'l2').words).toBe(
    'no data (link down). Check power and cable.',
  );
});

test('a text of any other form stays whole', () => {
  for (const [text, subject] of [
    ['configuration applied (kim): rules', 'Bore'],
    ['Bore diameter [A] mean: above UCL', 'Bore'],
    ['no subject at all', ''],
  ] as const)
    expect(alarmWords(text, subject)).toEqual({ statistic: '', words: text });
});

test('a single-precision number is written with its seven digits', () => {
  expect(alarmWords('수지 온도: 있을 수 없는 값 286.1000061035156 ℃ — 제외', '수지 온도').words).toBe(
    '있을 수 없는 값 286.1 ℃ — 제외',
  );
  expect(alarmWords('x: 0.12345678901 kept', 'x').words).toBe('0.12345678901 kept');
});
