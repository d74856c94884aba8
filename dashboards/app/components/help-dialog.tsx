// Keys and signs on one card.
import { GLYPH } from '../domain/variation.ts';
import { useWriter } from '../state/context.ts';
import { Dialog } from './dialog.tsx';

export function HelpDialog({ close }: { close: () => void }) {
  const { t } = useWriter();
  const signs: readonly (readonly [string, string])[] = [
    [GLYPH.common, t.variationHelp.common],
    [`${GLYPH.up} ${GLYPH.down}`, t.variationHelp.location],
    [GLYPH.wider, t.variationHelp.wider],
    [GLYPH.narrower, t.variationHelp.narrower],
    [GLYPH.few, t.variationHelp.few],
    [GLYPH.late, t.variationHelp.late],
    ['P', t.assuranceHelp.P],
    ['?', t.assuranceHelp['?']],
    ['F', t.assuranceHelp.F],
    ['–', t.assuranceHelp['–']],
  ];
  return (
    <Dialog title={t.help.title} close={close}>
      <h2>{t.help.title}</h2>
      <dl class="keys">
        {t.help.keys.map(([key, what]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <h2>{t.help.marks}</h2>
      <dl class="keys">
        {signs.map(([sign, what]) => (
          <div key={sign}>
            <dt class="sign">{sign}</dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <form method="dialog">
        <button class="button" type="submit">
          {t.help.close}
        </button>
      </form>
    </Dialog>
  );
}
