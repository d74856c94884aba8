// The threads of the shards: messages in order, answers in order, and one error when any of them fails.
import { Worker } from 'node:worker_threads';
import { PumjilError } from '../../errors.ts';
import type { ShardAnswers, ShardData, ShardOrder, ShardQuestion } from './messages.ts';

export interface ShardThreads {
  /** @throws PumjilError SHARD_FAILED once a thread has failed, and after `close` */
  mustWork(): void;
  /** Nothing once a thread has failed. */
  order(shard: number, order: ShardOrder): void;
  /** @throws PumjilError SHARD_FAILED */
  ask<Q extends ShardQuestion>(shard: number, question: Q): Promise<ShardAnswers[Q['type']]>;
  close(): Promise<void>;
}

interface Waiting {
  resolve(answer: never): void;
  reject(error: PumjilError): void;
}

/** Starts one thread for each of `data`, from the file `thread`. */
export function startThreads(data: readonly ShardData[], thread: URL): ShardThreads {
  let failure: PumjilError | undefined;
  let isClosing = false;
  const waiting: Waiting[][] = data.map(() => []);
  const workers = data.map((workerData, shard) => {
    const worker = new Worker(thread, { workerData });
    worker.on('message', (reply) => waiting[shard]?.shift()?.resolve(reply as never));
    worker.on('error', (cause) => fail(shard, cause instanceof Error ? cause.message : String(cause), cause));
    worker.on('exit', (code) => fail(shard, `it ended with code ${code}`));
    return worker;
  });

  /** The first failure is the one that is told; the others follow from it. */
  function fail(shard: number, why: string, cause?: unknown): void {
    if (isClosing || failure !== undefined) return;
    end(
      new PumjilError('SHARD_FAILED', {
        message: `the thread of shard ${shard} of ${data.length} failed: ${why}`,
        hint: 'Start the kernel again and restore its last snapshot.',
        retryable: true,
        data: { shard },
        cause,
      }),
    );
  }

  function end(error: PumjilError): void {
    failure = error;
    for (const each of waiting.flatMap((queue) => queue.splice(0))) each.reject(error);
    for (const worker of workers) void worker.terminate();
  }

  function post(shard: number, message: ShardOrder | ShardQuestion): void {
    const transfer = message.type === 'restore' ? [message.bytes.buffer] : [];
    workers[shard]?.postMessage(message, transfer);
  }

  return {
    mustWork() {
      if (failure !== undefined) throw failure;
    },
    order(shard, order) {
      if (failure === undefined) post(shard, order);
    },
    ask: (shard, question) => {
      const answered = new Promise<ShardAnswers[(typeof question)['type']]>((resolve, reject) => {
        if (failure !== undefined) throw failure;
        post(shard, question);
        waiting[shard]?.push({ resolve: resolve as (answer: never) => void, reject });
      });
      // Whoever asked several shards hears of the failure once.
      answered.catch(() => undefined);
      return answered;
    },
    async close() {
      isClosing = true;
      if (failure === undefined)
        end(
          new PumjilError('SHARD_FAILED', {
            message: 'the sharded kernel is closed',
            hint: 'Open another one.',
          }),
        );
      await Promise.all(workers.map((worker) => worker.terminate()));
    },
  };
}
