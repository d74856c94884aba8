// How a stream is named and where its page is.
import type { StreamJson } from '../../../src/api/contract.ts';

/** Address of a stream's page; the id may hold any character. */
export function streamHref(id: string): string {
  return `/streams/${encodeURIComponent(id)}`;
}

/** Part and split of a stream: what tells it from its siblings. */
export function streamTail(stream: Pick<StreamJson, 'part' | 'split'>): string {
  return [stream.part, stream.split].filter((part) => part !== '').join(' · ');
}
