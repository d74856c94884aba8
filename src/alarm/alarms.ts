// Alarms: events folded into one state machine per stream or adapter (ISA-18.2). Pure; time comes from journal entries only.
import type { AlarmRow, AlarmState } from '../history/history.ts';
import type { CommandEntry, Seq } from '../journal/journal.ts';

/** Judged subgroups without any rule after which a signal alarm counts as returned to normal. */
export const CALM_SUBGROUPS = 8;

/** Closed alarms stay at hand this long, so that a cause can still be written to them. */
const CLOSED_KEPT_MS = 7 * 24 * 3600_000;

export interface Raise {
  readonly id: string;
  readonly seq: Seq;
  /** Source time, ms. */
  readonly atMs: number;
  /** Time of the journal entry, ms: when it could be known. */
  readonly detectedMs: number;
  readonly kind: AlarmRow['kind'];
  readonly series: number;
  readonly adapter: string;
  readonly class: AlarmRow['class'];
  readonly lane: number;
  readonly rule: string;
  readonly text: AlarmRow['text'];
}

interface Held {
  row: AlarmRow;
  /** Judged subgroups without a rule since the last signal. */
  calm: number;
  returned: boolean;
  shelvedUntilMs: number;
}

export interface AlarmsState {
  readonly held: [string, Held][];
  readonly open: [string, string][];
  readonly commands: [string, number][];
}

export interface Alarms {
  /** Folds a raising event into the open alarm of its subject, or opens one. */
  raise(raise: Raise): void;
  /** A judged subgroup of a stream on which no rule holds. */
  calm(series: number, seq: Seq, atMs: number): void;
  /** The subject is back to normal (a link that came back). */
  returned(kind: AlarmRow['kind'], adapter: string, seq: Seq, atMs: number): void;
  /** False when the alarm is unknown or the command was already applied. */
  command(entry: CommandEntry, seq: Seq): boolean;
  tick(atMs: number, seq: Seq): void;
  deadlineMs(): number;
  openIds(series: number): readonly string[];
  isOpen(series: number): boolean;
  /** Rows changed since the last call. */
  drain(): readonly AlarmRow[];
  snapshot(): AlarmsState;
  restore(state: AlarmsState): void;
}

/**
 * The alarm state machine of a plant.
 *
 * A signal alarm returns to normal after CALM_SUBGROUPS judged subgroups without a rule. It closes when it has returned,
 * a person has acknowledged it and a cause is written; until then it stays in the inbox.
 *
 * @see ISA-18.2-2016, state diagram
 */
export function createAlarms(): Alarms {
  const held = new Map<string, Held>();
  const open = new Map<string, string>();
  const commands = new Map<string, number>();
  const changed = new Set<string>();

  function change(id: string, patch: Partial<AlarmRow>): void {
    const alarm = held.get(id);
    if (alarm === undefined) return;
    alarm.row = { ...alarm.row, ...patch };
    changed.add(id);
  }

  /** Closes what is acknowledged, returned and explained. */
  function settle(id: string, seq: Seq, atMs: number): void {
    const alarm = held.get(id);
    if (alarm === undefined || alarm.row.state === 'closed') return;
    const needsCause = alarm.row.kind === 'signal';
    if (alarm.returned && alarm.row.state === 'acknowledged' && (!needsCause || alarm.row.cause !== ''))
      close(id, seq, atMs);
    else if (alarm.returned && alarm.row.state === 'unacknowledged')
      change(id, { state: 'returned_unacknowledged', seq });
  }

  function close(id: string, seq: Seq, atMs: number): void {
    const alarm = held.get(id);
    if (alarm === undefined) return;
    change(id, { state: 'closed', closedMs: atMs, seq });
    open.delete(subject(alarm.row.kind, alarm.row.series, alarm.row.adapter));
  }

  function reopenFromShelf(alarm: Held): AlarmState {
    if (alarm.row.acknowledgedMs !== null) return 'acknowledged';
    return alarm.returned ? 'returned_unacknowledged' : 'unacknowledged';
  }

  return {
    raise(raise) {
      const key = subject(raise.kind, raise.series, raise.adapter);
      const known = open.get(key);
      const alarm = known === undefined ? undefined : held.get(known);
      if (known === undefined || alarm === undefined) {
        open.set(key, raise.id);
        held.set(raise.id, { row: newAlarm(raise), calm: 0, returned: false, shelvedUntilMs: 0 });
        changed.add(raise.id);
        return;
      }
      const isNewRule = raise.rule !== '' && !alarm.row.rules.includes(raise.rule);
      const cameBack = alarm.returned;
      // A stream judged again may signal at a time before the newest signal: that one adds to the alarm, it is not what it says now.
      const isNewest = raise.atMs >= alarm.row.lastMs;
      alarm.calm = 0;
      alarm.returned = false;
      const state: AlarmState = cameBack && alarm.row.state !== 'shelved' ? 'unacknowledged' : alarm.row.state;
      change(known, {
        seq: raise.seq,
        lastMs: Math.max(alarm.row.lastMs, raise.atMs),
        events: alarm.row.events + 1,
        rules: isNewRule ? [...alarm.row.rules, raise.rule] : alarm.row.rules,
        state,
        ...(state === 'unacknowledged' && cameBack ? { acknowledgedMs: null, acknowledgedBy: '' } : {}),
        ...(raise.kind === 'signal' && isNewest ? { text: raise.text } : {}),
      });
    },
    calm(series, seq, atMs) {
      const id = open.get(subject('signal', series, ''));
      const alarm = id === undefined ? undefined : held.get(id);
      if (id === undefined || alarm === undefined || alarm.returned) return;
      alarm.calm += 1;
      if (alarm.calm < CALM_SUBGROUPS) return;
      alarm.returned = true;
      settle(id, seq, atMs);
    },
    returned(kind, adapter, seq, atMs) {
      const id = open.get(subject(kind, -1, adapter));
      const alarm = id === undefined ? undefined : held.get(id);
      if (id === undefined || alarm === undefined) return;
      alarm.returned = true;
      settle(id, seq, atMs);
    },
    command(entry, seq) {
      const alarm = held.get(entry.alarm);
      if (alarm === undefined || commands.has(entry.id)) return false;
      commands.set(entry.id, entry.atMs);
      const isClosed = alarm.row.state === 'closed';
      switch (entry.verb) {
        case 'acknowledge':
          if (!isClosed && alarm.row.acknowledgedMs === null)
            change(entry.alarm, {
              seq,
              acknowledgedMs: entry.atMs,
              acknowledgedBy: entry.author,
              ...(alarm.row.state === 'shelved' ? {} : { state: 'acknowledged' }),
            });
          break;
        case 'cause':
          change(entry.alarm, {
            seq,
            cause: entry.cause ?? '',
            ...(entry.text === undefined ? {} : { comment: entry.text }),
          });
          break;
        case 'comment':
          change(entry.alarm, { seq, comment: entry.text ?? '' });
          break;
        case 'shelve':
          if (!isClosed) {
            alarm.shelvedUntilMs = entry.untilMs ?? entry.atMs + 3600_000;
            change(entry.alarm, { seq, state: 'shelved' });
          }
          break;
        case 'unshelve':
          if (alarm.row.state === 'shelved') change(entry.alarm, { seq, state: reopenFromShelf(alarm) });
          break;
        case 'close':
          if (!isClosed) {
            if (entry.cause !== undefined) change(entry.alarm, { cause: entry.cause });
            if (entry.text !== undefined) change(entry.alarm, { comment: entry.text });
            close(entry.alarm, seq, entry.atMs);
          }
          break;
      }
      settle(entry.alarm, seq, entry.atMs);
      return true;
    },
    tick(atMs, seq) {
      for (const [id, alarm] of held) {
        if (alarm.row.state === 'shelved' && alarm.shelvedUntilMs <= atMs) {
          change(id, { seq, state: reopenFromShelf(alarm) });
          settle(id, seq, atMs);
        }
        if (alarm.row.closedMs !== null && alarm.row.closedMs + CLOSED_KEPT_MS < atMs && !changed.has(id))
          held.delete(id);
      }
      for (const [id, at] of commands) if (at + CLOSED_KEPT_MS < atMs) commands.delete(id);
    },
    deadlineMs() {
      let due = Number.POSITIVE_INFINITY;
      for (const alarm of held.values()) if (alarm.row.state === 'shelved') due = Math.min(due, alarm.shelvedUntilMs);
      return due;
    },
    openIds(series) {
      const id = open.get(subject('signal', series, ''));
      return id === undefined ? [] : [id];
    },
    isOpen: (series) => open.has(subject('signal', series, '')),
    drain() {
      const rows: AlarmRow[] = [];
      for (const id of changed) {
        const alarm = held.get(id);
        if (alarm !== undefined) rows.push(alarm.row);
      }
      changed.clear();
      return rows;
    },
    snapshot: () => ({ held: [...held], open: [...open], commands: [...commands] }),
    restore(state) {
      held.clear();
      open.clear();
      commands.clear();
      changed.clear();
      for (const [id, alarm] of state.held) held.set(id, { ...alarm });
      for (const [key, id] of state.open) open.set(key, id);
      for (const [id, at] of state.commands) commands.set(id, at);
    },
  };
}

function subject(kind: AlarmRow['kind'], series: number, adapter: string): string {
  return kind === 'signal' || kind === 'missing_sample' ? `${kind}:${series}` : `${kind}:${adapter}`;
}

function newAlarm(raise: Raise): AlarmRow {
  return {
    id: raise.id,
    seq: raise.seq,
    kind: raise.kind,
    series: raise.series,
    adapter: raise.adapter,
    class: raise.class,
    state: 'unacknowledged',
    raisedMs: raise.atMs,
    detectedMs: raise.detectedMs,
    lastMs: raise.atMs,
    acknowledgedMs: null,
    acknowledgedBy: '',
    closedMs: null,
    cause: '',
    comment: '',
    rules: raise.rule === '' ? [] : [raise.rule],
    lane: raise.lane,
    events: 1,
    text: raise.text,
  };
}
