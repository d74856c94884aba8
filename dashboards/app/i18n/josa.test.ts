import { expect, test } from 'vitest';
import { josa } from './josa.ts';

test('a Korean word takes its particle by its final consonant', () => {
  expect(josa('내경', '을/를')).toBe('내경을');
  expect(josa('평탄도', '을/를')).toBe('평탄도를');
  expect(josa('토크', '이/가')).toBe('토크가');
  expect(josa('제품 중량', '은/는')).toBe('제품 중량은');
});

test('digits are read in Korean', () => {
  expect(josa('3', '을/를')).toBe('3을');
  expect(josa('규칙 2', '을/를')).toBe('규칙 2를');
  expect(josa('10', '이/가')).toBe('10이');
});

test('Latin letters are read by their names, brackets are looked through', () => {
  expect(josa('LCL', '은/는')).toBe('LCL은');
  expect(josa('Cpk', '을/를')).toBe('Cpk를');
  expect(josa('누설량 (L3)', '이/가')).toBe('누설량 (L3)이');
});

test('으로 drops its vowel after ㄹ too', () => {
  expect(josa('서울', '으로/로')).toBe('서울로');
  expect(josa('규칙 1', '으로/로')).toBe('규칙 1로');
  expect(josa('금형', '으로/로')).toBe('금형으로');
});
