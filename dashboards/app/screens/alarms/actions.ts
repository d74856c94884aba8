// What a person does to an alarm. Every command carries an id of its own, so that a repeat after a lost answer changes nothing.
import { type Signal, signal } from '@preact/signals';
import type { AlarmJson } from '../../../../src/api/contract.ts';
import { ApiFailure } from '../../state/api.ts';
import type { AppState } from '../../state/app-state.ts';

export interface AlarmActions {
  readonly failure: Signal<ApiFailure | null>;
  readonly isBusy: Signal<boolean>;
  /** Id of the alarm whose cause was stored last. */
  readonly savedFor: Signal<string>;
  acknowledge(alarm: AlarmJson): Promise<void>;
  cause(alarm: AlarmJson, cause: string, text: string): Promise<void>;
}

/** True for those who may act. */
export function mayAct(app: AppState): boolean {
  return app.session.value?.user?.role !== 'viewer';
}

/** True while an alarm still wants an acknowledgement. */
export function wantsAcknowledgement(alarm: AlarmJson): boolean {
  return alarm.state === 'unacknowledged' || alarm.state === 'returned_unacknowledged';
}

export function createActions(app: AppState): AlarmActions {
  const failure = signal<ApiFailure | null>(null);
  const isBusy = signal(false);
  const savedFor = signal('');
  async function run(command: () => Promise<{ alarm: AlarmJson }>): Promise<boolean> {
    if (isBusy.value || !mayAct(app)) return false;
    isBusy.value = true;
    failure.value = null;
    try {
      app.putAlarm((await command()).alarm);
      return true;
    } catch (error) {
      failure.value = error instanceof ApiFailure ? error : new ApiFailure(0, String(error), '');
      return false;
    } finally {
      isBusy.value = false;
    }
  }
  return {
    failure,
    isBusy,
    savedFor,
    async acknowledge(alarm) {
      if (wantsAcknowledgement(alarm)) await run(() => app.api.acknowledge(alarm.id, commandId()));
    },
    async cause(alarm, cause, text) {
      if (await run(() => app.api.cause(alarm.id, commandId(), cause, text))) savedFor.value = alarm.id;
    },
  };
}

/** crypto.randomUUID is missing on plain http addresses of a plant network; getRandomValues is not. */
function commandId(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
