// The shape every language must have: that of the Korean source, with any text in place of the Korean ones.
import type { PlantJson } from '../../../src/api/contract.ts';
import { en } from './en.ts';
import { ko } from './ko.ts';

export type Language = PlantJson['plant']['language'];
export type Dictionary = typeof ko;

/** The words of a language. */
export function dictionaryOf(language: Language): Dictionary {
  return language === 'ko' ? ko : en;
}
