// The contract of an indicator: I1 deterministic, I2 moves only with its own evidence, I3 kinds of missing told apart, I4 every level cites evidence.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { IndicatorResult } from '../../src/api/plant.ts';
import { assessInfrastructure } from '../../src/diagnosis/assess.ts';
import type { Evidence, EvidenceItem } from '../../src/diagnosis/level.ts';
import { type EvaluationModel, keysOf } from '../../src/diagnosis/model.ts';

const PERIOD = { fromMs: 1_000, toMs: 2_000 };

/** Evidence of every key of the model; `values` gives their value, null where it has none. */
export function evidenceOf(model: EvaluationModel, values: Readonly<Record<string, number | null>>): Evidence {
  const items = model.evidence.map(({ id }): [string, EvidenceItem] => {
    const value = values[id] ?? null;
    return [id, { value, n: value ?? 0, ...PERIOD, source: `query of ${id}` }];
  });
  return Object.fromEntries(items);
}

/** Runs the contract for one indicator of the model. */
export function indicatorContract(model: EvaluationModel, id: string): void {
  const indicator = model.indicators.find((i) => i.id === id)!;
  const guardKeys = keysOf(model.indicators.find((i) => i.id === indicator.guard?.indicator) ?? indicator);
  const own = new Set([...keysOf(indicator), ...guardKeys]);
  const value = fc.option(fc.oneof(fc.integer({ min: 0, max: 3000 }), fc.double({ min: 0, max: 500, noNaN: true })), {
    nil: null,
  });
  const values = fc.record(Object.fromEntries(model.evidence.map((e) => [e.id, value])));
  const assess = (evidence: Evidence, options = {}): IndicatorResult =>
    assessInfrastructure(evidence, { industry: 'other' }, model, options).indicators.find((i) => i.id === id)!;

  test(`I1 ${id}: the same evidence gives the same result, in whatever order it comes`, () => {
    fc.assert(
      fc.property(values, (v) => {
        const evidence = evidenceOf(model, v);
        const reversed = Object.fromEntries(Object.entries(evidence).reverse());
        expect(assess(reversed)).toEqual(assess(structuredClone(evidence)));
      }),
      { numRuns: 30 },
    );
  });

  test(`I2 ${id}: it moves only with its own evidence${indicator.guard === undefined ? '' : ' and its guard'}`, () => {
    fc.assert(
      fc.property(values, values, (v, other) => {
        const mixed = Object.fromEntries(model.evidence.map((e) => [e.id, own.has(e.id) ? v[e.id]! : other[e.id]!]));
        expect(assess(evidenceOf(model, mixed))).toEqual(assess(evidenceOf(model, v)));
      }),
      { numRuns: 30 },
    );
  });

  test(`I3 ${id}: not observed, nothing there, too few and not applicable are told apart`, () => {
    const plenty = Object.fromEntries(model.evidence.map((e) => [e.id, 100_000]));
    const notObserved = assess({});
    expect(notObserved).toMatchObject({ status: 'unassessed', level: null, value: null, evidence: [] });
    const nothing = assess(evidenceOf(model, {}));
    const isZero = indicator.on_missing === 'zero';
    expect(nothing).toMatchObject({ status: isZero ? 'absent' : 'unassessed', level: isZero ? 0 : null, value: null });
    expect(nothing.next).not.toEqual(notObserved.next);
    const least = indicator.min_evidence.key.split('+');
    if (indicator.min_evidence.n > 1) {
      const few = Object.fromEntries(least.map((key) => [key, (indicator.min_evidence.n - 1) / least.length]));
      const tooFew = assess(evidenceOf(model, { ...plenty, ...few }));
      expect(tooFew).toMatchObject({ status: 'insufficient', level: null });
      expect(tooFew.value).not.toBeNull();
    }
    const notApplicable = assess(evidenceOf(model, plenty), { notApplicable: [id] });
    expect(notApplicable).toMatchObject({ status: 'not_applicable', level: null, next: null });
    if (indicator.zero_if === undefined) return;
    expect(assess(evidenceOf(model, { ...plenty, [indicator.zero_if]: 0 }))).toMatchObject({
      status: 'absent',
      level: 0,
    });
  });

  test(`I4 ${id}: a level cites value, sample, period, formula and every piece of evidence with its source`, () => {
    fc.assert(
      fc.property(values, (v) => {
        const result = assess(evidenceOf(model, v));
        expect(result.formula.ko.length * result.formula.en.length).toBeGreaterThan(0);
        if (result.level === null) return;
        expect(result.evidence.map((e) => e.key)).toEqual(keysOf(indicator));
        for (const e of result.evidence) expect(e).toMatchObject({ value: v[e.key], source: `query of ${e.key}` });
        expect({ fromMs: result.fromMs, toMs: result.toMs }).toEqual(PERIOD);
        expect(result.levelText).toEqual({
          ko: indicator.levels[result.level]!.ko,
          en: indicator.levels[result.level]!.en,
        });
        if (result.status === 'computed') expect(result.value).not.toBeNull();
      }),
      { numRuns: 60 },
    );
  });
}
