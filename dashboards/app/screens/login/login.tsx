// Signing in.
import { useSignal } from '@preact/signals';
import { ApiFailure } from '../../state/api.ts';
import { remember } from '../../state/app-state.ts';
import { useApp, useWriter } from '../../state/context.ts';

export function Login() {
  const app = useApp();
  const w = useWriter();
  const { t } = w;
  const user = useSignal('');
  const password = useSignal('');
  const isBusy = useSignal(false);
  const failure = useSignal<ApiFailure | null>(null);
  const submit = async (): Promise<void> => {
    isBusy.value = true;
    failure.value = null;
    try {
      await app.login(user.value, password.value);
    } catch (error) {
      failure.value = error instanceof ApiFailure ? error : new ApiFailure(0, String(error), '');
    }
    isBusy.value = false;
  };
  return (
    <main class="login">
      <form
        class="card"
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <p class="quiet">{t.product}</p>
        <h1>{w.pick(app.session.value?.plant.name)}</h1>
        <label>
          {t.login.user}
          <input
            class="input"
            name="username"
            autocomplete="username"
            autocapitalize="off"
            required
            value={user.value}
            onInput={(event) => {
              user.value = event.currentTarget.value;
            }}
          />
        </label>
        <label>
          {t.login.password}
          <input
            class="input"
            type="password"
            name="password"
            autocomplete="current-password"
            required
            value={password.value}
            onInput={(event) => {
              password.value = event.currentTarget.value;
            }}
          />
        </label>
        {failure.value !== null && (
          <p class="problem" role="alert">
            {failure.value.status === 0 ? t.error.offline : `${failure.value.message}. ${failure.value.hint}`}
          </p>
        )}
        <button class="button is-main" type="submit" disabled={isBusy.value}>
          {isBusy.value ? t.login.busy : t.login.submit}
        </button>
        <p class="quiet">{t.login.hint}</p>
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
      </form>
    </main>
  );
}
