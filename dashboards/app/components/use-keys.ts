// Keyboard shortcuts: single keys, silent while someone types or a dialog is open.
import { useEffect, useRef } from 'preact/hooks';

/** Listens while the component is on screen. Keys are compared with `event.key`, letters in lower case. */
export function useKeys(keys: Readonly<Record<string, () => void>>): void {
  const current = useRef(keys);
  current.current = keys;
  useEffect(() => {
    const listen = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
      if (isTyping(event.target) || document.querySelector('dialog[open]') !== null) return;
      const action = current.current[shortcutOf(event)];
      if (action === undefined) return;
      event.preventDefault();
      action();
    };
    addEventListener('keydown', listen);
    return () => removeEventListener('keydown', listen);
  }, []);
}

/** With a Korean keyboard J comes as ㅓ: letters are read from the key's place. */
function shortcutOf(event: KeyboardEvent): string {
  const letter = /^Key([A-Z])$/.exec(event.code)?.[1];
  return letter === undefined ? event.key : letter.toLowerCase();
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest('input, textarea, select, [contenteditable]') !== null;
}
