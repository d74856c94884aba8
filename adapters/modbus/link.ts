// One connection to one Modbus TCP device. The only file that touches modbus-serial, and the one that makes it safe:
// the socket is ours, so a connect has a deadline, a reset ends the pending read at once and a close leaves nothing behind;
// unit, function, protocol id and number of registers of every answer are checked; after any timeout, wrong answer or
// unasked byte the connection is spent and must be opened anew, because a late answer could be taken for the next one.
import { connect, type Socket } from 'node:net';
import modbusSerial from 'modbus-serial';
import { PumjilError } from '../../src/component.ts';
import type { Table } from './plan.ts';

// modbus-serial is CommonJS: its class is the `default` of the default import.
const ModbusRTU = modbusSerial.default;
const FUNCTION_CODE = { coil: 1, discrete: 2, holding: 3, input: 4 } as const;
const HEADER_BYTES = 6;

export interface LinkOptions {
  /** Named in messages. */
  readonly id: string;
  readonly host: string;
  readonly port: number;
  readonly unitId: number;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

export interface Link {
  /**
   * Reads registers (two bytes each, as they came) or bits (one byte each, 0 or 1).
   *
   * @throws ModbusException when the device refuses; the link stays good
   * @throws PumjilError ADAPTER_TIMEOUT, ADAPTER_PROTOCOL or ADAPTER_UNREACHABLE, retryable; the link is spent
   */
  read(table: Table, address: number, length: number): Promise<Uint8Array>;
  /** False once the link is spent. */
  isGood(): boolean;
  close(): Promise<void>;
}

/** The device answered: I will not. `exceptionCode` is 1 to 11 in practice. */
export class ModbusException extends Error {
  readonly exceptionCode: number;
  constructor(exceptionCode: number) {
    super(`Modbus exception ${exceptionCode}`);
    this.exceptionCode = exceptionCode;
  }
}

interface Pending {
  readonly functionCode: number;
  readonly head: Uint8Array;
  received: number;
}

/**
 * Connects within `timeoutMs`.
 *
 * @throws PumjilError ADAPTER_UNREACHABLE, retryable
 */
export async function openLink(options: LinkOptions): Promise<Link> {
  const { id, host, port, unitId, timeoutMs, signal } = options;
  const place = `${host}:${port}`;
  const socket = await connectWithin(options);
  const broken = Promise.withResolvers<never>();
  broken.promise.catch(() => undefined);
  let pending: Pending | undefined;
  let isSpent = false;

  function spend(error: PumjilError): void {
    isSpent = true;
    broken.reject(error);
    socket.destroy();
  }
  function wrongAnswer(what: string, cause?: unknown): PumjilError {
    return new PumjilError('ADAPTER_PROTOCOL', {
      message: `${id}: ${place} answered ${what}`,
      hint: 'Check that unit_id and port belong to a Modbus TCP device and that no second device has the same address.',
      retryable: true,
      cause,
    });
  }
  function lost(cause?: unknown): PumjilError {
    return new PumjilError('ADAPTER_UNREACHABLE', {
      message: `${id}: ${place} closed the connection`,
      hint: `Check power, cable and the number of connections the device allows, then run: pumjil check --probe ${id}`,
      retryable: true,
      cause,
    });
  }

  // Our listeners come before the library's, which believes whatever it gets.
  socket.on('data', (chunk: Buffer) => {
    if (pending === undefined) {
      spend(wrongAnswer(`${chunk.length} bytes that nobody asked for`));
      return;
    }
    const room = pending.head.length - pending.received;
    if (room > 0) pending.head.set(chunk.subarray(0, room), pending.received);
    pending.received += chunk.length;
    const wrong = inspect(pending, unitId);
    if (wrong !== undefined) spend(wrongAnswer(wrong));
  });
  socket.on('error', (error) => spend(lost(error)));
  socket.on('close', () => spend(lost()));
  signal.addEventListener('abort', onAbort, { once: true });
  function onAbort(): void {
    spend(lost(signal.reason));
  }

  const client = new ModbusRTU();
  // The library raises 'error' for what the socket's own listener already handles.
  (client as unknown as NodeJS.EventEmitter).on('error', () => undefined);
  await client.linkTCP(socket, { port });
  client.setID(unitId);
  client.setTimeout(timeoutMs);

  async function ask(table: Table, address: number, length: number): Promise<Uint8Array> {
    switch (table) {
      case 'holding':
        return (await client.readHoldingRegisters(address, length)).buffer;
      case 'input':
        return (await client.readInputRegisters(address, length)).buffer;
      case 'coil':
        return Uint8Array.from((await client.readCoils(address, length)).data, Number);
      case 'discrete':
        return Uint8Array.from((await client.readDiscreteInputs(address, length)).data, Number);
    }
  }

  return {
    isGood: () => !isSpent,
    async read(table, address, length) {
      if (isSpent) throw lost();
      const isBits = table === 'coil' || table === 'discrete';
      pending = { functionCode: FUNCTION_CODE[table], head: new Uint8Array(HEADER_BYTES + 2), received: 0 };
      try {
        const bytes = await Promise.race([ask(table, address, length), broken.promise]);
        // A bit answer is padded to whole bytes; a register answer must hold exactly what was asked.
        const isWhole = isBits ? bytes.length >= length : bytes.length === length * 2;
        if (!isWhole) throw wrongAnswer(`${bytes.length} bytes for ${length} ${table}s`);
        return bytes;
      } catch (error) {
        const known = translate(error, options, wrongAnswer);
        if (known instanceof PumjilError) spend(known);
        throw known;
      } finally {
        pending = undefined;
      }
    },
    async close() {
      signal.removeEventListener('abort', onAbort);
      isSpent = true;
      broken.reject(lost());
      const closed = socket.closed ? undefined : new Promise((resolve) => socket.once('close', resolve));
      // Cancels the library's timers, then the socket goes at once: `end` would wait for a peer that may be gone.
      client.destroy(() => undefined);
      socket.destroy();
      await closed;
    },
  };
}

/** What is wrong with the beginning of an answer, as soon as it can be seen; undefined while all is well. */
function inspect(pending: Pending, unitId: number): string | undefined {
  const { head, received } = pending;
  if (received < head.length) return undefined;
  const view = new DataView(head.buffer);
  const bytes = view.getUint16(4);
  if (view.getUint16(2) !== 0) return `protocol id ${view.getUint16(2)} instead of 0`;
  if (bytes < 3 || bytes > 254) return `a frame of ${bytes} bytes, which Modbus does not allow`;
  if (view.getUint8(6) !== unitId) return `for unit ${view.getUint8(6)} instead of ${unitId}`;
  if ((view.getUint8(7) & 0x7f) !== pending.functionCode) {
    return `function ${view.getUint8(7)} instead of ${pending.functionCode}`;
  }
  if (received > HEADER_BYTES + bytes) return `${received} bytes instead of ${HEADER_BYTES + bytes}`;
  return undefined;
}

/** The library throws plain errors: `modbusCode` for an exception of the device, errno ETIMEDOUT for silence, a sentence for the rest. */
function translate(
  error: unknown,
  { id, host, port, unitId, timeoutMs }: LinkOptions,
  wrongAnswer: (what: string, cause?: unknown) => PumjilError,
): ModbusException | PumjilError {
  if (error instanceof PumjilError) return error;
  const { modbusCode, errno, message } = error as { modbusCode?: number; errno?: string; message?: string };
  if (modbusCode !== undefined) return new ModbusException(modbusCode);
  if (errno === 'ETIMEDOUT') {
    return new PumjilError('ADAPTER_TIMEOUT', {
      message: `${id}: no answer from unit ${unitId} at ${host}:${port} within ${timeoutMs} ms`,
      hint: 'Check unit_id, and raise timeout_ms if the device is slow.',
      retryable: true,
      cause: error,
    });
  }
  return wrongAnswer(`something the protocol does not allow (${message ?? 'no reason'})`, error);
}

function connectWithin({ id, host, port, timeoutMs, signal }: LinkOptions): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, noDelay: true });
    const timer = setTimeout(() => fail(new Error(`no connection within ${timeoutMs} ms`)), timeoutMs);
    const onAbort = (): void => fail(signal.reason);
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    socket.once('error', fail);
    socket.once('connect', () => {
      release();
      resolve(socket);
    });
    function release(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      socket.removeListener('error', fail);
    }
    function fail(cause: unknown): void {
      release();
      socket.on('error', () => undefined);
      socket.destroy();
      reject(
        new PumjilError('ADAPTER_UNREACHABLE', {
          message: `${id}: no Modbus device answers at ${host}:${port} (${cause instanceof Error ? cause.message : 'stopped'})`,
          hint: `Check power, cable, host and port, then run: pumjil check --probe ${id}`,
          retryable: true,
          cause,
        }),
      );
    }
  });
}
