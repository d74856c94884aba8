// Lines into InfluxDB: in batches, and where it refuses some, down to the very line, which is put aside with the reason.
import { PumjilError } from '../../errors.ts';
import { type Answer, type InfluxClient, unreachable } from './client.ts';

/** Lines a request carries at most. */
const BATCH_LINES = 5000;
/** Requests under way at once. */
const WRITERS = 2;

export interface LineWriter {
  /**
   * Resolves when every line is stored or put aside.
   *
   * @throws PumjilError HISTORY_UNREACHABLE, HISTORY_CREDENTIALS, both retryable: the same lines may be written again
   */
  write(lines: readonly string[]): Promise<void>;
}

/**
 * A writer into one database, which is made when it is missing and may be made.
 *
 * @param onQuarantine told of every line that is refused for good
 */
export function lineWriter(
  client: InfluxClient,
  database: string,
  onQuarantine: (line: string, reason: string) => void,
): LineWriter {
  let mayCreate = true;

  async function send(lines: readonly string[]): Promise<void> {
    const answer = await client.send('/write', { db: database, precision: 'ns' }, lines.join('\n'), 'text/plain');
    const { status } = answer;
    if (status >= 200 && status < 300) return;
    if (status === 400 || status === 413 || status === 422) {
      // Whatever it says about the number of dropped lines cannot be trusted: halves tell.
      if (lines.length > 1) {
        const half = Math.ceil(lines.length / 2);
        await send(lines.slice(0, half));
        await send(lines.slice(half));
      } else if (lines[0] !== undefined) {
        onQuarantine(lines[0], reasonOf(answer));
      }
      return;
    }
    if (status === 404 && mayCreate) {
      mayCreate = false;
      await createDatabase(client, database);
      await send(lines);
      return;
    }
    throw refusal(client.place, database, answer);
  }

  return {
    async write(lines) {
      const batches: (readonly string[])[] = [];
      for (let i = 0; i < lines.length; i += BATCH_LINES) batches.push(lines.slice(i, i + BATCH_LINES));
      let next = 0;
      const worker = async () => {
        for (let batch = batches[next++]; batch !== undefined; batch = batches[next++]) await send(batch);
      };
      const outcomes = await Promise.allSettled(Array.from({ length: WRITERS }, worker));
      const failed = outcomes.find((outcome) => outcome.status === 'rejected');
      if (failed === undefined) return;
      // What was missing may be made again at the next try.
      mayCreate = true;
      throw failed.reason;
    },
  };
}

/** Asks for a database to be made; that it may not is no error: it may be there already. */
export async function createDatabase(client: InfluxClient, database: string): Promise<void> {
  const q = `CREATE DATABASE ${identifier(database)}`;
  const body = new URLSearchParams({ q }).toString();
  await client.send('/query', {}, body, 'application/x-www-form-urlencoded');
}

/**
 * A name in InfluxQL.
 *
 * @example
 * identifier('plant "1"'); // => '"plant \\"1\\""'
 */
export function identifier(name: string): string {
  return `"${name.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
}

/** The error for an answer that is no success. */
export function refusal(place: string, database: string, answer: Answer): PumjilError {
  const { status } = answer;
  if (status === 401 || status === 403 || status === 404) {
    return new PumjilError('HISTORY_CREDENTIALS', {
      message: `InfluxDB at ${place} refuses database ${database} with status ${status}: ${reasonOf(answer)}.`,
      hint: 'Check history.username, history.password and history.database; values wait in plant.db until then.',
      retryable: true,
    });
  }
  return unreachable(place, `status ${status}, ${reasonOf(answer)}`, answer.retryAfterMs);
}

function reasonOf({ status, text }: Answer): string {
  let reason: unknown;
  try {
    const body: unknown = JSON.parse(text);
    reason = typeof body === 'object' && body !== null && 'error' in body ? body.error : undefined;
  } catch {
    reason = text;
  }
  const words = typeof reason === 'string' && reason.trim() !== '' ? reason.trim() : `status ${status}`;
  return words.length > 500 ? `${words.slice(0, 500)}…` : words;
}
