// The streams of the bench's plant, opened in a kernel or described for the plain form.
import type { StandardKernel, StandardStream } from '../../../src/spc/standard/kernel.ts';
import { PLAUSIBLE_SIGMAS, type PlantData, SPEC_SIGMAS } from './data.ts';

/** How one stream of the plant is judged. */
export function streamOf({ centre, sigma }: PlantData, s: number): StandardStream {
  const bound = (sigmas: number): number => centre[s]! + sigmas * sigma[s]!;
  return {
    limits: { centre: centre[s]!, sigma: sigma[s]! },
    spec: { lower: bound(-SPEC_SIGMAS), upper: bound(SPEC_SIGMAS) },
    plausible: { lower: bound(-PLAUSIBLE_SIGMAS), upper: bound(PLAUSIBLE_SIGMAS) },
  };
}

/** Opens all streams. */
export function openPlant(kernel: StandardKernel, data: PlantData): void {
  for (let s = 0; s < data.streams; s++) kernel.open(streamOf(data, s));
}
