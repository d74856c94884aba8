// Fields that many studies take or give, described once.
import { z } from 'zod';

/** Most values of one column: what is longer is a job for the history, not for a study. */
export const MOST_VALUES = 1_000_000;

/** A number of a result; null = no value. */
export const figure = z.number().nullable();
export const figures = z.array(figure);

/** A value that may be missing. */
export const value = z.number().nullable();

/** A column of values in time order; null = missing. */
export const values = z
  .array(value)
  .min(1)
  .max(MOST_VALUES)
  .describe('Values in time order; null where one is missing.');

/** Subgroups with their members. */
export const subgroups = z
  .array(z.array(value).min(1).max(10_000))
  .min(1)
  .max(MOST_VALUES / 4)
  .describe('Subgroups in time order, each a list of its members; null where one is missing.');

/** Counts, such as defects. */
export const counts = z
  .array(z.number().min(0).nullable())
  .min(1)
  .max(MOST_VALUES)
  .describe('Number counted in each subgroup; null where it is missing.');

/** Numbers inspected, or areas of opportunity. */
export const sizes = z
  .array(z.number().positive().nullable())
  .min(1)
  .max(MOST_VALUES)
  .describe('Number inspected in each subgroup, or its area of opportunity.');

export const nsigma = z.number().positive().max(10).default(3).describe('Half width of the limits in sigma.');

export const baselineN = z
  .int()
  .min(1)
  .optional()
  .describe('Limits come from the first so many points; default all of them.');

/** Sample numbers, counted from 1. */
export const samples = z.array(z.int()).describe('Sample numbers counted from 1.');
