// The dashboards begin here: state, words, router.
import 'pretendard/dist/web/variable/pretendardvariable-dynamic-subset.css';
import './style/tokens.css';
import './style/base.css';
import './style/layout.css';
import './style/print.css';
import { render } from 'preact';
import { App } from './app.tsx';
import { createAppState } from './state/app-state.ts';
import { AppContext } from './state/context.ts';

const state = createAppState();
void state.start();
const root = document.getElementById('app');
if (root !== null) {
  render(
    <AppContext.Provider value={state}>
      <App />
    </AppContext.Provider>,
    root,
  );
}
