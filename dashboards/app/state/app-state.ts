// What all screens share: who is signed in, the plant, its streams and open alarms, the live link, language, theme and time.
import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { AlarmJson, LiveJson, PlantJson, SessionJson, StreamJson } from '../../../src/api/contract.ts';
import { dictionaryOf, type Language } from '../i18n/dictionary.ts';
import { type Writer, writer } from '../i18n/format.ts';
import { type Api, ApiFailure, createApi } from './api.ts';
import { openLive } from './live.ts';

export type Theme = 'auto' | 'light' | 'dark';
export type LinkState = { readonly kind: 'connecting' | 'open' } | { readonly kind: 'lost'; readonly sinceMs: number };

export interface AppState {
  readonly api: Api;
  readonly session: Signal<SessionJson | null>;
  readonly plant: Signal<PlantJson | null>;
  readonly streams: Signal<ReadonlyMap<string, StreamJson>>;
  /** Alarms that are not closed, by id. */
  readonly alarms: Signal<ReadonlyMap<string, AlarmJson>>;
  readonly link: Signal<LinkState>;
  readonly failure: Signal<ApiFailure | null>;
  readonly isLoaded: Signal<boolean>;
  readonly language: Signal<Language>;
  readonly theme: Signal<Theme>;
  readonly isDark: ReadonlySignal<boolean>;
  /** Time of the plant's server, renewed every second. */
  readonly nowMs: Signal<number>;
  /** The same, renewed every five seconds: for what need not be drawn every second. */
  readonly slowNowMs: ReadonlySignal<number>;
  readonly writer: ReadonlySignal<Writer>;
  start(): Promise<void>;
  load(): Promise<void>;
  login(user: string, password: string): Promise<void>;
  logout(): Promise<void>;
  /** Puts a changed alarm in its place. */
  putAlarm(alarm: AlarmJson): void;
  /** Hears every live message after it was taken in; call the answer to stop. */
  onLive(listener: (messages: readonly LiveJson[]) => void): () => void;
}

const RELOAD_MS = 15_000;

/** Creates the state; nothing is fetched before `start`. */
export function createAppState(): AppState {
  const session = signal<SessionJson | null>(null);
  const plant = signal<PlantJson | null>(null);
  const streams = signal<ReadonlyMap<string, StreamJson>>(new Map());
  const alarms = signal<ReadonlyMap<string, AlarmJson>>(new Map());
  const link = signal<LinkState>({ kind: 'connecting' });
  const failure = signal<ApiFailure | null>(null);
  const isLoaded = signal(false);
  const language = signal<Language>(stored('language', ['ko', 'en']) ?? 'ko');
  const theme = signal<Theme>(stored('theme', ['auto', 'light', 'dark']) ?? 'auto');
  const prefersDark = mediaSignal('(prefers-color-scheme: dark)');
  const isPrinting = mediaSignal('print');
  const nowMs = signal(Date.now());
  const listeners = new Set<(messages: readonly LiveJson[]) => void>();
  let offsetMs = 0;
  let closeLive: (() => void) | undefined;
  let reload: ReturnType<typeof setTimeout> | undefined;

  const api = createApi(signedOut);

  function signedOut(): void {
    closeLive?.();
    closeLive = undefined;
    clearTimeout(reload);
    reload = undefined;
    if (session.value !== null) session.value = { ...session.value, user: null };
    isLoaded.value = false;
  }

  async function load(): Promise<void> {
    try {
      const [plantAnswer, streamsAnswer, alarmsAnswer] = await Promise.all([
        api.plant(),
        api.streams(),
        api.alarms(true),
      ]);
      offsetMs = streamsAnswer.nowMs - Date.now();
      nowMs.value = streamsAnswer.nowMs;
      plant.value = plantAnswer;
      streams.value = new Map(streamsAnswer.streams.map((row) => [row.id, row]));
      alarms.value = new Map(alarmsAnswer.alarms.map((row) => [row.id, row]));
      failure.value = null;
      isLoaded.value = true;
    } catch (error) {
      failure.value = error instanceof ApiFailure ? error : new ApiFailure(0, String(error), '');
    }
  }

  async function enter(): Promise<void> {
    await load();
    closeLive ??= openLive({
      message: take,
      state(state) {
        if (state === 'open') {
          if (!isLoaded.value || link.value.kind === 'lost') void load();
          link.value = { kind: 'open' };
        } else if (link.value.kind !== 'lost') link.value = { kind: 'lost', sinceMs: nowMs.value };
      },
      refused: () => void load(),
      resync: () => void load(),
    });
  }

  function take(messages: readonly LiveJson[]): void {
    const nextStreams = new Map(streams.value);
    const nextAlarms = new Map(alarms.value);
    let isUnknown = false;
    for (const message of messages) {
      if (message.type === 'point') {
        const row = nextStreams.get(message.stream);
        if (row === undefined) isUnknown = true;
        else nextStreams.set(row.id, withPoint(row, message.point));
      } else if (message.type === 'alarm') applyAlarm(nextStreams, nextAlarms, message.alarm);
    }
    streams.value = nextStreams;
    alarms.value = nextAlarms;
    for (const listener of listeners) listener(messages);
    // Capability and baselines are not pushed: fetch them now and then while the plant runs.
    reload ??= setTimeout(
      () => {
        reload = undefined;
        void load();
      },
      isUnknown ? 1000 : RELOAD_MS,
    );
  }

  setInterval(() => {
    nowMs.value = Date.now() + offsetMs;
  }, 1000);

  return {
    api,
    session,
    plant,
    streams,
    alarms,
    link,
    failure,
    isLoaded,
    language,
    theme,
    nowMs,
    load,
    isDark: computed(() => !isPrinting.value && (theme.value === 'auto' ? prefersDark.value : theme.value === 'dark')),
    slowNowMs: computed(() => Math.floor(nowMs.value / 5000) * 5000),
    writer: computed(() =>
      writer(language.value, dictionaryOf(language.value), plant.value?.plant.timezone ?? 'Asia/Seoul'),
    ),
    async start() {
      try {
        const answer = await api.session();
        if (stored('language', ['ko', 'en']) === undefined) language.value = answer.plant.language;
        session.value = answer;
        if (answer.user !== null) await enter();
      } catch (error) {
        failure.value = error instanceof ApiFailure ? error : new ApiFailure(0, String(error), '');
      }
    },
    async login(user, password) {
      session.value = await api.login(user, password);
      await enter();
    },
    async logout() {
      await api.logout();
      signedOut();
    },
    putAlarm(alarm) {
      const nextStreams = new Map(streams.value);
      const nextAlarms = new Map(alarms.value);
      applyAlarm(nextStreams, nextAlarms, alarm);
      streams.value = nextStreams;
      alarms.value = nextAlarms;
    },
    onLive(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function withPoint(row: StreamJson, point: StreamJson['lastPoints'][number]): StreamJson {
  const others = row.lastPoints.filter((known) => known.lane !== point.lane);
  const isNewer = row.lastTimeMs === null || point.timeMs > row.lastTimeMs;
  return {
    ...row,
    lastPoints: [...others, point].sort((a, b) => a.lane - b.lane),
    lastTimeMs: isNewer ? point.timeMs : row.lastTimeMs,
  };
}

function applyAlarm(streams: Map<string, StreamJson>, alarms: Map<string, AlarmJson>, alarm: AlarmJson): void {
  const isOpen = alarm.state !== 'closed';
  if (isOpen) alarms.set(alarm.id, alarm);
  else alarms.delete(alarm.id);
  const row = alarm.stream === null ? undefined : streams.get(alarm.stream);
  if (row === undefined) return;
  const others = row.openAlarms.filter((id) => id !== alarm.id);
  streams.set(row.id, { ...row, openAlarms: isOpen ? [...others, alarm.id] : others });
}

/** A choice the browser remembers; undefined when there is none or storage is refused. */
function stored<T extends string>(key: string, allowed: readonly T[]): T | undefined {
  try {
    const value = localStorage.getItem(`pumjil.${key}`);
    return allowed.find((option) => option === value);
  } catch {
    return undefined;
  }
}

/** Remembers a choice where the browser allows it. */
export function remember(key: 'language' | 'theme', value: string): void {
  try {
    localStorage.setItem(`pumjil.${key}`, value);
  } catch {
    // A browser without storage forgets the choice; nothing else depends on it.
  }
}

function mediaSignal(query: string): Signal<boolean> {
  const media = matchMedia(query);
  const state = signal(media.matches);
  media.addEventListener('change', () => {
    state.value = media.matches;
  });
  return state;
}
