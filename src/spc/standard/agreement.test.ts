// WebAssembly and TypeScript are one kernel: same events, same bytes, snapshots that either opens.
import { expect, test } from 'vitest';
import { adversary } from '../../../test/bench/core/adversary.ts';
import type { StandardKernel, StandardStream } from './kernel.ts';
import { RECORD_BYTES } from './layout.ts';
import type { StandardSettings } from './settings.ts';
import { createStandard } from './standard.ts';

const DESIGNS: readonly StandardSettings[] = [
  {},
  { lambda: 0.05, width: 2.6, k: 0.25, h: 8 },
  { lambda: 0.4, width: 3, limits: 'asymptotic', k: 1, h: 2.5 },
];

function randomStream(from: ReturnType<typeof adversary>): StandardStream {
  const centre = [0, -0, 10, 1e12, -1e-300, 1e200][from.below(6)]!;
  const sigma = [1, 0.1, 1e-3, 1e-300, 1e150, 3][from.below(6)]!;
  return {
    ...(from.below(6) === 0 ? {} : { limits: { centre, sigma } }),
    spec: from.below(2) === 0 ? { lower: centre - 2 * sigma } : { upper: centre + 2 * sigma, lower: centre - sigma },
    plausible: from.below(3) === 0 ? { lower: centre - 50 * sigma, upper: centre + 50 * sigma } : {},
    signals: from.below(4) === 0 ? from.below(0x10000) : 0xffff,
  };
}

/** Rows for streams opened under `plans`. */
function rows(from: ReturnType<typeof adversary>, plans: readonly StandardStream[], n: number, now: number) {
  const ix = Uint32Array.from({ length: n }, () => from.below(plans.length));
  const x = Float64Array.from(ix, (s) => {
    const { centre, sigma } = plans[s]!.limits ?? { centre: 0, sigma: 1 };
    return from.value(centre, sigma, s);
  });
  const t = Float64Array.from(ix, (_, i) => from.time(now + i));
  return { ix, x, t, n };
}

function events(kernel: StandardKernel, { ix, x, t, n }: ReturnType<typeof rows>): number[][] {
  const found = kernel.process(ix, x, t, 0, n);
  const { point, stream, bits } = kernel.events;
  return Array.from({ length: found }, (_, e) => [point[e]!, stream[e]!, bits[e]!]);
}

test('events, records and hash agree bit for bit on 12,000 random streams, through gaps and new limits', () => {
  const from = adversary(11);
  for (const design of DESIGNS) {
    const kernels = [
      createStandard({ ...design, implementation: 'typescript' }),
      createStandard({ ...design, implementation: 'wasm' }),
    ] as const;
    const plans: StandardStream[] = [];
    for (let round = 0; round < 40; round++) {
      // The last rounds have enough streams for reading ahead.
      const more = round < 10 ? 20 : round < 20 ? 380 : round === 20 ? 4000 - plans.length + 2400 : 0;
      for (let s = 0; s < more; s++) {
        plans.push(randomStream(from));
        for (const kernel of kernels) kernel.open(plans.at(-1)!);
      }
      const given = rows(from, plans, 4000 + from.below(2000), round * 6000);
      const [plain, wasm] = kernels;
      expect(events(wasm, given)).toEqual(events(plain, given));
      for (let change = 0; change < 50; change++) {
        const ix = from.below(plans.length);
        const kind = from.below(3);
        for (const kernel of kernels) {
          if (kind === 0) kernel.gap(ix);
          else if (kind === 1) kernel.setLimits(ix, 3, 0.5);
          else kernel.configure(ix, { spec: { upper: 4 } });
        }
      }
      expect(wasm.eventHash()).toBe(plain.eventHash());
    }
    const [plain, wasm] = kernels.map((kernel) => kernel.snapshot());
    expect(Buffer.compare(plain!, wasm!)).toBe(0);
    expect(kernels[1].totals().bad).toBeGreaterThan(100);
  }
}, 60_000);

test('a snapshot restored at 10,000 random points, in either form, changes nothing', () => {
  const from = adversary(12);
  const kernels = {
    typescript: createStandard({ block: 400, implementation: 'typescript' }),
    wasm: createStandard({ block: 400, implementation: 'wasm' }),
  };
  for (let trial = 0; trial < 200; trial++) {
    const plans = Array.from({ length: 1 + from.below(5) }, () => randomStream(from));
    const start = createStandard({ block: 400, implementation: 'typescript' });
    for (const plan of plans) start.open(plan);
    const empty = start.snapshot();
    const { ix, x, t, n } = rows(from, plans, 300, 0);
    start.process(ix, x, t, 0, n);
    const whole = start.snapshot();
    const hash = start.eventHash();
    for (let cut = 0; cut < 50; cut++) {
      const at = from.below(n);
      const [before, after] = cut % 2 === 0 ? [kernels.typescript, kernels.wasm] : [kernels.wasm, kernels.typescript];
      before.restore(empty);
      before.process(ix, x, t, 0, at);
      after.restore(before.snapshot());
      after.process(ix, x, t, at, n);
      if (Buffer.compare(after.snapshot(), whole) !== 0 || after.eventHash() !== hash)
        expect(`trial ${trial}, cut at ${at}`).toBe('no difference');
    }
  }
}, 60_000);

test('a snapshot of 100,000 streams is their records and little more, and fits into a buffer given again', () => {
  const kernel = createStandard();
  for (let s = 0; s < 100_000; s++) kernel.open({ limits: { centre: s, sigma: 1 } });
  const first = kernel.snapshot();
  expect(first.length).toBe(48 + 100_000 * (RECORD_BYTES + 20));
  kernel.process(Uint32Array.of(99_999), Float64Array.of(0), Float64Array.of(1), 0, 1);
  expect(kernel.snapshot(first)).toBe(first);
  const other = createStandard();
  other.restore(first);
  expect([other.count, other.moments(99_999).count, other.eventHash()]).toEqual([100_000, 1, kernel.eventHash()]);
});

test('a snapshot that is damaged, of another layout or another design does not open', () => {
  const kernel = createStandard();
  kernel.open({ limits: { centre: 0, sigma: 1 } });
  const bytes = kernel.snapshot();
  const unknown = expect.objectContaining({ code: 'SNAPSHOT_UNKNOWN' });
  const changed = (at: number): Uint8Array => bytes.map((byte, i) => (i === at ? byte ^ 1 : byte));
  for (const at of [0, 4, 8, 12, 16]) expect(() => kernel.restore(changed(at))).toThrow(unknown);
  expect(() => kernel.restore(bytes.subarray(0, 60))).toThrow(unknown);
  expect(() => kernel.restore(bytes.subarray(0, 3))).toThrow(unknown);
  for (const design of [{ k: 0.4 }, { lambda: 0.3 }, { width: 3 }, { limits: 'asymptotic' } as const])
    expect(() => createStandard(design).restore(bytes)).toThrow(unknown);
  kernel.restore(bytes);
  // Bytes that begin anywhere.
  const shifted = new Uint8Array(bytes.length + 3);
  shifted.set(bytes, 3);
  kernel.restore(shifted.subarray(3));
});
