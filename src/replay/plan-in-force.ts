// The plan in force of a data folder, without the configuration and its secrets: the newest snapshot of the plant holds it.
import { deserialize } from 'node:v8';
import type { EnginePlan } from '../config/plan.ts';
import { PumjilError } from '../errors.ts';
import { unsqueeze } from '../history/embedded/rows.ts';
import { openPlantDbToRead } from '../history/embedded/schema.ts';

/** What a data folder knows of the plan. */
export interface PlanInForce {
  readonly plan: EnginePlan;
  /** Time of the plant, ms since 1970. */
  readonly nowMs: number;
}

/**
 * Reads the plan from plant.db; reads only.
 *
 * @param file plant.db
 * @throws PumjilError DATA_DIR_EMPTY when no snapshot was ever taken, HISTORY_DAMAGED
 */
export function planInForce(file: string): PlanInForce {
  const db = openPlantDbToRead(file);
  try {
    const body = db.prepare('SELECT body FROM snapshot ORDER BY seq DESC LIMIT 1').get()?.body;
    // Written by the plant machine's snapshot().
    const saved =
      body instanceof Uint8Array
        ? (deserialize(unsqueeze(body)) as {
            readonly state?: { readonly plan: EnginePlan | null; readonly nowMs: number };
          })
        : undefined;
    if (saved?.state?.plan == null)
      throw new PumjilError('DATA_DIR_EMPTY', {
        message: `${file} holds no plan: the plant has not run long enough`,
        hint: 'Start the plant for a minute and stop it again.',
      });
    return { plan: saved.state.plan, nowMs: saved.state.nowMs };
  } finally {
    db.close();
  }
}
