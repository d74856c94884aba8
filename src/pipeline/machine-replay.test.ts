import { deserialize } from 'node:v8';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { characteristic, config, gap, recordConfig, START, values } from '../../test/fixtures/entries.ts';
import { revisingPlant } from '../../test/fixtures/revising.ts';
import type { Entry } from '../journal/journal.ts';
import { blockBuilder } from './block.ts';
import { createMachine } from './machine.ts';

describe('the same entries give the same plant', () => {
  const five = characteristic({
    id: 'x',
    from: { tag: 'cell7/x' },
    chart: { use: 'xbar-s' },
    subgroup: { size: 3, every_s: 30, close_on: [], partial: 'judge' },
    limits: { baseline: 4 },
    rules: [
      { id: 'N1', sentence: '1 of 1 beyond 3 sigma' },
      { id: 'N2', sentence: '4 of 4 above 0 sigma' },
    ],
  });
  const entries = fc.array(
    fc.oneof(
      {
        weight: 6,
        arbitrary: fc
          .tuple(fc.constantFrom('bore', 'x', 'load'), fc.double({ min: 8, max: 12, noNaN: true }))
          .map(([tag, value]) => ({ tag, value })),
      },
      { weight: 1, arbitrary: fc.constant('gap' as const) },
      { weight: 1, arbitrary: fc.constant('tick' as const) },
      { weight: 1, arbitrary: fc.constant('config' as const) },
    ),
    { minLength: 10, maxLength: 80 },
  );

  function story(steps: readonly ('gap' | 'tick' | 'config' | { tag: string; value: number })[]): Entry[] {
    let size = 3;
    return [
      config(characteristic(), five),
      ...steps.map((step, i): Entry => {
        if (step === 'gap') return gap();
        if (step === 'tick') return { kind: 'tick', atMs: START + i * 20_000 };
        if (step === 'config') {
          size = size === 3 ? 2 : 3;
          return config(characteristic({ limits: { centre: 10 + size, sigma: 0.1 } }), {
            ...five,
            subgroup: { ...five.subgroup, size },
          });
        }
        return values([step.tag, step.value, i * 1000]);
      }),
    ];
  }

  test('replayed from a snapshot taken anywhere, bit for bit, through gaps, ticks and new configurations', () => {
    fc.assert(
      fc.property(entries, fc.double({ min: 0, max: 1, noNaN: true }), (steps, at) => {
        const all = story(steps);
        const cut = Math.floor(at * all.length);
        const whole = createMachine();
        const wholeOut = blockBuilder();
        for (const [i, entry] of all.entries()) whole.apply(i + 1, entry, wholeOut);
        const first = createMachine();
        const firstOut = blockBuilder();
        for (const [i, entry] of all.slice(0, cut).entries()) first.apply(i + 1, entry, firstOut);
        const second = createMachine();
        second.restore(first.snapshot());
        const secondOut = blockBuilder();
        for (const [i, entry] of all.slice(cut).entries()) second.apply(cut + i + 1, entry, secondOut);
        expect([...firstOut.points, ...secondOut.points]).toEqual(wholeOut.points);
        expect([...firstOut.events, ...secondOut.events]).toEqual(wholeOut.events);
        expect(second.state.eventHash).toBe(whole.state.eventHash);
        // The envelope may write a whole number as integer or double; what it holds must be the same to the last bit.
        expect(deserialize(second.snapshot())).toStrictEqual(deserialize(whole.snapshot()));
      }),
      { numRuns: 60 },
    );
  });

  test('and through late values, corrections, revisions and exclusions', async () => {
    const plan = {
      ...five,
      limits: { baseline: 4 },
      subgroup: { size: 3, every_s: 30, close_on: [], partial: 'judge' },
    } as const;
    const steps = fc.array(
      fc.oneof(
        { weight: 6, arbitrary: fc.double({ min: 8, max: 12, noNaN: true }) },
        { weight: 1, arbitrary: fc.constantFrom('late', 'correct', 'revise', 'exclude', 'gap', 'tick') },
      ),
      { minLength: 20, maxLength: 120 },
    );
    await fc.assert(
      fc.asyncProperty(steps, fc.double({ min: 0, max: 1, noNaN: true }), async (drawn, at) => {
        const plant = revisingPlant();
        await plant.take(recordConfig(characteristic(), plan));
        for (const [i, step] of drawn.entries()) {
          const ms = i * 1000;
          if (typeof step === 'number')
            await plant.take(values(['bore', step, ms, { sourceId: `b${i}` }], ['x', step, ms, { sourceId: `x${i}` }]));
          else if (step === 'late') await plant.take(values(['bore', 10.5, ms - 7500], ['x', 10.5, ms - 7500]));
          else if (step === 'correct')
            await plant.take(values(['bore', 10, ms, { sourceId: `b${i}`, context: { corrects: `b${i - 3}` } }]));
          else if (step === 'revise') await plant.revise(START + ms);
          else if (step === 'gap') await plant.take(gap());
          else if (step === 'tick') await plant.take({ kind: 'tick', atMs: START + i * 2000 });
          else {
            const point = (await plant.points('bore')).at(-1)?.id ?? '1.0';
            await plant.take({ kind: 'exclude', atMs: START, author: 'k', reason: 'r', stream: 'bore', point });
          }
        }
        await plant.revise(START + 1e6);
        const cut = Math.floor(at * plant.entries.length);
        const first = createMachine();
        for (const [i, entry] of plant.entries.slice(0, cut).entries()) first.apply(i + 1, entry, blockBuilder());
        const second = createMachine();
        second.restore(first.snapshot());
        for (const [i, entry] of plant.entries.slice(cut).entries()) second.apply(cut + i + 1, entry, blockBuilder());
        expect(second.state.eventHash).toBe(plant.machine.state.eventHash);
        expect(deserialize(second.snapshot())).toStrictEqual(deserialize(plant.machine.snapshot()));
      }),
      { numRuns: 25 },
    );
  });
});
