// The plant on one page: what varies, what meets its specification, what needs a person. Quiet when all is well.
import './overview.css';
import { useSignal } from '@preact/signals';
import type { StreamJson } from '../../../../src/api/contract.ts';
import { urgency, type Variation } from '../../domain/variation.ts';
import { useApp, useWriter } from '../../state/context.ts';
import { Beginning, ReadingPast } from './beginning.tsx';
import { Lines } from './lines.tsx';
import { inCell, Matrix, type MatrixCell } from './matrix.tsx';
import { NeedsYou } from './needs-you.tsx';
import { Worst } from './worst.tsx';

export function Overview() {
  const app = useApp();
  const { t } = useWriter();
  const cell = useSignal<MatrixCell | null>(null);
  const all = [...app.streams.value.values()];
  const chosen = cell.value;
  const shown = chosen === null ? all : all.filter((stream) => inCell(stream, chosen, app.variation(stream)));
  const ordered = [...shown].sort(byUrgency(app.variation));
  if (all.length === 0) return <Beginning />;
  return (
    <div class="overview">
      <h1 class="visually-hidden">{t.overview.title}</h1>
      <ReadingPast />
      <Matrix
        streams={all}
        chosen={chosen}
        choose={(next) => {
          cell.value = next;
        }}
      />
      <NeedsYou />
      <Lines
        streams={ordered}
        isFiltered={chosen !== null}
        clear={() => {
          cell.value = null;
        }}
      />
      <Worst streams={shown} />
    </div>
  );
}

function byUrgency(variation: (stream: StreamJson) => Variation): (a: StreamJson, b: StreamJson) => number {
  return (a, b) => urgency(b, variation(b)) - urgency(a, variation(a)) || (a.id < b.id ? -1 : 1);
}
