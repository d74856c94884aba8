// A plant with its screens, as `run` and `demo` start it.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Users } from '../api/plant.ts';
import { type Api, startApi } from '../api/server.ts';
import type { Log } from '../component.ts';
import type { Components } from '../config/components.ts';
import type { Plan } from '../config/plan.ts';
import { type RunningPlant, startPlant } from '../pipeline/plant.ts';
import type { RecordStore } from '../records/record-store.ts';

export interface Serving {
  readonly running: RunningPlant;
  readonly api: Api;
  stop(): Promise<void>;
}

export interface ServeOptions {
  readonly plan: Plan;
  readonly components: Components;
  readonly log: Log;
  readonly author: string;
  users(records: RecordStore): Promise<Users>;
  onFatal(error: Error): void;
}

/** Folder of the built dashboards, beside the sources or in the published package. */
function dashboardsFolder(): string {
  const candidates = ['../../dashboards/app/dist', '../../../dashboards/app/dist'].map((path) =>
    join(import.meta.dirname, path),
  );
  return candidates.find((path) => existsSync(path)) ?? candidates[0] ?? '';
}

/** Starts the plant, then its HTTP server; when the server cannot start the plant is stopped again. */
export async function serve(options: ServeOptions): Promise<Serving> {
  const { plan, log } = options;
  const running = await startPlant({
    ...options,
    diagnose: async (plant, reader) => (await import('../pipeline/diagnose.ts')).diagnosePlant(plant, reader),
  });
  try {
    const api = await startApi({
      plant: running.plant,
      now: running.now,
      host: plan.server.host,
      port: plan.server.port,
      dashboardsFolder: dashboardsFolder(),
      metricsToken: plan.server.metrics_token,
      log,
    });
    return {
      running,
      api,
      async stop() {
        await api.close();
        await running.stop();
      },
    };
  } catch (error) {
    await running.stop();
    throw error;
  }
}
