// Prices of configured charts, through the thread: against R's spc package.
import { expect, onTestFinished, test } from 'vitest';
import { pricedDesign } from './events.ts';
import { createPrices } from './prices.ts';

const cusum = (h: number, head_start: number) => ({ use: 'cusum', k: 0.5, h, head_start });

test.each([
  // R spc 0.6.7, xcusum.arl(0.5, 4, mu, hs, sided = 'two', r = 90), shifts 0, 1, 2 (cases e-arl-cusum of the shared oracle).
  ['a CUSUM', cusum(4, 0), 167.683788813606, 8.38313187049514, 3.34277012942985],
  ['a CUSUM with a head start of half its limit', cusum(4, 0.5), 148.695649990609, 5.2868862148919, 2.01437488969372],
])('%s is priced as it is configured', async (_, chart, ...wanted) => {
  const prices = createPrices();
  onTestFinished(() => prices.stop());
  const design = pricedDesign({ chart, rules: [] });
  if (design === undefined) throw new Error('no price');
  const price = await prices.price({ design });
  for (const [i, arl] of [price.arl0, price.arlBySigma[1], price.arlBySigma[2]].entries())
    expect(arl / (wanted[i] ?? Number.NaN)).toBeCloseTo(1, 5);
  // Kept: the very same answer.
  expect(await prices.price({ design })).toBe(price);
});

test('rules do not act on an EWMA, and only on the location elsewhere', () => {
  const rules = [{ id: 'N2', sentence: '9 of 9 beyond 0 sigma on one side' }];
  const chart = { use: 'ewma', lambda: 0.2, width: 2.962, limits: 'exact' };
  expect(pricedDesign({ chart, rules })).toMatchObject({ use: 'ewma', rules: [] });
  expect(pricedDesign({ chart: { use: 'xbar-r' }, rules })).toMatchObject({ use: 'rules', rules: [{ n: 9 }] });
  for (const use of ['run', 't2', 'bernoulli-cusum', 'nothing'])
    expect(pricedDesign({ chart: { use }, rules })).toBeUndefined();
});

test('a design that cannot be is told by its code, and the thread goes on', async () => {
  const prices = createPrices();
  onTestFinished(() => prices.stop());
  const impossible = { use: 'cusum', k: -1, h: 4, headstart: 0, sides: 'both' } as const;
  await expect(prices.price({ design: impossible })).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  expect((await prices.price({ design: { ...impossible, k: 0.5 } })).method).toBe('exact');
});
