// A box that scrolls by itself: named and reachable by keyboard, else its far end is out of reach.
import type { ComponentChildren } from 'preact';

export function ScrollBox({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region has to take the focus to be scrolled by keyboard
    <section class="scroll" tabIndex={0} aria-label={name}>
      {children}
    </section>
  );
}
