// The live push. EventSource resumes by itself with the last id; what it does not do is say that it is cut, or start again once closed.
import type { LiveJson } from '../../../src/api/contract.ts';

export interface LiveListener {
  message(messages: readonly LiveJson[]): void;
  /** `lost`: nothing arrives until `open` is told again. */
  state(state: 'open' | 'lost'): void;
  /** The server answered, but not with a stream: perhaps the session has ended. */
  refused(): void;
  /** What happened meanwhile is not at hand: fetch everything anew. */
  resync(): void;
}

const REOPEN_MS = 3000;
/** Messages of one moment are handed over together: a screen is drawn once for all of them. */
const GATHER_MS = 120;

/** Opens the push; call the answer to close it. */
export function openLive(listener: LiveListener): () => void {
  let source: EventSource | undefined;
  let reopening: ReturnType<typeof setTimeout> | undefined;
  let gathering: ReturnType<typeof setTimeout> | undefined;
  let gathered: LiveJson[] = [];
  let wasClosed = false;

  const flush = (): void => {
    gathering = undefined;
    const messages = gathered;
    gathered = [];
    listener.message(messages);
  };
  const take = (event: MessageEvent<string>): void => {
    const message = JSON.parse(event.data) as LiveJson;
    if (message.type === 'resync') {
      listener.resync();
      return;
    }
    gathered.push(message);
    gathering ??= setTimeout(flush, GATHER_MS);
  };
  const connect = (): void => {
    source = new EventSource('/api/live');
    for (const type of ['point', 'event', 'alarm', 'resync']) source.addEventListener(type, take);
    source.onopen = () => {
      listener.state('open');
      // A new EventSource does not know where the old one ended.
      if (wasClosed) listener.resync();
      wasClosed = false;
    };
    source.onerror = () => {
      listener.state('lost');
      if (source?.readyState !== EventSource.CLOSED) return;
      source.close();
      wasClosed = true;
      listener.refused();
      clearTimeout(reopening);
      reopening = setTimeout(connect, REOPEN_MS);
    };
  };
  connect();
  return () => {
    clearTimeout(reopening);
    clearTimeout(gathering);
    source?.close();
  };
}
