// The writer thread: writer-core behind messages.
import { parentPort, workerData } from 'node:worker_threads';
import { PumjilError } from '../errors.ts';
import type { FromWriter, PlainError, ToWriter, WriterOptions } from './messages.ts';
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

async function answer(writer: Writer, message: ToWriter): Promise<void> {
  switch (message.type) {
    case 'append':
      try {
        const { seq, accepted, duplicates } = await writer.append(message.entry);
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
    case 'sink_cursor':
      writer.history.setSinkCursor(message.name, message.seq);
      return;
    case 'quarantine':
      writer.history.quarantineLine(message.sink, message.line, message.reason);
      return;
    case 'stop':
      await writer.close();
      say({ type: 'stopped' });
      parentPort?.close();
      return;
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
    const writer: Writer = await openWriter(options, (outputs) => say({ type: 'outputs', ...outputs }));
    parentPort?.on('message', (message: ToWriter) => void answer(writer, message));
    say({
      type: 'ready',
      state: writer.state(),
      streams: writer.streams(),
      series: writer.seriesIds(),
      lastSourceMs: writer.lastSourceMs(),
    });
  } catch (error) {
    say({ type: 'failed', error: plainError(error) });
    parentPort?.close();
  }
}

void main();
