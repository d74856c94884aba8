// The writer thread: writer-core behind messages.
import { parentPort, workerData } from 'node:worker_threads';
import { PumjilError } from '../errors.ts';
import type { FromWriter, PlainError, ToWriter, WriterOptions } from './messages.ts';
import { createReadiness, type Readiness } from './readiness.ts';
import { openWriter, type Writer } from './writer-core.ts';

function plainError(error: unknown): PlainError {
  if (error instanceof PumjilError)
    return { code: error.code, message: error.message, hint: error.hint, retryable: error.retryable };
  return {
    code: 'JOURNAL_FAILED',
    message: error instanceof Error ? error.message : String(error),
    hint: 'See the log.',
    retryable: false,
  };
}

function say(message: FromWriter): void {
  parentPort?.postMessage(message);
}

/** Pause before what the disk did not take is written again, ms. */
const AGAIN_MS = 1000;

async function answer(writer: Writer, readiness: Readiness, message: ToWriter): Promise<void> {
  switch (message.type) {
    case 'append':
      try {
        const { seq, accepted, duplicates } = await readiness.watched(writer.append(message.entry));
        say({ type: 'receipt', id: message.id, seq, accepted, duplicates });
      } catch (error) {
        say({ type: 'refusal', id: message.id, error: plainError(error) });
      }
      return;
    case 'record':
      try {
        say({ type: 'value', id: message.id, value: record(writer, message) });
      } catch (error) {
        say({ type: 'refusal', id: message.id, error: plainError(error) });
      }
      return;
    case 'limits':
      writer.setLimits(message.limits);
      return;
    case 'sink_cursor':
      insist(() => {
        // A newer one may have been written while this one waited.
        if ((writer.history.sinkCursors()[message.name] ?? -1) < message.seq)
          writer.history.setSinkCursor(message.name, message.seq);
      });
      return;
    case 'quarantine':
      insist(() => writer.history.quarantineLine(message.sink, message.line, message.reason));
      return;
    case 'stop':
      readiness.close();
      await writer.close();
      say({ type: 'stopped' });
      parentPort?.close();
      return;
  }
}

/** Writes now, or as soon as the disk takes it. */
function insist(write: () => void): void {
  try {
    write();
  } catch {
    setTimeout(() => insist(write), AGAIN_MS).unref();
  }
}

function record(writer: Writer, message: Extract<ToWriter, { type: 'record' }>): unknown {
  switch (message.op) {
    case 'get':
      return writer.history.record(message.kind, message.key);
    case 'put':
      return writer.history.putRecord(message.kind, message.key, message.json);
    case 'delete':
      return writer.history.deleteRecord(message.kind, message.key);
    case 'list':
      return writer.history.records(message.kind);
  }
}

async function main(): Promise<void> {
  // Set by openWriterThread, which starts this file.
  const options = workerData as WriterOptions;
  try {
    let readiness: Readiness | undefined;
    const writer: Writer = await openWriter(options, (outputs) =>
      say({ type: 'outputs', ...outputs, state: readiness?.of(outputs.state) ?? outputs.state }),
    );
    const watch = createReadiness(writer, (state) =>
      say({ type: 'outputs', seq: state.cursor, live: [], streams: [], newSeries: [], state }),
    );
    readiness = watch;
    parentPort?.on('message', (message: ToWriter) => void answer(writer, watch, message));
    say({
      type: 'ready',
      state: writer.state(),
      streams: writer.streams(),
      series: writer.seriesIds(),
      lastSourceMs: writer.lastSourceMs(),
      nowMs: writer.clock(),
    });
  } catch (error) {
    say({ type: 'failed', error: plainError(error) });
    parentPort?.close();
  }
}

void main();
