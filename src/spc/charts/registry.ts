// Every chart by the name of its folder. The core may not read directories, so the list is written out; a test keeps it equal to the folders.
import type { Chart } from '../chart.ts';
import bernoulliCusum from './bernoulli-cusum/index.ts';
import c from './c/index.ts';
import cusum from './cusum/index.ts';
import ewma from './ewma/index.ts';
import g from './g/index.ts';
import iMr from './i-mr/index.ts';
import laneyP from './laney-p/index.ts';
import laneyU from './laney-u/index.ts';
import leveyJennings from './levey-jennings/index.ts';
import medianR from './median-r/index.ts';
import mewma from './mewma/index.ts';
import np from './np/index.ts';
import p from './p/index.ts';
import pca from './pca/index.ts';
import percentile from './percentile/index.ts';
import residual from './residual/index.ts';
import run from './run/index.ts';
import shortRun from './short-run/index.ts';
import t from './t/index.ts';
import t2 from './t2/index.ts';
import threeWay from './three-way/index.ts';
import toolWear from './tool-wear/index.ts';
import u from './u/index.ts';
import xbarR from './xbar-r/index.ts';
import xbarS from './xbar-s/index.ts';

/** All charts: what `chart: { use: … }` may name. */
export const CHARTS: Readonly<Record<string, Chart>> = {
  'bernoulli-cusum': bernoulliCusum as Chart,
  c: c as Chart,
  cusum: cusum as Chart,
  ewma: ewma as Chart,
  g: g as Chart,
  'i-mr': iMr as Chart,
  'laney-p': laneyP as Chart,
  'laney-u': laneyU as Chart,
  'levey-jennings': leveyJennings as Chart,
  'median-r': medianR as Chart,
  mewma: mewma as Chart,
  np: np as Chart,
  p: p as Chart,
  pca: pca as Chart,
  percentile: percentile as Chart,
  residual: residual as Chart,
  run: run as Chart,
  'short-run': shortRun as Chart,
  t: t as Chart,
  t2: t2 as Chart,
  'three-way': threeWay as Chart,
  'tool-wear': toolWear as Chart,
  u: u as Chart,
  'xbar-r': xbarR as Chart,
  'xbar-s': xbarS as Chart,
};
