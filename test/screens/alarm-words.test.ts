// What the pipeline writes, read by the screens: the two must know the same form.
import { expect, test } from 'vitest';
import { alarmWords } from '../../dashboards/app/domain/alarm-words.ts';
import { linkWords, signalWords, streamWords } from '../../src/pipeline/words.ts';
import { describeRule, parseRule } from '../../src/spc/rule.ts';
import { createPlantFixture } from '../fixtures/plant.ts';

const RULE = { id: 'N2', sentence: '9 of 9 beyond 0 sigma on one side' };

test('an alarm of any stream says statistic and rule, without the name that stands above it', () => {
  const plant = createPlantFixture({ days: 1 });
  for (const [ix, stream] of plant.streams().entries()) {
    const plan = plant.plan.characteristics.find((c) => c.id === stream.characteristic);
    if (plan === undefined) throw new Error(`${stream.characteristic} is not in the plan`);
    const { id, characteristic, part, split } = stream;
    const { line, station } = plan;
    const series = { ix, id, characteristic, part, split, line, station, isStream: true };
    const text = signalWords(streamWords(plan, series), 'mean', RULE, undefined);
    for (const [language, word] of [
      ['ko', '규칙'],
      ['en', 'rule'],
    ] as const) {
      const words = `${describeRule(parseRule(RULE.sentence), language)} (${word} N2)`;
      expect(alarmWords(text[language], plan.name[language])).toEqual({ statistic: 'mean', words });
    }
  }
});

test('an alarm of a collector says what happened, without its id', () => {
  const text = linkWords('l2', 0, 'link_down');
  expect(text.ko).toMatch(/^l2: /);
  expect(alarmWords(text.ko, 'l2').words).not.toMatch(/l2/);
});
