// What all screens share: who is signed in, the plant, its streams and open alarms, the live link, language, theme and time.
import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { AlarmJson, LiveJson, PlantJson, SessionJson, StreamJson } from '../../../src/api/contract.ts';
import { idleStreams, type Variation, variationOf } from '../domain/variation.ts';
import { dictionaryOf, type Language } from '../i18n/dictionary.ts';
import { type Writer, writer } from '../i18n/format.ts';
import { type Api, ApiFailure, createApi } from './api.ts';
import { openLive } from './live.ts';
import { pastWatch } from './past-watch.ts';
import { applyAlarm, isChanging, withPoint } from './take-in.ts';

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
  /** Values of the past are still being read in: how far. Null in ordinary running. */
  readonly past: Signal<{ readonly untilMs: number } | null>;
  readonly language: Signal<Language>;
  readonly theme: Signal<Theme>;
  readonly isDark: ReadonlySignal<boolean>;
  /** Time of the plant's server, renewed every second. */
  readonly nowMs: Signal<number>;
  /** The same, renewed every five seconds: for what need not be drawn every second. */
  readonly slowNowMs: ReadonlySignal<number>;
  readonly writer: ReadonlySignal<Writer>;
  /** What a stream's newest points say now. */
  variation(stream: StreamJson): Variation;
  start(): Promise<void>;
  load(): Promise<void>;
  login(user: string, password: string): Promise<void>;
  logout(): Promise<void>;
  /** Puts a changed alarm in its place. */
  putAlarm(alarm: AlarmJson): void;
  /** Counts how often live messages were missed: whoever keeps something by them fetches it anew. */
  readonly missed: ReadonlySignal<number>;
  /** Hears every live message after it was taken in; call the answer to stop. */
  onLive(listener: (messages: readonly LiveJson[]) => void): () => void;
}

const RELOAD_MS = 15_000;
/** While the past is read in, and before the first value. */
const SOON_MS = 2000;

/** Creates the state; nothing is fetched before `start`. */
export function createAppState(): AppState {
  const session = signal<SessionJson | null>(null);
  const plant = signal<PlantJson | null>(null);
  const streams = signal<ReadonlyMap<string, StreamJson>>(new Map());
  const alarms = signal<ReadonlyMap<string, AlarmJson>>(new Map());
  const link = signal<LinkState>({ kind: 'connecting' });
  const failure = signal<ApiFailure | null>(null);
  const isLoaded = signal(false);
  const past = signal<AppState['past']['value']>(null);
  const language = signal<Language>(stored('language', ['ko', 'en']) ?? 'ko');
  const theme = signal<Theme>(stored('theme', ['auto', 'light', 'dark']) ?? 'auto');
  const prefersDark = mediaSignal('(prefers-color-scheme: dark)');
  const isPrinting = mediaSignal('print');
  const nowMs = signal(Date.now());
  const slowNowMs = computed(() => Math.floor(nowMs.value / 5000) * 5000);
  const idle = computed(() => idleStreams([...streams.value.values()], slowNowMs.value));
  const missed = signal(0);
  const listeners = new Set<(messages: readonly LiveJson[]) => void>();
  let offsetMs = 0;
  let watch = pastWatch();
  let closeLive: (() => void) | undefined;
  let reload: ReturnType<typeof setTimeout> | undefined;
  /** By performance.now(), which no one sets back. */
  let reloadDueMs = 0;
  let loadedMs = Number.NEGATIVE_INFINITY;
  /** Alarms pushed since the last fetch began: the answer may not know them yet. */
  let pushed: AlarmJson[] = [];

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
    loadedMs = performance.now();
    pushed = [];
    try {
      const [plantAnswer, streamsAnswer, alarmsAnswer] = await Promise.all([
        api.plant(),
        api.streams(),
        api.alarms(true),
      ]);
      offsetMs = streamsAnswer.nowMs - Date.now();
      nowMs.value = streamsAnswer.nowMs;
      plant.value = plantAnswer;
      const nextStreams = new Map(streamsAnswer.streams.map((row) => [row.id, row]));
      const nextAlarms = new Map(alarmsAnswer.alarms.map((row) => [row.id, row]));
      for (const alarm of pushed)
        if (alarm.seq > (nextAlarms.get(alarm.id)?.seq ?? -1)) applyAlarm(nextStreams, nextAlarms, alarm);
      streams.value = nextStreams;
      alarms.value = nextAlarms;
      failure.value = null;
      isLoaded.value = true;
      followPast(streamsAnswer.nowMs, streamsAnswer.streams);
    } catch (error) {
      failure.value = error instanceof ApiFailure ? error : new ApiFailure(0, String(error), '');
    }
  }

  /** Sees to it that the past being read in is neither taken for live nor pushed here value by value. */
  function followPast(now: number, rows: readonly StreamJson[]): void {
    const { isPast, untilMs, isUndecided } = watch.look(now, rows);
    if (!isPast) past.value = null;
    else if (untilMs !== undefined) past.value = { untilMs };
    if (isPast) {
      closeLive?.();
      closeLive = undefined;
      link.value = { kind: 'connecting' };
    } else listen();
    if (isPast || isUndecided || rows.length === 0) reloadIn(SOON_MS);
  }

  /** Fetches everything in so long, or earlier where that was planned already. */
  function reloadIn(ms: number): void {
    const dueMs = performance.now() + ms;
    if (reload !== undefined && reloadDueMs <= dueMs) return;
    clearTimeout(reload);
    reloadDueMs = dueMs;
    reload = setTimeout(() => {
      reload = undefined;
      void load();
    }, ms);
  }

  /** A server that cannot keep up may say so again and again: it is asked for everything at a bearable pace. */
  function resync(): void {
    missed.value += 1;
    reloadIn(Math.max(0, loadedMs + SOON_MS - performance.now()));
  }

  function listen(): void {
    closeLive ??= openLive({
      message: take,
      state(state) {
        if (state === 'open') {
          if (!isLoaded.value || link.value.kind === 'lost') void load();
          link.value = { kind: 'open' };
        } else if (link.value.kind !== 'lost') link.value = { kind: 'lost', sinceMs: nowMs.value };
      },
      refused: () => void load(),
      resync,
    });
  }

  async function enter(): Promise<void> {
    watch = pastWatch();
    await load();
    // Also when the first answer failed: the push tries again by itself and then everything is fetched.
    if (!isLoaded.value) listen();
  }

  function take(messages: readonly LiveJson[]): void {
    const nextStreams = new Map(streams.value);
    const nextAlarms = new Map(alarms.value);
    let isAlarm = false;
    let isOutdated = false;
    for (const message of messages) {
      if (message.type === 'point') {
        const row = nextStreams.get(message.stream);
        if (row === undefined) isOutdated = true;
        else nextStreams.set(row.id, withPoint(row, message.point));
      } else if (message.type === 'alarm') {
        isAlarm = true;
        pushed.push(message.alarm);
        applyAlarm(nextStreams, nextAlarms, message.alarm);
      } else if (message.type === 'event' && isChanging(message.event)) isOutdated = true;
    }
    streams.value = nextStreams;
    // What depends on the alarms alone stays as it is when none has changed.
    if (isAlarm) alarms.value = nextAlarms;
    for (const listener of listeners) listener(messages);
    // Capability and baselines are not pushed: fetch them now and then while the plant runs.
    reloadIn(isOutdated ? 1000 : RELOAD_MS);
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
    past,
    missed,
    language,
    theme,
    nowMs,
    load,
    isDark: computed(() => !isPrinting.value && (theme.value === 'auto' ? prefersDark.value : theme.value === 'dark')),
    slowNowMs,
    // While the past is read in, lines are at different days: nothing is late or idle by today's clock.
    variation: (stream) =>
      past.value === null
        ? variationOf(stream, slowNowMs.value, idle.value.has(stream.id))
        : variationOf(stream, stream.lastTimeMs ?? 0),
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
