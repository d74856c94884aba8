// Prices of rules and charts, computed in a thread of their own and kept: a simulation takes a second, and nobody else shall wait for it.
import { Worker } from 'node:worker_threads';
import { type ErrorCode, PumjilError } from '../errors.ts';
import type { Design } from '../spc/price/design.ts';
import type { BaselineEstimate } from '../spc/price/estimated-limits.ts';
import type { Price } from '../spc/price/price.ts';

/** What is to be priced. */
export interface PriceQuestion {
  readonly design: Design;
  /** How limits were learnt; absent: they count as known. */
  readonly baseline?: BaselineEstimate | undefined;
}

/** What the thread answers: the price at one point a day. */
export type PriceReply = { readonly id: number } & (
  | { readonly price: Price }
  | { readonly error: { readonly code: ErrorCode; readonly message: string; readonly hint: string } }
);

export interface Prices {
  /**
   * The price at one point a day.
   *
   * @throws PumjilError CONFIG_INVALID for a design that cannot be, API_TOO_MANY when too many wait
   */
  price(question: PriceQuestion): Promise<Price>;
  stop(): Promise<void>;
}

/** Answers kept, and questions that may wait. */
const MOST_KEPT = 2000;
const MOST_WAITING = 200;

/** Prices of one server. The thread starts with the first question. */
export function createPrices(): Prices {
  const known = new Map<string, Promise<Price>>();
  const waiting = new Map<number, { resolve(price: Price): void; reject(error: Error): void }>();
  let worker: Worker | undefined;
  let nextId = 1;

  function thread(): Worker {
    if (worker !== undefined) return worker;
    const name = `./price-thread${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`;
    const started = new Worker(new URL(name, import.meta.url));
    const failAll = (error: Error): void => {
      if (worker === started) worker = undefined;
      for (const { reject } of waiting.values()) reject(error);
      waiting.clear();
    };
    started.on('message', (reply: PriceReply) => {
      const promise = waiting.get(reply.id);
      waiting.delete(reply.id);
      if ('price' in reply) promise?.resolve(reply.price);
      else promise?.reject(new PumjilError(reply.error.code, reply.error));
    });
    started.on('error', failAll);
    started.on('exit', () => failAll(new Error('the price thread ended')));
    // A price that nobody will read does not keep the program alive.
    started.unref();
    worker = started;
    return started;
  }

  function ask(question: PriceQuestion): Promise<Price> {
    if (waiting.size >= MOST_WAITING)
      throw new PumjilError('API_TOO_MANY', {
        message: `${waiting.size} prices are waiting already`,
        hint: 'Ask again in a minute.',
      });
    const id = nextId++;
    return new Promise<Price>((resolve, reject) => {
      waiting.set(id, { resolve, reject });
      thread().postMessage({ id, question });
    });
  }

  return {
    async price(question) {
      const key = JSON.stringify(question);
      const kept = known.get(key);
      if (kept !== undefined) return kept;
      const answer = ask(question);
      known.set(key, answer);
      const oldest = known.keys().next().value;
      if (known.size > MOST_KEPT && oldest !== undefined) known.delete(oldest);
      // What failed is asked again the next time.
      answer.catch(() => known.delete(key));
      return answer;
    },
    async stop() {
      await worker?.terminate();
    },
  };
}
