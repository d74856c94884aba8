// Subgroups as one would write them first: a list of values a stream in a map, closed by size or by a changed key.

export interface PlainSubgroup {
  readonly x: readonly number[];
  readonly timeMs: number;
}

export class PlainSubgroups {
  private readonly open = new Map<string, { x: number[]; key: string; timeMs: number }>();
  private readonly size: number;

  constructor(size: number) {
    this.size = size;
  }

  /** Adds a member; returns the subgroups that closed. */
  add(stream: string, value: number, timeMs: number, key: string): PlainSubgroup[] {
    const closed: PlainSubgroup[] = [];
    let open = this.open.get(stream);
    if (open !== undefined && open.key !== key) {
      closed.push({ x: open.x, timeMs: open.timeMs });
      open = undefined;
    }
    open ??= { x: [], key, timeMs };
    open.x.push(value);
    open.timeMs = timeMs;
    this.open.set(stream, open);
    if (open.x.length >= this.size) {
      closed.push({ x: open.x, timeMs });
      this.open.delete(stream);
    }
    return closed;
  }
}
