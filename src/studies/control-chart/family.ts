// One family of control charts inside the study: what it takes, what it gives, how it is computed.
import type { z } from 'zod';
import type { Assumption, Conclusion, Text, Verdict } from '../study.ts';

/** A family with the types of its schemas. */
export interface Family<I extends z.ZodObject, O extends z.ZodObject> {
  readonly input: I;
  readonly output: O;
  readonly reference: string;
  run(input: z.infer<I>): z.infer<O> & Judged;
}

/** What a family tells beside its figures; verdict and source are made from it. */
export interface Judged {
  readonly judged: {
    /** Points with a value. */
    readonly points: number;
    /** Sample numbers with a signal, ascending, without duplicates. */
    readonly signals: readonly number[];
    readonly assumptions: readonly Assumption[];
    /** Why there are no limits, when there are none. */
    readonly none?: Text | undefined;
  };
}

/** A family whose types are forgotten, as the study keeps it. */
export interface AnyFamily {
  readonly input: z.ZodObject<{ chart: z.ZodEnum }>;
  readonly output: z.ZodObject;
  readonly reference: string;
  run(input: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> & Judged;
}

/** Checks a family against its own schemas, then forgets its types: the study gives it only what its schema let pass. */
export function defineFamily<I extends z.ZodObject<{ chart: z.ZodEnum }>, O extends z.ZodObject>(
  family: Family<I, O>,
): AnyFamily {
  return family as unknown as AnyFamily;
}

/** Verdict, assumptions and source of a chart. */
export function concludeChart({ judged }: Judged, reference: string): Conclusion {
  return { verdict: chartVerdict(judged), assumptions: [...judged.assumptions], source: reference };
}

function chartVerdict({ points, signals, none }: Judged['judged']): Verdict {
  if (none !== undefined) return { ok: null, ...none };
  if (signals.length === 0)
    return {
      ok: true,
      en: `None of ${points} points signals: in statistical control.`,
      ko: `${points}개 점 모두 신호 없음: 관리상태입니다.`,
    };
  const shown = `${signals.slice(0, 8).join(', ')}${signals.length > 8 ? ' …' : ''}`;
  return {
    ok: false,
    en: `${signals.length} of ${points} points signal (${shown}): not in statistical control; look for the cause.`,
    ko: `${points}개 점 중 ${signals.length}개에서 신호(${shown}): 관리상태가 아닙니다. 원인을 찾으십시오.`,
  };
}

/** Lists of sample numbers as one, ascending, without duplicates. */
export function merged(...lists: readonly (readonly number[])[]): number[] {
  return [...new Set(lists.flat())].sort((a, b) => a - b);
}

/** The reason why a chart of values has no limits. */
export const NO_SPREAD: Text = {
  en: 'No limits: fewer than two values tell no spread.',
  ko: '한계 없음: 값이 두 개 미만이라 산포를 알 수 없습니다.',
};
/** As above for counts. */
export const NO_COUNTS: Text = {
  en: 'No limits: no subgroup has a count and a number inspected.',
  ko: '한계 없음: 계수와 검사수가 있는 군이 없습니다.',
};
