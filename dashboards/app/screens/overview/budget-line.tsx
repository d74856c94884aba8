// One line: the false alarms a day that the rules in force cost, beside the budget of the plant.
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { BudgetJson } from '../../../../src/api/contract.ts';
import { decimalsOf } from '../../domain/price.ts';
import { useApp, useWriter } from '../../state/context.ts';

export function BudgetLine() {
  const app = useApp();
  const w = useWriter();
  const { t } = w;
  const answer = useSignal<BudgetJson | null>(null);
  useEffect(() => {
    app.api.budget().then(
      (found) => {
        answer.value = found;
      },
      () => undefined, // Without it the line is left out; the header tells that the link is cut.
    );
  }, []);
  const cost = answer.value;
  if (cost === null || cost.budget === null || cost.perDay === 0) return null;
  const figure = (x: number): string => w.figure(x, decimalsOf(x));
  const isOver = cost.perDay > cost.budget;
  return (
    <p class={isOver ? 'budget-line strong' : 'budget-line quiet'}>
      {t.overview.budget(figure(cost.perDay), figure(cost.budget))}
      {isOver && ` ${t.overview.overBudget}`}
    </p>
  );
}
