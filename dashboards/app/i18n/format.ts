// Times and amounts in the words of the language and the clock of the plant.
import { formatNumber } from '../../../src/figure/number-format.ts';
import type { Dictionary, Language } from './dictionary.ts';

/** Everything a screen writes with. */
export interface Writer {
  readonly language: Language;
  readonly t: Dictionary;
  /** 14:32 */
  clock(ms: number): string;
  /** 11-24 14:32, with the day only when it is not today's. */
  moment(ms: number, nowMs: number): string;
  /** 2026-11-24 14:32 */
  full(ms: number): string;
  ago(ms: number | null, nowMs: number): string;
  count(n: number): string;
  percent(share: number): string;
  duration(seconds: number): string;
  bytes(n: number): string;
  /** A figure with decimals; `–` for none. */
  figure(value: number | null | undefined, decimals: number): string;
  /** A quantity with its unit in words; a ratio as per cent. */
  quantity(value: number | null, unit: string): string;
  pick(words: { readonly ko: string; readonly en: string } | null | undefined): string;
}

/** A writer for one language and time zone. */
export function writer(language: Language, t: Dictionary, timezone: string): Writer {
  const parts = (ms: number): Record<string, string> => {
    const found: Record<string, string> = {};
    for (const part of format.formatToParts(ms)) found[part.type] = part.value;
    return found;
  };
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: timezone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  const whole = new Intl.NumberFormat(language === 'ko' ? 'ko-KR' : 'en-GB');
  const clock = (ms: number): string => {
    const p = parts(ms);
    return `${p.hour}:${p.minute}`;
  };
  return {
    language,
    t,
    clock,
    moment(ms, nowMs) {
      const p = parts(ms);
      const today = parts(nowMs);
      const isToday = p.day === today.day && p.month === today.month && p.year === today.year;
      return isToday ? clock(ms) : `${p.month}-${p.day} ${clock(ms)}`;
    },
    full(ms) {
      const p = parts(ms);
      return `${p.year}-${p.month}-${p.day} ${p.hour}:${p.minute}`;
    },
    ago: (ms, nowMs) => (ms === null ? t.ago.never : agoWords(Math.max(0, nowMs - ms) / 1000, t)),
    count: (n) => whole.format(n),
    percent: (share) => `${Math.round(share * 100)} %`,
    duration(seconds) {
      if (seconds < 1 && seconds > 0) return t.duration.milliseconds(formatNumber(seconds * 1000, 0));
      if (seconds < 120) return t.duration.seconds(formatNumber(seconds, seconds < 10 && seconds % 1 !== 0 ? 1 : 0));
      if (seconds < 7200) return t.duration.minutes(formatNumber(seconds / 60, 0));
      return t.duration.hours(formatNumber(seconds / 3600, 1));
    },
    bytes(n) {
      if (n < 1e6) return `${formatNumber(n / 1e3, 0)} kB`;
      return n < 1e9 ? `${formatNumber(n / 1e6, 1)} MB` : `${formatNumber(n / 1e9, 1)} GB`;
    },
    quantity(value, unit) {
      if (value === null) return '–';
      const scaled = unit === 'ratio' ? value * 100 : value;
      const decimals = Number.isInteger(scaled) ? 0 : Math.abs(scaled) < 10 ? 2 : 1;
      return `${formatNumber(scaled, decimals)} ${t.unit[unit] ?? unit}`.trim();
    },
    figure: (value, decimals) => formatNumber(value ?? Number.NaN, decimals),
    pick: (words) => words?.[language] ?? '',
  };
}

/** Offset of a time zone from UTC at a moment, minutes. */
export function utcOffsetMinutes(timezone: string, atMs: number): number {
  const name = new Intl.DateTimeFormat('en-US', { timeZone: timezone, timeZoneName: 'longOffset' })
    .formatToParts(atMs)
    .find((part) => part.type === 'timeZoneName')?.value;
  const match = /GMT([+-])(\d{2}):(\d{2})/.exec(name ?? '');
  if (match === null) return 0;
  const minutes = Number(match[2]) * 60 + Number(match[3]);
  return match[1] === '-' ? -minutes : minutes;
}

function agoWords(seconds: number, t: Dictionary): string {
  if (seconds < 5) return t.ago.now;
  if (seconds < 90) return t.ago.seconds(Math.round(seconds));
  if (seconds < 5400) return t.ago.minutes(Math.round(seconds / 60));
  if (seconds < 172_800) return t.ago.hours(Math.round(seconds / 3600));
  return t.ago.days(Math.round(seconds / 86_400));
}
