// How a component gets at the shared state and its words.
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Writer } from '../i18n/format.ts';
import type { AppState } from './app-state.ts';

export const AppContext = createContext<AppState | null>(null);

/** The shared state. */
export function useApp(): AppState {
  const app = useContext(AppContext);
  if (app === null) throw new Error('AppContext is not provided');
  return app;
}

/** The words and formats of the chosen language. */
export function useWriter(): Writer {
  return useApp().writer.value;
}
