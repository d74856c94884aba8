// How a stream is named and where its page is.
import type { StreamJson } from '../../../src/api/contract.ts';

/** Address of a stream's page. The id may hold any character, dots too, so it does not stand in the path. */
export function streamHref(id: string): string {
  return `/streams?id=${encodeURIComponent(id)}`;
}

/** Address of an alarm. */
export function alarmHref(id: string): string {
  return `/alarms?id=${encodeURIComponent(id)}`;
}

/** Part and split of a stream: what tells it from its siblings. */
export function streamTail(stream: Pick<StreamJson, 'part' | 'split'>): string {
  return [stream.part, stream.split].filter((part) => part !== '').join(' · ');
}
