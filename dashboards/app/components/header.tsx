// The header: which plant, which shift, what time, is it live, how much needs a person.
import { useLocation } from 'preact-iso';
import { shiftAt, weekdayAt } from '../domain/shift.ts';
import { isSignal } from '../domain/variation.ts';
import { remember, type Theme } from '../state/app-state.ts';
import { useApp, useWriter } from '../state/context.ts';

export function Header({ openSearch, openHelp }: { openSearch: () => void; openHelp: () => void }) {
  const app = useApp();
  const w = useWriter();
  const { t } = w;
  const { path } = useLocation();
  const here = (href: string): 'page' | undefined =>
    (href === '/' ? path === '/' || path.startsWith('/streams') : path.startsWith(href)) ? 'page' : undefined;
  const links = [
    ['/', t.nav.overview],
    ['/alarms', t.nav.alarms],
    ['/diagnosis', t.nav.diagnosis],
    ['/health', t.nav.health],
  ] as const;
  const openAlarms = app.alarms.value.size;
  return (
    <header class="header">
      <div class="header-top">
        <span class="plant-name">{w.pick(app.session.value?.plant.name)}</span>
        <Now />
        <span class="spacer" />
        <div class="tools">
          <button type="button" class="tool" onClick={openSearch} aria-label={t.header.search} aria-keyshortcuts="/">
            <span aria-hidden="true">⌕</span> <span class="tool-word">{t.header.search}</span>{' '}
            <span aria-hidden="true">
              <kbd>/</kbd>
            </span>
          </button>
          <button
            type="button"
            class="tool is-help"
            onClick={openHelp}
            aria-keyshortcuts="?"
            aria-label={t.header.help}
            title={t.header.help}
          >
            ?
          </button>
          <ThemeButton />
          <button
            type="button"
            class="tool"
            lang={w.language === 'ko' ? 'en' : 'ko'}
            onClick={() => {
              app.language.value = w.language === 'ko' ? 'en' : 'ko';
              remember('language', app.language.value);
            }}
          >
            {t.header.language}
          </button>
          <button
            type="button"
            class="tool"
            onClick={() => void app.logout()}
            title={app.session.value?.user?.name ?? ''}
          >
            {t.header.logout}
          </button>
        </div>
      </div>
      <div class="header-bottom">
        <nav aria-label={t.nav.main}>
          {links.map(([href, word]) => (
            <a key={href} href={href} aria-current={here(href)}>
              {word}
              {href === '/alarms' && openAlarms > 0 && <span class="badge">{openAlarms}</span>}
            </a>
          ))}
        </nav>
        <Counts />
      </div>
    </header>
  );
}

function Now() {
  const app = useApp();
  const w = useWriter();
  const { t } = w;
  const now = app.nowMs.value;
  const plant = app.plant.value;
  const link = app.link.value;
  const shift = plant === null ? undefined : shiftAt(plant.shifts, w.clock(now), weekdayAt(plant.plant.timezone, now));
  return (
    <span class="now">
      {plant !== null && plant.shifts.length > 0 && (
        <span>{shift === undefined ? t.header.noShift : t.header.shift(w.pick(shift.name) || shift.id)}</span>
      )}
      <span class="clock">{w.clock(now)}</span>
      <span class={`live is-${link.kind}`} role="status">
        <span class="live-dot" aria-hidden="true" />
        {link.kind === 'lost'
          ? t.header.lost(w.clock(link.sinceMs))
          : t.header[link.kind === 'open' ? 'live' : 'connecting']}
      </span>
    </span>
  );
}

function Counts() {
  const app = useApp();
  const { t } = useWriter();
  const streams = [...app.streams.value.values()];
  const variations = streams.map(app.variation);
  const signals = variations.filter(isSignal).length;
  const late = variations.filter((variation) => variation === 'late').length;
  const idle = variations.filter((variation) => variation === 'idle').length;
  return (
    <span class="counts">
      <span>{t.header.streams(streams.length)}</span>
      <span class={signals > 0 ? 'is-signal' : ''}>{t.header.signals(signals)}</span>
      <span>{t.header.alarms(app.alarms.value.size)}</span>
      {late > 0 && <span class="is-late">{t.header.late(late)}</span>}
      {idle > 0 && <span>{t.header.idle(idle)}</span>}
    </span>
  );
}

function ThemeButton() {
  const app = useApp();
  const { t } = useWriter();
  const next: Readonly<Record<Theme, Theme>> = { auto: 'light', light: 'dark', dark: 'auto' };
  const sign: Readonly<Record<Theme, string>> = { auto: '◐', light: '○', dark: '●' };
  const theme = app.theme.value;
  return (
    <button
      type="button"
      class="tool"
      aria-label={t.header.theme[theme]}
      title={t.header.theme[theme]}
      onClick={() => {
        app.theme.value = next[theme];
        remember('theme', app.theme.value);
      }}
    >
      {sign[theme]}
    </button>
  );
}
