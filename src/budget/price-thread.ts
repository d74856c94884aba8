// Computes prices one after the other.
import { parentPort } from 'node:worker_threads';
import { PumjilError } from '../errors.ts';
import { price } from '../spc/price/price.ts';
import type { PriceQuestion, PriceReply } from './prices.ts';

function answer(id: number, { design, baseline }: PriceQuestion): PriceReply {
  try {
    return { id, price: price(design, { pointsPerDay: 1 }, baseline === undefined ? {} : { baseline }) };
  } catch (error) {
    if (error instanceof PumjilError) {
      const { code, message, hint } = error;
      return { id, error: { code, message, hint } };
    }
    return { id, error: { code: 'API_FAILED', message: String(error), hint: 'See the log.' } };
  }
}

parentPort?.on('message', ({ id, question }: { readonly id: number; readonly question: PriceQuestion }) =>
  parentPort?.postMessage(answer(id, question)),
);
