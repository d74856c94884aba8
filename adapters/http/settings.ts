// Settings of the HTTP adapter.
import { z } from 'zod';

/** Settings below `adapters.<id>` for `use: http`. */
export const httpSettings = z.strictObject({
  token: z
    .string()
    .min(16)
    .describe('Secret that senders put into the header Authorization: Bearer …; take it from an environment variable.')
    .meta({ examples: ['a-long-random-secret'] }),
  max_body_kb: z.int().min(1).max(65536).default(1024).describe('Larger bodies are answered 413.'),
  max_rows: z.int().min(1).max(1000000).default(50000).describe('More rows in one body are answered 413.'),
  max_waiting: z
    .int()
    .min(1)
    .max(10000)
    .default(64)
    .describe('Bodies that may wait for the journal at the same time; more are answered 429.'),
  timeout_ms: z
    .int()
    .min(100)
    .max(120000)
    .default(10000)
    .describe('Longest wait until a body is durable; after it 503, and the sender repeats with the same ids.'),
});

export type HttpSettings = z.output<typeof httpSettings>;
