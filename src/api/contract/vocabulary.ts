// Pieces that every part of the contract uses.
import * as z from 'zod';
import { ERROR_CATALOGUE, type ErrorCode } from '../../errors.ts';

const errorCodes = Object.keys(ERROR_CATALOGUE) as [ErrorCode, ...ErrorCode[]];

/** A number, or null where there is no value. */
export const figure = z.number().nullable();
/** ms since 1970, UTC. */
export const timeMs = z.number();
export const count = z.number().int().nonnegative();
/** A text in both languages of the product. */
export const words = z.object({ ko: z.string(), en: z.string() });
/** What a measurement belongs to: part, lot, cavity, tool … */
export const context = z.record(z.string(), z.string());
/** A time in a query string, ms since 1970. */
export const from = z.coerce.number().min(-8.64e15).max(8.64e15);
/** Rows wanted at most. */
export const limit = z.coerce.number().int().min(1).max(5000).default(500);

/** Every answer that is not 2xx. */
export const ErrorBody = z
  .object({
    code: z.enum(errorCodes).describe('Stable word; see docs/errors.md.'),
    message: z.string().describe('What happened, to which id, with which value.'),
    hint: z.string().describe('What to do next.'),
    data: z.record(z.string(), z.unknown()).optional().describe('Machine-readable particulars, such as path.'),
  })
  .meta({ id: 'Error' });
