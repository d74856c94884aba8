// What the kernel's state costs beside the points: bytes allocated, and the pause of a snapshot.
import { createStandard } from '../../../src/spc/standard/standard.ts';
import { bytesEach, median, type Report } from '../measure.ts';
import { plantData } from './data.ts';
import { openPlant } from './plant.ts';

const STREAMS = 100_000;

/** Bytes a point, which must be none, and milliseconds a snapshot. */
export async function benchState(report: Report): Promise<void> {
  for (const implementation of ['wasm', 'typescript'] as const) {
    const data = plantData(100, 1 << 16, 'uniform');
    const kernel = createStandard({ implementation });
    openPlant(kernel, data);
    const run = (n: number): number => kernel.process(data.ix, data.x, data.t, 0, n);
    const bytes = await bytesEach({ impl: implementation, run }, 1 << 16);
    if (bytes !== 0) throw new Error(`${implementation} allocates ${bytes} bytes a point`);
    report({ bench: 'core', case: '100 streams', impl: implementation, value: bytes, unit: 'bytes/point', n: 1 << 16 });
  }
  const kernel = createStandard();
  openPlant(kernel, plantData(STREAMS, 1, 'uniform'));
  const target = kernel.snapshot();
  const looks = Array.from({ length: 15 }, () => {
    const before = performance.now();
    kernel.snapshot(target);
    return performance.now() - before;
  });
  const figure = { bench: 'core', case: `snapshot of ${STREAMS} streams`, impl: 'standard', n: looks.length };
  report({ ...figure, value: median(looks), unit: 'ms' });
  report({ ...figure, value: target.length / 1e6, unit: 'MB' });
}
