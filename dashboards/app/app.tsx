// The frame around every screen: theme, language, sign-in, header, search, help.
import { useSignal, useSignalEffect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { LocationProvider, Route, Router, useLocation } from 'preact-iso';
import { Header } from './components/header.tsx';
import { HelpDialog } from './components/help-dialog.tsx';
import { Failure, Loading } from './components/notice.tsx';
import { SearchDialog } from './components/search-dialog.tsx';
import { useKeys } from './components/use-keys.ts';
import { Alarms } from './screens/alarms/alarms.tsx';
import { Characteristic } from './screens/characteristic/characteristic.tsx';
import { Diagnosis } from './screens/diagnosis/diagnosis.tsx';
import { Health } from './screens/health/health.tsx';
import { Login } from './screens/login/login.tsx';
import { Overview } from './screens/overview/overview.tsx';
import { useApp, useWriter } from './state/context.ts';

/** The whole application. */
export function App() {
  const app = useApp();
  useSignalEffect(() => {
    const root = document.documentElement;
    root.lang = app.language.value;
    if (app.theme.value === 'auto') delete root.dataset.theme;
    else root.dataset.theme = app.theme.value;
    const name = app.session.value?.plant.name[app.language.value];
    document.title = name === undefined ? 'Pumjil' : `${name} – Pumjil`;
  });
  const session = app.session.value;
  if (session === null)
    return (
      <main class="page">
        {app.failure.value === null ? (
          <Loading />
        ) : (
          <Failure failure={app.failure.value} retry={() => void app.start()} />
        )}
      </main>
    );
  if (session.user === null) return <Login />;
  return (
    <LocationProvider>
      <Frame />
    </LocationProvider>
  );
}

function Frame() {
  const app = useApp();
  const { t } = useWriter();
  const isSearching = useSignal(false);
  const isHelping = useSignal(false);
  useKeys({
    '/': () => {
      isSearching.value = true;
    },
    '?': () => {
      isHelping.value = true;
    },
  });
  // A new screen is announced and read from its top; the first one leaves the focus where the browser put it.
  const { path } = useLocation();
  const shownPath = useRef(path);
  useEffect(() => {
    if (shownPath.current !== path) document.getElementById('content')?.focus({ preventScroll: true });
    shownPath.current = path;
  }, [path]);
  const failure = app.failure.value;
  return (
    <>
      <a class="skip" href="#content">
        {t.nav.skip}
      </a>
      <Header
        openSearch={() => {
          isSearching.value = true;
        }}
        openHelp={() => {
          isHelping.value = true;
        }}
      />
      <main id="content" class={app.link.value.kind === 'lost' ? 'page is-cut' : 'page'} tabIndex={-1}>
        {!app.isLoaded.value ? (
          failure === null ? (
            <Loading />
          ) : (
            <Failure failure={failure} retry={() => void app.load()} />
          )
        ) : (
          <Router>
            <Route path="/" component={Overview} />
            <Route path="/streams" component={Characteristic} />
            <Route path="/alarms" component={Alarms} />
            <Route path="/diagnosis" component={Diagnosis} />
            <Route path="/health" component={Health} />
            <Route default component={Missing} />
          </Router>
        )}
      </main>
      {isSearching.value && (
        <SearchDialog
          close={() => {
            isSearching.value = false;
          }}
        />
      )}
      {isHelping.value && (
        <HelpDialog
          close={() => {
            isHelping.value = false;
          }}
        />
      )}
    </>
  );
}

function Missing() {
  const { t } = useWriter();
  return (
    <section class="card">
      <h1>{t.notFound}</h1>
      <p>
        <a href="/">{t.characteristic.back}</a>
      </p>
    </section>
  );
}
