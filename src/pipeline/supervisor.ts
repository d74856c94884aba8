// The supervisor: which adapters run. A reload stops and starts only what changed.
import { join } from 'node:path';
import type { Adapter, Delivery, DeliveryReply, Log } from '../component.ts';
import type { AdapterPlan, Plan } from '../config/plan.ts';
import type { Entry } from '../journal/journal.ts';
import type { Receipt } from '../measurement.ts';
import { type Runner, runAdapter } from './collect.ts';

export interface SupervisorOptions {
  readonly dataDir: string;
  readonly log: Log;
  /** Imports the component of that name. */
  adapter(use: string): Promise<Adapter>;
  append(entry: Entry): Promise<Receipt>;
  lastDurableMs(adapter: string, tag?: string): number | undefined;
  openGap(adapter: string): { readonly fromMs: number; readonly reason: string } | undefined;
  now(): number;
  random(): number;
}

export interface Supervisor {
  /** Makes the running adapters those of the plan; unchanged ones go on undisturbed. */
  apply(plan: Plan): Promise<void>;
  readonly runners: ReadonlyMap<string, Runner>;
  deliver(adapter: string, delivery: Delivery): Promise<DeliveryReply> | undefined;
  stop(): Promise<void>;
}

/** While a changed configuration takes effect. */
const BEING_STARTED: DeliveryReply = {
  status: 503,
  retryAfterS: 1,
  body: {
    code: 'JOURNAL_FAILED',
    message: 'this source is being started',
    hint: 'Keep the rows and send them again with the same ids: a repeat is stored once.',
  },
};

/** Starts with no adapters; `apply` a plan. */
export function createSupervisor(options: SupervisorOptions): Supervisor {
  const runners = new Map<string, Runner>();
  const plans = new Map<string, string>();
  let expected: ReadonlySet<string> = new Set();

  async function start(plan: AdapterPlan): Promise<void> {
    const adapter = await options.adapter(plan.use);
    plans.set(plan.id, JSON.stringify([plan.use, plan.settings]));
    runners.set(
      plan.id,
      runAdapter({
        plan,
        adapter,
        folder: join(options.dataDir, 'adapters', plan.id),
        log: options.log,
        append: options.append,
        lastDurableMs: (tag) => options.lastDurableMs(plan.id, tag),
        openGap: options.openGap(plan.id),
        now: options.now,
        random: options.random,
      }),
    );
  }

  async function end(id: string): Promise<void> {
    const runner = runners.get(id);
    runners.delete(id);
    plans.delete(id);
    await runner?.stop();
  }

  return {
    async apply(plan) {
      const wanted = new Map(plan.adapters.map((adapter) => [adapter.id, adapter]));
      expected = new Set(wanted.keys());
      const gone = [...runners.keys()].filter((id) => {
        const adapter = wanted.get(id);
        return adapter === undefined || JSON.stringify([adapter.use, adapter.settings]) !== plans.get(id);
      });
      await Promise.all(gone.map(end));
      for (const adapter of plan.adapters) if (!runners.has(adapter.id)) await start(adapter);
    },
    runners,
    deliver(adapter, delivery) {
      const runner = runners.get(adapter);
      const reply = runner?.deliver(delivery);
      if (reply !== undefined || !expected.has(adapter)) return reply;
      // A sender takes "there is no such adapter" for good and throws its rows away.
      return runner === undefined || runner.status.state === 'starting' ? Promise.resolve(BEING_STARTED) : undefined;
    },
    async stop() {
      await Promise.all([...runners.keys()].map(end));
    },
  };
}
