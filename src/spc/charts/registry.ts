// Every chart by the name of its folder. The core may not read directories, so the list is written out; a test keeps it equal to the folders.
import type { Chart } from '../chart.ts';
import ewma from './ewma/index.ts';
import iMr from './i-mr/index.ts';
import p from './p/index.ts';
import u from './u/index.ts';
import xbarR from './xbar-r/index.ts';
import xbarS from './xbar-s/index.ts';

/** All charts: what `chart: { use: … }` may name. */
export const CHARTS: Readonly<Record<string, Chart>> = {
  ewma: ewma as Chart,
  'i-mr': iMr as Chart,
  p: p as Chart,
  u: u as Chart,
  'xbar-r': xbarR as Chart,
  'xbar-s': xbarS as Chart,
};
