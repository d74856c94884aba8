// A small assembler for WebAssembly: expressions as functions that give bytes. Only what the standard kernel needs.
// Opcodes: WebAssembly Core Specification 2.0 (W3C, 2022), chapter 5, and the vector instructions of the same; relaxed swizzle of 3.0.

/** Instructions that leave a value, or none, on the stack. */
export type Code = readonly number[];

export type ValueType = 'i32' | 'f64' | 'v128';

/** A local variable of a function. */
export interface Local {
  readonly index: number;
}

/** One function: its parameters are the first locals. */
export interface FunctionBuilder {
  parameter(type: ValueType): Local;
  local(type: ValueType): Local;
  /** Encoded body with its locals. */
  finish(body: Code): FunctionCode;
}

interface FunctionCode {
  readonly parameters: readonly ValueType[];
  readonly locals: readonly ValueType[];
  readonly body: Code;
}

const TYPES: Readonly<Record<ValueType, number>> = { i32: 0x7f, f64: 0x7c, v128: 0x7b };

/** A new function. All parameters are declared before the first local. */
export function functionBuilder(): FunctionBuilder {
  const parameters: ValueType[] = [];
  const locals: ValueType[] = [];
  const next = (): number => parameters.length + locals.length;
  return {
    parameter: (type) => ({ index: parameters.push(type) - 1 }),
    local: (type) => {
      const index = next();
      locals.push(type);
      return { index };
    },
    finish: (body) => ({ parameters, locals, body }),
  };
}

/** A module that imports `memory` of the module `env` and exports one function `run` with an i32 result. */
export function moduleOf({ parameters, locals, body }: FunctionCode): Uint8Array<ArrayBuffer> {
  const type = [0x60, ...list(parameters.map((one) => [TYPES[one]])), 1, TYPES.i32];
  const memory = [...name('env'), ...name('memory'), 2, 0, ...unsigned(1)];
  const code = [...list(locals.map((one) => [1, TYPES[one]])), ...body, 0x0b];
  return Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [type]),
    ...section(2, [memory]),
    ...section(3, [[0]]),
    ...section(7, [[...name('run'), 0, 0]]),
    ...section(10, [[...unsigned(code.length), ...code]]),
  ]);
}

// Locals and control ---------------------------------------------------------------------------------------------------------

export function get({ index }: Local): Code {
  return [0x20, ...unsigned(index)];
}

export function set({ index }: Local, value: Code): Code {
  return [...value, 0x21, ...unsigned(index)];
}

/** Sets a local and leaves the value. */
export function tee({ index }: Local, value: Code): Code {
  return [...value, 0x22, ...unsigned(index)];
}

/** Code after code. */
export function sequence(...parts: readonly Code[]): Code {
  return parts.flat();
}

/** `branch(0)` within goes behind it. */
export function block(...body: readonly Code[]): Code {
  return [0x02, 0x40, ...body.flat(), 0x0b];
}

/** `branch(0)` within goes to its beginning. */
export function loop(...body: readonly Code[]): Code {
  return [0x03, 0x40, ...body.flat(), 0x0b];
}

export function when(condition: Code, ...body: readonly Code[]): Code {
  return [...condition, 0x04, 0x40, ...body.flat(), 0x0b];
}

/** Leaves so many blocks. */
export function branch(depth: number): Code {
  return [0x0c, ...unsigned(depth)];
}

export function branchIf(condition: Code, depth: number): Code {
  return [...condition, 0x0d, ...unsigned(depth)];
}

// Numbers --------------------------------------------------------------------------------------------------------------------

type Binary = (a: Code, b: Code) => Code;
type Unary = (a: Code) => Code;
type Load = (address: Code, offset: number) => Code;
type Store = (address: Code, offset: number, value: Code) => Code;

const binary =
  (...opcode: readonly number[]): Binary =>
  (a, b) => [...a, ...b, ...opcode];
const unary =
  (...opcode: readonly number[]): Unary =>
  (a) => [...a, ...opcode];
/** `align`: exponent of the natural alignment. */
const load =
  (align: number, ...opcode: readonly number[]): Load =>
  (address, offset) => [...address, ...opcode, align, ...unsigned(offset)];
const store =
  (align: number, ...opcode: readonly number[]): Store =>
  (address, offset, value) => [...address, ...value, ...opcode, align, ...unsigned(offset)];
const vector = (opcode: number): readonly number[] => [0xfd, ...unsigned(opcode)];

export const i32 = {
  constant: (value: number): Code => [0x41, ...signed(value | 0)],
  load: load(2, 0x28),
  loadUnsigned16: load(1, 0x2f),
  store: store(2, 0x36),
  isZero: unary(0x45),
  equal: binary(0x46),
  notEqual: binary(0x47),
  lessUnsigned: binary(0x49),
  add: binary(0x6a),
  subtract: binary(0x6b),
  multiply: binary(0x6c),
  and: binary(0x71),
  or: binary(0x72),
  xor: binary(0x73),
  shiftLeft: binary(0x74),
  shiftRight: binary(0x76),
  /** `a` where the condition holds, else `b`. */
  select: (a: Code, b: Code, condition: Code): Code => [...a, ...b, ...condition, 0x1b],
} as const;

export const f64 = {
  constant: (value: number): Code => [0x44, ...new Uint8Array(Float64Array.of(value).buffer)],
  load: load(3, 0x2b),
  store: store(3, 0x39),
  atLeast: binary(0x66),
  atMost: binary(0x65),
  add: binary(0xa0),
  subtract: binary(0xa1),
  multiply: binary(0xa2),
  divide: binary(0xa3),
  ofUnsigned: unary(0xb8),
} as const;

export const f64x2 = {
  constant: (low: number, high: number): Code => [
    ...vector(0x0c),
    ...new Uint8Array(Float64Array.of(low, high).buffer),
  ],
  load: load(4, ...vector(0x00)),
  /** One number in both lanes. */
  loadSplat: load(3, ...vector(0x0a)),
  /** One number in the low lane, 0 in the high one. */
  loadLow: load(3, ...vector(0x5d)),
  store: store(4, ...vector(0x0b)),
  splat: unary(...vector(0x14)),
  low: unary(...vector(0x21), 0),
  high: unary(...vector(0x21), 1),
  greater: binary(...vector(0x4a)),
  abs: unary(...vector(0xec)),
  add: binary(...vector(0xf0)),
  subtract: binary(...vector(0xf1)),
  multiply: binary(...vector(0xf2)),
  /** `a < b ? b : a` in each lane, so `a` where one is NaN. */
  pseudoMax: binary(...vector(0xf7)),
  /** `b < a ? b : a` in each lane. */
  pseudoMin: binary(...vector(0xf6)),
  ceil: unary(...vector(0x74)),
  floor: unary(...vector(0x75)),
  /** Both lanes from the low lane, or from the high one; `a` is encoded twice, so it should be a local. */
  lowTwice: (a: Code): Code => shuffle(a, a, [0, 0]),
  highTwice: (a: Code): Code => shuffle(a, a, [1, 1]),
  lowOfBoth: (a: Code, b: Code): Code => shuffle(a, b, [0, 2]),
  /** The sign bits as bits 0 and 1. */
  signs: unary(...vector(0xc4)),
} as const;

export const bytes = {
  load: f64x2.load,
  store: f64x2.store,
  constant: (values: readonly number[]): Code => [...vector(0x0c), ...values.map((value) => value & 0xff)],
  and: binary(...vector(0x4e)),
  xor: binary(...vector(0x51)),
  /** Lane i is lane `b[i]` of `a`, or 0 where bit 7 of `b[i]` is set; `b[i]` is below 16 otherwise. */
  lookUp: binary(...vector(0x100)),
  addSaturating: binary(...vector(0x6f)),
  greater: binary(...vector(0x27)),
  /** 32-bit lanes to 16-bit ones, those of `a` first; masks stay masks. */
  narrow32: binary(...vector(0x85)),
  narrow16: binary(...vector(0x65)),
  /** The sign bits of the sixteen lanes. */
  signs: unary(...vector(0x64)),
  /** Low 32 bits. */
  lowWord: unary(...vector(0x1b), 0),
} as const;

function shuffle(a: Code, b: Code, halves: readonly number[]): Code {
  const lanes = halves.flatMap((half) => Array.from({ length: 8 }, (_, i) => half * 8 + i));
  return [...a, ...b, ...vector(0x0d), ...lanes];
}

// Encoding -------------------------------------------------------------------------------------------------------------------

function section(id: number, entries: readonly Code[]): Code {
  const content = list(entries);
  return [id, ...unsigned(content.length), ...content];
}

function list(entries: readonly Code[]): Code {
  return [...unsigned(entries.length), ...entries.flat()];
}

function name(text: string): Code {
  return [...unsigned(text.length), ...Array.from(text, (letter) => letter.charCodeAt(0))];
}

/** LEB128 of an unsigned 32-bit number. */
function unsigned(value: number): Code {
  const low = value & 0x7f;
  const rest = value >>> 7;
  return rest === 0 ? [low] : [low | 0x80, ...unsigned(rest)];
}

/** LEB128 of a signed 32-bit number. */
function signed(value: number): Code {
  const low = value & 0x7f;
  const rest = value >> 7;
  const isLast = (rest === 0 && (low & 0x40) === 0) || (rest === -1 && (low & 0x40) !== 0);
  return isLast ? [low] : [low | 0x80, ...signed(rest)];
}
