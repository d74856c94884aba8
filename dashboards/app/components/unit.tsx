// The unit of a figure, beside the title of what shows it.
import { unitSign } from '../domain/unit-sign.ts';

/** Nothing where there is no unit. */
export function Unit({ of }: { of: string }) {
  return of === '' ? null : <small class="unit">{unitSign(of)}</small>;
}
