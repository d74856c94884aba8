// The wire format of Protocol Buffers, as much of it as Sparkplug needs.

export interface Field {
  readonly number: number;
  readonly wire: number;
  /** Value of a varint, or of fixed 64 and 32 bits as an unsigned integer. */
  readonly integer: bigint;
  /** Content of a length-delimited field. */
  readonly bytes: Uint8Array;
}

const NONE = new Uint8Array(0);

/**
 * The fields of a message in order.
 *
 * @throws RangeError when the bytes are no such message
 * @example
 * [...readFields(Uint8Array.of(0x08, 0x96, 0x01))][0]?.integer; // => 150n
 */
export function* readFields(bytes: Uint8Array): Generator<Field> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;

  function varint(): bigint {
    let low = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = bytes[at++];
      if (byte === undefined) throw new RangeError('the message ends within a number');
      low |= (byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt(low);
    }
    let value = BigInt(low);
    for (let shift = 28n; shift < 70n; shift += 7n) {
      const byte = bytes[at++];
      if (byte === undefined) throw new RangeError('the message ends within a number');
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
    throw new RangeError('a number is longer than ten bytes');
  }

  while (at < bytes.length) {
    const key = Number(varint());
    const number = Math.floor(key / 8);
    const wire = key % 8;
    if (number === 0 || number > 0x1fffffff) throw new RangeError(`there is no field ${number}`);
    if (wire === 0) yield { number, wire, integer: varint(), bytes: NONE };
    else if (wire === 1) {
      if (at + 8 > bytes.length) throw new RangeError('the message ends within a number');
      yield { number, wire, integer: view.getBigUint64(at, true), bytes: NONE };
      at += 8;
    } else if (wire === 2) {
      const length = Number(varint());
      if (at + length > bytes.length) throw new RangeError('the message ends within a field');
      yield { number, wire, integer: 0n, bytes: bytes.subarray(at, at + length) };
      at += length;
    } else if (wire === 5) {
      if (at + 4 > bytes.length) throw new RangeError('the message ends within a number');
      yield { number, wire, integer: BigInt(view.getUint32(at, true)), bytes: NONE };
      at += 4;
    } else throw new RangeError(`there is no wire type ${wire}`);
  }
}

/** Collects the bytes of a message. */
export interface MessageWriter {
  varint(field: number, value: bigint): void;
  float(field: number, value: number): void;
  double(field: number, value: number): void;
  bytes(field: number, value: Uint8Array): void;
  text(field: number, value: string): void;
  finish(): Uint8Array;
}

export function writeMessage(): MessageWriter {
  const out: number[] = [];
  function rawVarint(value: bigint): void {
    let rest = BigInt.asUintN(64, value);
    while (rest > 127n) {
      out.push(Number(rest & 0x7fn) | 0x80);
      rest >>= 7n;
    }
    out.push(Number(rest));
  }
  const key = (field: number, wire: number) => rawVarint(BigInt(field * 8 + wire));
  return {
    varint(field, value) {
      key(field, 0);
      rawVarint(value);
    },
    float(field, value) {
      key(field, 5);
      out.push(...new Uint8Array(Float32Array.of(value).buffer));
    },
    double(field, value) {
      key(field, 1);
      out.push(...new Uint8Array(Float64Array.of(value).buffer));
    },
    bytes(field, value) {
      key(field, 2);
      rawVarint(BigInt(value.length));
      for (const byte of value) out.push(byte);
    },
    text(field, value) {
      this.bytes(field, new TextEncoder().encode(value));
    },
    finish: () => Uint8Array.from(out),
  };
}
