// Find a stream by any of its names and go there.
import { useSignal } from '@preact/signals';
import { useLocation } from 'preact-iso';
import type { StreamJson } from '../../../src/api/contract.ts';
import { useApp, useWriter } from '../state/context.ts';
import { Dialog } from './dialog.tsx';
import { streamHref, streamTail } from './stream-name.ts';

const SHOWN = 12;

export function SearchDialog({ close }: { close: () => void }) {
  const app = useApp();
  const w = useWriter();
  const { t } = w;
  const { route } = useLocation();
  const text = useSignal('');
  const chosen = useSignal(0);
  const found = matches([...app.streams.value.values()], text.value).slice(0, SHOWN);
  const go = (stream: StreamJson | undefined): void => {
    if (stream === undefined) return;
    close();
    route(streamHref(stream.id));
  };
  return (
    <Dialog title={t.search.title} close={close}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          go(found[chosen.value]);
        }}
      >
        <input
          class="input"
          type="search"
          // biome-ignore lint/a11y/noRedundantRoles: a search field is a combobox only where it says so; list is absent
          role="combobox"
          list={undefined}
          aria-label={t.search.title}
          aria-expanded="true"
          aria-controls="search-results"
          aria-activedescendant={found.length > 0 ? `search-${chosen.value}` : undefined}
          placeholder={t.search.placeholder}
          autoFocus
          value={text.value}
          onInput={(event) => {
            text.value = event.currentTarget.value;
            chosen.value = 0;
          }}
          onKeyDown={(event) => {
            // A search field would keep the first Esc to itself and only empty itself.
            if (event.key === 'Escape') {
              event.preventDefault();
              close();
              return;
            }
            const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
            if (step === 0) return;
            event.preventDefault();
            chosen.value = Math.min(found.length - 1, Math.max(0, chosen.value + step));
          }}
        />
      </form>
      <div id="search-results" role="listbox" aria-label={t.search.title} class="results">
        {found.map((stream, i) => (
          <a
            key={stream.id}
            id={`search-${i}`}
            role="option"
            aria-selected={i === chosen.value}
            href={streamHref(stream.id)}
            onClick={(event) => {
              event.preventDefault();
              go(stream);
            }}
          >
            <span>{w.pick(stream.name)}</span>
            <span class="quiet">{[stream.line, streamTail(stream)].filter((part) => part !== '').join(' · ')}</span>
          </a>
        ))}
      </div>
      <p class="quiet">{found.length === 0 ? t.search.none : t.search.hint}</p>
    </Dialog>
  );
}

function matches(streams: readonly StreamJson[], text: string): readonly StreamJson[] {
  const words = text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  return streams.filter((stream) => {
    const hay =
      `${stream.id} ${stream.name.ko} ${stream.name.en} ${stream.line} ${stream.station} ${stream.part} ${stream.split}`.toLowerCase();
    return words.every((word) => hay.includes(word));
  });
}
