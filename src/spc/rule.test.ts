import fc from 'fast-check';
import { expect, test } from 'vitest';
import { describeRule, parseRule, printRule, RULE_PATTERN, type Rule } from './rule.ts';

/** Every rule the grammar can say. */
const anyRule: fc.Arbitrary<Rule> = fc
  .record({
    n: fc.integer({ min: 1, max: 32 }),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
    zone: fc.constantFrom('beyond', 'within', 'above', 'below', 'trending', 'alternating'),
    sigma: fc.integer({ min: 0, max: 60 }).map((tenths) => tenths / 10),
    sides: fc.constantFrom('one', 'either', 'both'),
  })
  .map(({ n, share, zone, sigma, sides }) =>
    zone === 'trending' || zone === 'alternating'
      ? { zone, k: Math.max(3, n), n: Math.max(3, n) }
      : zone === 'above' || zone === 'below'
        ? { zone, k: Math.max(1, Math.ceil(share * n)), n, sigma, sides: 'either' as const }
        : {
            zone,
            k: Math.max(1, Math.ceil(share * n)),
            n: sides === 'both' ? Math.max(2, n) : n,
            sigma: zone === 'within' ? Math.max(1, sigma) : sigma,
            sides,
          },
  );

test('printing and parsing a rule gives the rule back', () => {
  fc.assert(
    fc.property(anyRule, (rule) => {
      expect(parseRule(printRule(rule))).toEqual(rule);
    }),
  );
});

test('every printed rule matches the pattern that goes into the JSON Schema', () => {
  fc.assert(
    fc.property(anyRule, (rule) => {
      expect(printRule(rule)).toMatch(new RegExp(RULE_PATTERN));
    }),
  );
});

test('a sentence that is no rule is refused with its own text and a way out', () => {
  for (const sentence of [
    '',
    '2 of 3',
    '0 of 3 beyond 2 sigma',
    '33 of 33 trending',
    '2 of 3 beyond sigma',
    'two of three beyond 2 sigma',
    '2 of 3 beyond 2 sigma on two sides',
  ])
    expect(() => parseRule(sentence)).toThrow(
      expect.objectContaining({ code: 'RULE_INVALID', message: expect.stringContaining(`"${sentence}"`) }),
    );
});

test('a rule that could never hold is refused', () => {
  for (const sentence of [
    '4 of 3 beyond 2 sigma',
    '5 of 6 trending',
    '1 of 1 trending',
    '2 of 2 alternating',
    '2 of 3 above 1 sigma on both sides',
    '1 of 1 beyond 1 sigma on both sides',
    '8 of 8 within 0 sigma on one side',
  ])
    expect(() => parseRule(sentence)).toThrow(expect.objectContaining({ code: 'RULE_INVALID' }));
});

test('the words of a signal read like a sentence on the shop floor', () => {
  const say = (sentence: string, side?: 'above' | 'below') => [
    describeRule(parseRule(sentence), 'ko', side),
    describeRule(parseRule(sentence), 'en', side),
  ];
  expect(say('1 of 1 beyond 3 sigma', 'above')).toEqual([
    '관리상한(UCL)을 벗어남',
    'one point above the upper control limit (UCL)',
  ]);
  expect(say('1 of 1 beyond 3 sigma')).toEqual(['관리한계를 벗어남', 'one point beyond the control limits']);
  expect(say('9 of 9 beyond 0 sigma on one side', 'above')).toEqual([
    '최근 9점이 모두 중심선 위',
    'the last 9 points are all above the centre line',
  ]);
  expect(say('9 of 9 beyond 0 sigma on one side')).toEqual([
    '최근 9점이 모두 중심선의 같은 쪽',
    'the last 9 points are all on the same side of the centre line',
  ]);
  expect(say('2 of 3 beyond 2 sigma on one side', 'below')).toEqual([
    '최근 3점 중 2점 이상이 -2σ 아래',
    '2 or more of the last 3 points are below -2 sigma',
  ]);
  expect(say('6 of 6 trending', 'above')).toEqual(['최근 6점이 계속 증가', 'the last 6 points rise steadily']);
  expect(say('14 of 14 alternating', 'above')).toEqual([
    '최근 14점이 번갈아 증가와 감소를 반복',
    'the last 14 points alternate up and down',
  ]);
  expect(say('15 of 15 within 1 sigma', 'above')).toEqual([
    '최근 15점이 모두 ±1σ 안',
    'the last 15 points are all within ±1 sigma',
  ]);
  expect(say('8 of 8 beyond 1 sigma on both sides', 'below')).toEqual([
    '최근 8점이 모두 중심선 양쪽 ±1σ 밖',
    'the last 8 points are all beyond ±1 sigma, on both sides of the centre line',
  ]);
  expect(say('3 of 4 above 1.5 sigma')).toEqual([
    '최근 4점 중 3점 이상이 +1.5σ 위',
    '3 or more of the last 4 points are above +1.5 sigma',
  ]);
});
