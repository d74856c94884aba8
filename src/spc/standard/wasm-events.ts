// What the WebAssembly form does rarely: a changed signal, an event and its hash. The same steps as in layout.ts and event-hash.ts.
import { type Code, get, i32, type Local, sequence, set } from './assembler.ts';
import { MIX } from './event-hash.ts';
import { HEAD } from './layout.ts';
import type { MemoryPlan } from './memory.ts';

/** Bits of SIGNALS from raw bits, as `signalsOf` in layout.ts. */
export function signalBits(raw: Local): Code {
  const masked = (shift: number, mask: number): Code =>
    i32.and(i32.shiftRight(get(raw), i32.constant(shift)), i32.constant(mask));
  const oneSided = i32.multiply(masked(14, 1), i32.constant(0xc0));
  const folded = i32.xor(i32.xor(get(raw), i32.shiftRight(get(raw), i32.constant(8))), oneSided);
  const rules = i32.and(folded, i32.constant(0xff));
  return i32.or(i32.or(rules, masked(8, 0x1f00)), i32.or(masked(9, 0x2000), masked(10, 0xc000)));
}

/** Address of the set of tests of a stream; its upper half, 2 bytes on, says what may signal now. */
export function setOf(record: Local, sets: Local): Code {
  return i32.add(get(sets), i32.shiftRight(get(record), i32.constant(5)));
}

/** Locals of the step that raises. */
export interface Raised {
  readonly plan: MemoryPlan;
  readonly row4: Local;
  readonly first: Local;
  readonly events: Local;
  readonly record: Local;
  readonly count: Local;
  readonly signals: Local;
  readonly mixed: Local;
}

/** Appends an event and adds it to the hash, as event-hash.ts does. */
export function raiseEvent({ plan, row4, first, events, record, count, signals, mixed }: Raised): Code {
  const { first: firstNumber, step } = plan.numbering;
  const index = i32.shiftRight(get(record), i32.constant(7));
  const stream =
    step === 1 && firstNumber === 0
      ? index
      : i32.add(i32.multiply(index, i32.constant(step)), i32.constant(firstNumber));
  const row = i32.shiftRight(get(row4), i32.constant(2));
  const slot = i32.shiftLeft(get(events), i32.constant(2));
  const times = (a: Code, factor: number): Code => i32.multiply(a, i32.constant(factor));
  const folded = (shift: number): Code => i32.xor(get(mixed), i32.shiftRight(get(mixed), i32.constant(shift)));
  const addTo = (word: number, value: Code): Code =>
    i32.store(i32.constant(0), HEAD.hash + word, i32.add(i32.load(i32.constant(0), HEAD.hash + word), value));
  return sequence(
    i32.store(slot, plan.eventPoint, i32.add(get(first), row)),
    i32.store(slot, plan.eventStream, stream),
    i32.store(slot, plan.eventBits, get(signals)),
    set(events, i32.add(get(events), i32.constant(1))),
    set(mixed, i32.xor(times(i32.add(stream, i32.constant(1)), MIX.stream), times(get(count), MIX.count))),
    set(mixed, i32.xor(times(folded(15), MIX.first), times(get(signals), MIX.bits))),
    set(mixed, times(folded(13), MIX.second)),
    set(mixed, folded(16)),
    addTo(0, get(mixed)),
    set(mixed, i32.xor(times(i32.xor(get(mixed), get(signals)), MIX.stream), stream)),
    addTo(4, folded(15)),
  );
}
