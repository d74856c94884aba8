// The plant's counters in the text format of Prometheus.
import type { AdapterHealth, Health } from './plant.ts';

const PER_ADAPTER = ['received', 'accepted', 'duplicate', 'refused', 'stored', 'quarantined', 'lost'] as const;

const HELP: Readonly<Record<(typeof PER_ADAPTER)[number], string>> = {
  received: 'Values that arrived: accepted, duplicate and refused.',
  accepted: 'Values made durable.',
  duplicate: 'Values that had been accepted before.',
  refused: 'Values turned away at the door.',
  stored: 'Values written to the history.',
  quarantined: 'Values that the history refused for good.',
  lost: 'Values lost because the operator chose drop_oldest.',
};

/**
 * Metrics as text (Prometheus exposition format 0.0.4). The names are a public surface.
 * `stored`, `quarantined` and `lost` carry the label `adapter` where the plant counts them so, else they are one sum.
 */
export function metricsText(health: Health, liveClients: number): string {
  const lines: string[] = [];
  for (const what of PER_ADAPTER) {
    family(lines, `pumjil_${what}_measurements_total`, 'counter', HELP[what], countsOf(health, what));
  }
  const { adapters, history, journal } = health;
  family(lines, 'pumjil_waiting_measurements', 'gauge', 'Accepted values not yet in the history.', [
    ['', health.balance.waiting],
  ]);
  family(
    lines,
    'pumjil_gap_seconds_total',
    'counter',
    'Declared time without observation.',
    by(adapters, 'gapSeconds'),
  );
  family(lines, 'pumjil_adapter_restarts_total', 'counter', 'Restarts by the supervisor.', by(adapters, 'restarts'));
  family(
    lines,
    'pumjil_adapter_up',
    'gauge',
    '1 while connected.',
    adapters.map((a) => [label('adapter', a.id), a.state === 'connected' ? 1 : 0]),
  );
  family(lines, 'pumjil_history_lag_seconds', 'gauge', 'Age of the oldest value not yet in the history.', [
    ['', history.lagMs / 1000],
  ]);
  family(lines, 'pumjil_points_total', 'counter', 'Points plotted.', [['', health.pointsTotal]]);
  family(
    lines,
    'pumjil_events_total',
    'counter',
    'Events by kind.',
    Object.entries(health.eventsByKind).map(([kind, n]) => [label('kind', kind), n]),
  );
  family(lines, 'pumjil_journal_bytes', 'gauge', 'Size of the journal.', [['', journal.bytes]]);
  family(lines, 'pumjil_journal_last_seq', 'gauge', 'Last durable entry.', [['', journal.lastSeq]]);
  family(lines, 'pumjil_journal_damages', 'gauge', 'Damages found when opening.', [['', journal.damage.length]]);
  family(lines, 'pumjil_ready', 'gauge', '1 while ready.', [['', health.ready ? 1 : 0]]);
  family(lines, 'pumjil_live_clients', 'gauge', 'Open live connections.', [['', liveClients]]);
  return `${lines.join('\n')}\n`;
}

type Sample = readonly [labels: string, value: number];

function countsOf(health: Health, what: (typeof PER_ADAPTER)[number]): Sample[] {
  const known = health.adapters.flatMap((a): Sample[] => {
    const value = a[what];
    return value === undefined ? [] : [[label('adapter', a.id), value]];
  });
  return known.length === health.adapters.length && known.length > 0 ? known : [['', health.balance[what]]];
}

function by(adapters: readonly AdapterHealth[], key: 'gapSeconds' | 'restarts'): Sample[] {
  return adapters.map((a) => [label('adapter', a.id), a[key]]);
}

function family(lines: string[], name: string, type: string, help: string, samples: readonly Sample[]): void {
  lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`);
  for (const [labels, value] of samples) lines.push(`${name}${labels} ${Number.isFinite(value) ? value : 'NaN'}`);
}

function label(name: string, value: string): string {
  return `{${name}="${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"}`;
}
