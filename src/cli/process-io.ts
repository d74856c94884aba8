// The process as a command sees it.
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import type { CommandIo } from './command.ts';

/** Signals closer together than this are one: npm, a shell or timeout(1) passes on what the terminal has sent to all already. */
const SAME_PRESS_MS = 500;

/** Streams, environment and signals of this process. The first Ctrl-C aborts `signal`, the second ends the process at once. */
export function processIo(): CommandIo {
  const controller = new AbortController();
  let pressedMs: number | undefined;
  const end = (): void => {
    const nowMs = performance.now();
    if (pressedMs !== undefined && nowMs - pressedMs >= SAME_PRESS_MS) process.exit(130);
    pressedMs ??= nowMs;
    controller.abort();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end);
  // Started by pumjil.mjs on an older Node: the channel closes when that process is gone.
  process.on('disconnect', end);
  process.channel?.unref();
  const lines = stdinLines();
  return {
    stdout: process.stdout,
    stderr: process.stderr,
    stdin: process.stdin.isTTY === true ? undefined : process.stdin,
    env: process.env,
    cwd: process.cwd(),
    isTerminal: process.stderr.isTTY === true,
    signal: controller.signal,
    ask: (prompt, options) => lines(prompt, options?.hidden === true),
  };
}

function stdinLines(): (prompt: string, isHidden: boolean) => Promise<string | undefined> {
  let piped: AsyncIterator<string> | undefined;
  return async (prompt, isHidden) => {
    if (process.stdin.isTTY !== true) {
      piped ??= createInterface({ input: process.stdin })[Symbol.asyncIterator]();
      const next = await piped.next();
      return next.done === true ? undefined : next.value;
    }
    process.stderr.write(prompt);
    const sink = new Writable({
      write(chunk, _encoding, done) {
        if (!isHidden) process.stderr.write(chunk);
        done();
      },
    });
    const reader = createInterface({ input: process.stdin, output: sink, terminal: true });
    const answer = await new Promise<string | undefined>((resolve) => {
      reader.once('line', resolve);
      reader.once('close', () => resolve(undefined));
      reader.once('SIGINT', () => reader.close());
    });
    reader.close();
    if (isHidden) process.stderr.write('\n');
    return answer;
  };
}
