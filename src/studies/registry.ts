// Every study by the name of its folder. The core may not read directories, so the list is written out; a test keeps it equal to the folders.
import arl from './arl/index.ts';
import baseline from './baseline/index.ts';
import changePoint from './change-point/index.ts';
import chartChoice from './chart-choice/index.ts';
import chartConstants from './chart-constants/index.ts';
import controlChart from './control-chart/index.ts';
import d2Star from './d2-star/index.ts';
import ocCurve from './oc-curve/index.ts';
import overdispersion from './overdispersion/index.ts';
import runRules from './run-rules/index.ts';
import type { Study } from './study.ts';
import westgard from './westgard/index.ts';

/** All studies: what `pumjil study <name>` and `POST /api/studies/<name>` may name. */
export const STUDIES: Readonly<Record<string, Study>> = {
  // The registry forgets the types of an input: what runs a study lets its schema check it first.
  arl: arl as unknown as Study,
  baseline: baseline as unknown as Study,
  'change-point': changePoint as unknown as Study,
  'chart-choice': chartChoice as unknown as Study,
  'chart-constants': chartConstants as unknown as Study,
  'control-chart': controlChart as unknown as Study,
  'd2-star': d2Star as unknown as Study,
  'oc-curve': ocCurve as unknown as Study,
  overdispersion: overdispersion as unknown as Study,
  'run-rules': runRules as unknown as Study,
  westgard: westgard as unknown as Study,
};
