// The server as the screens know it: one function a request, types from the contract, one error class.
import type {
  AlarmsJson,
  BudgetJson,
  CharacteristicsJson,
  CommandJson,
  DiagnosisJson,
  ErrorJson,
  EventsJson,
  HealthJson,
  HistogramJson,
  PlantJson,
  PointsJson,
  ReplayJson,
  ReplayRequestJson,
  RuleSetsJson,
  SessionJson,
  StreamDetailJson,
  StreamPriceJson,
  StreamsJson,
} from '../../../src/api/contract.ts';

/** What went wrong, in the server's own words where it answered; `status` 0 = it did not answer. */
export class ApiFailure extends Error {
  readonly status: number;
  readonly hint: string;

  constructor(status: number, message: string, hint: string) {
    super(message);
    this.name = 'ApiFailure';
    this.status = status;
    this.hint = hint;
  }
}

export interface Api {
  session(): Promise<SessionJson>;
  login(user: string, password: string): Promise<SessionJson>;
  logout(): Promise<void>;
  plant(): Promise<PlantJson>;
  characteristics(): Promise<CharacteristicsJson>;
  streams(): Promise<StreamsJson>;
  stream(id: string, signal?: AbortSignal): Promise<StreamDetailJson>;
  /** The newest `size` subgroups, every one of them; `all` may come thinned, with every signal in it. */
  points(id: string, size: number | 'all', signal?: AbortSignal): Promise<PointsJson>;
  histogram(id: string, signal?: AbortSignal): Promise<HistogramJson>;
  alarms(open: boolean, stream?: string): Promise<AlarmsJson>;
  events(stream: string, fromMs: number, signal?: AbortSignal): Promise<EventsJson>;
  acknowledge(alarm: string, commandId: string): Promise<CommandJson>;
  cause(alarm: string, commandId: string, cause: string, text: string): Promise<CommandJson>;
  /** What the rules of a stream cost. */
  price(stream: string, signal?: AbortSignal): Promise<StreamPriceJson>;
  ruleSets(): Promise<RuleSetsJson>;
  budget(): Promise<BudgetJson>;
  replay(stream: string, request: ReplayRequestJson): Promise<ReplayJson>;
  diagnosis(): Promise<DiagnosisJson>;
  health(): Promise<HealthJson>;
  /** Says that the disk was looked at after it failed. */
  acknowledgeDisk(): Promise<void>;
}

/** A long stretch comes as an envelope of about so many subgroups. */
const ENVELOPE = 4000;

/**
 * The API over fetch.
 *
 * @param onSignedOut called when the server no longer knows the session
 */
export function createApi(onSignedOut: () => void): Api {
  async function send<T>(path: string, init: RequestInit = {}): Promise<T> {
    let response: Response;
    try {
      response = await fetch(path, { credentials: 'same-origin', headers: { accept: 'application/json' }, ...init });
    } catch (cause) {
      if (init.signal?.aborted === true) throw cause;
      throw new ApiFailure(0, '', '');
    }
    if (response.ok) return (await response.json()) as T; // The server validates its answers against the same contract.
    const body = (await response.json().catch(() => ({}))) as Partial<ErrorJson>;
    if (response.status === 401 && path !== '/api/session') onSignedOut();
    throw new ApiFailure(response.status, body.message ?? response.statusText, body.hint ?? '');
  }
  const get = <T>(path: string, signal?: AbortSignal): Promise<T> =>
    send<T>(path, signal === undefined ? {} : { signal });
  const post = <T>(path: string, body: unknown): Promise<T> =>
    send<T>(path, {
      method: 'POST',
      headers: { accept: 'application/json', 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  const id = encodeURIComponent;
  return {
    session: () => get('/api/session'),
    login: (user, password) => post('/api/session', { user, password }),
    logout: async () => {
      await send('/api/session', { method: 'DELETE' });
    },
    plant: () => get('/api/plant'),
    characteristics: () => get('/api/characteristics'),
    streams: () => get('/api/streams'),
    stream: (stream, signal) => get(`/api/streams/${id(stream)}`, signal),
    points: (stream, size, signal) =>
      get(`/api/streams/${id(stream)}/points?${size === 'all' ? `from=0&max=${ENVELOPE}` : `max=${size}`}`, signal),
    histogram: (stream, signal) => get(`/api/streams/${id(stream)}/histogram`, signal),
    alarms: (open, stream) =>
      get(`/api/alarms?open=${open}&limit=200${stream === undefined ? '' : `&stream=${id(stream)}`}`),
    events: (stream, fromMs, signal) => get(`/api/events?stream=${id(stream)}&from=${fromMs}&limit=200`, signal),
    acknowledge: (alarm, commandId) => post(`/api/alarms/${id(alarm)}/acknowledge`, { commandId }),
    cause: (alarm, commandId, cause, text) =>
      post(`/api/alarms/${id(alarm)}/cause`, text === '' ? { commandId, cause } : { commandId, cause, text }),
    price: (stream, signal) => get(`/api/rules/price?stream=${id(stream)}`, signal),
    ruleSets: () => get('/api/rules'),
    budget: () => get('/api/rules/budget'),
    replay: (stream, request) => post(`/api/streams/${id(stream)}/replay`, request),
    diagnosis: () => get('/api/diagnosis'),
    health: () => get('/api/health'),
    acknowledgeDisk: async () => {
      await post('/api/health/disk-failed/acknowledge', {});
    },
  };
}
