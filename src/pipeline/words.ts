// What the machine says, in Korean and English.
import type { CharacteristicPlan } from '../config/plan.ts';
import type { EventRow, SeriesRow } from '../history/history.ts';
import type { CommandEntry } from '../journal/journal.ts';
import type { Gap } from '../measurement.ts';
import { describeRule, parseRule, type Side } from '../spc/rule.ts';
import type { Contribution, LimitsInForce, Refused } from '../spc/stream.ts';

type Words = EventRow['text'];

const REASONS: Readonly<Record<string, Words>> = {
  link_down: { ko: '통신 단절', en: 'link down' },
  link_down_bridged: { ko: '통신 단절(브로커가 보관)', en: 'link down (kept by the broker)' },
  restart: { ko: '수집기 재시작', en: 'collector restarted' },
  queue_overflow: { ko: '대기열 넘침', en: 'queue overflow' },
  slow_consumer: { ko: '처리 지연으로 누락', en: 'dropped, consumer too slow' },
  missed_records: { ko: '기록 누락', en: 'records missed' },
  journal_refused: { ko: '저널이 받지 못함', en: 'refused by the journal' },
  device_death: { ko: '장치 종료', en: 'device reported its death' },
};

const COMMANDS: Readonly<Record<CommandEntry['verb'], Words>> = {
  acknowledge: { ko: '확인', en: 'acknowledged' },
  cause: { ko: '원인 등록', en: 'cause recorded' },
  comment: { ko: '메모', en: 'comment' },
  shelve: { ko: '보류', en: 'shelved' },
  unshelve: { ko: '보류 해제', en: 'unshelved' },
  close: { ko: '종결', en: 'closed' },
};

function reasonWords(reason: string): Words {
  return REASONS[reason] ?? { ko: reason, en: reason.replaceAll('_', ' ') };
}

/** Name of a stream as people say it: characteristic, part, split. */
export function streamWords(characteristic: CharacteristicPlan, series: SeriesRow): Words {
  const tail = [series.part, series.split].filter((s) => s !== '').join(' · ');
  const suffix = tail === '' ? '' : ` [${tail}]`;
  return { ko: `${characteristic.name.ko}${suffix}`, en: `${characteristic.name.en}${suffix}` };
}

export function signalWords(
  stream: Words,
  statistic: string,
  rule: { id: string; sentence: string },
  side: Side | undefined,
): Words {
  const parsed = parseRule(rule.sentence);
  return {
    ko: `${stream.ko} ${statistic}: ${describeRule(parsed, 'ko', side)} (규칙 ${rule.id})`,
    en: `${stream.en} ${statistic}: ${describeRule(parsed, 'en', side)} (rule ${rule.id})`,
  };
}

/** A signal, and what its chart has found out about the shift: since when, and to what mean. */
export function shiftWords(signal: Words, explained: Readonly<Record<string, number>> | undefined): Words {
  const { since_points, estimated_mean } = explained ?? {};
  if (since_points === undefined || estimated_mean === undefined) return signal;
  const mean = Number(estimated_mean.toPrecision(6));
  return {
    ko: `${signal.ko}, 최근 ${since_points}점부터 변화, 추정 평균 ${mean}`,
    en: `${signal.en}, shifted for the last ${since_points} points to a mean of about ${mean}`,
  };
}

/** A signal of several tags, and the one that has most to do with it: which way, and how far by itself. */
export function contributionWords(signal: Words, contributions: readonly Contribution[] | undefined): Words {
  const largest = contributions?.reduce((most, each) => (each.part > most.part ? each : most));
  if (largest === undefined) return signal;
  const { variable } = largest;
  const z = `${largest.z < 0 ? '−' : '+'}${Math.abs(largest.z).toFixed(1)}`;
  return {
    ko: `${signal.ko}, 가장 큰 기여: ${variable} (단독 ${z}σ)`,
    en: `${signal.en}, most of it from ${variable} (${z} sigma by itself)`,
  };
}

/** Why a full baseline has given no limits. */
export function refusedWords(stream: Words, { why, variable = '' }: Refused): Words {
  const reasons: Record<Refused['why'], Words> = {
    too_few: { ko: '완전한 값이 너무 적음', en: 'too few complete values' },
    constant: { ko: `${variable} 값이 변하지 않음`, en: `${variable} never changes` },
    singular: {
      ko: `${variable}${variable === '' ? '변수들' : ''} 값이 다른 값에서 그대로 정해짐`,
      en: variable === '' ? 'the values follow from one another' : `${variable} follows from the others`,
    },
  };
  const remedy = why === 'too_few' ? { ko: '', en: '' } : { ko: '. 이 태그를 빼십시오', en: '. Leave that tag out' };
  return {
    ko: `${stream.ko}: 관리한계를 정할 수 없어 기준 수집 계속 — ${reasons[why].ko}${remedy.ko}`,
    en: `${stream.en}: no control limits yet, the baseline goes on: ${reasons[why].en}${remedy.en}`,
  };
}

/** A vector that was given up. */
export function incompleteWords(stream: Words, missing: readonly string[]): Words {
  const tags = missing.join(', ');
  return {
    ko: `${stream.ko}: 같은 시각의 값이 빠짐 (${tags}) — 빠진 값으로 처리`,
    en: `${stream.en}: no value of the same time from ${tags}; counted as missing`,
  };
}

export function frozenWords(stream: Words, limits: LimitsInForce): Words {
  return {
    ko: `${stream.ko}: 관리한계 v${limits.version} 확정 (기준 부분군 ${limits.subgroups}개)`,
    en: `${stream.en}: control limits version ${limits.version} frozen (${limits.subgroups} baseline subgroups)`,
  };
}

export function limitsWords(stream: string, limits: LimitsInForce, author: string): Words {
  return {
    ko: `${stream}: 관리한계 v${limits.version} 적용 (${author})`,
    en: `${stream}: control limits version ${limits.version} in force (${author})`,
  };
}

export function excludedWords(stream: string, point: string, reason: string): Words {
  return {
    ko: `${stream}: 점 ${point} 제외 (${reason})`,
    en: `${stream}: point ${point} excluded (${reason})`,
  };
}

/** What a re-run came to. */
export interface Revised {
  readonly late: number;
  readonly corrected: number;
  readonly points: number;
  readonly gained: number;
  readonly lost: number;
}

export function revisionWords(stream: Words, { late, corrected, points, gained, lost }: Revised): Words {
  const ko = [late > 0 ? `늦게 온 값 ${late}개` : '', corrected > 0 ? `정정 ${corrected}건` : ''].filter(
    (s) => s !== '',
  );
  const en = [late > 0 ? `${late} late` : '', corrected > 0 ? `${corrected} corrected` : ''].filter((s) => s !== '');
  return {
    ko: `${stream.ko}: ${ko.join(', ')} — 생산 순서로 다시 판정 (점 ${points}개, 신호 +${gained} −${lost})`,
    en: `${stream.en}: ${en.join(', ')}, judged again in production order (${points} points, signals +${gained} −${lost})`,
  };
}

export function tooLateWords(stream: Words, late: number): Words {
  return {
    ko: `${stream.ko}: 너무 늦게 온 값 ${late}개 — 저장만 하고 관리도에는 넣지 않음`,
    en: `${stream.en}: ${late} values came too late to be charted; they are kept`,
  };
}

export function implausibleWords(stream: Words, value: number, unit: string): Words {
  return {
    ko: `${stream.ko}: 있을 수 없는 값 ${value} ${unit} — 관리도에서 제외`,
    en: `${stream.en}: implausible value ${value} ${unit}, kept out of the chart`,
  };
}

export function gapWords(adapter: string, gap: Gap): Words {
  const why = reasonWords(gap.reason);
  if (gap.toMs === null) return { ko: `${adapter}: ${why.ko} 시작`, en: `${adapter}: ${why.en}, begins` };
  const seconds = Math.max(0, gap.toMs - gap.fromMs) / 1000;
  const length = seconds < 10 ? seconds.toFixed(1) : seconds.toFixed(0);
  const missing =
    gap.missing === undefined ? { ko: '', en: '' } : { ko: `, 누락 ${gap.missing}건`, en: `, ${gap.missing} missing` };
  return {
    ko: `${adapter}: ${why.ko} ${length}초${missing.ko}`,
    en: `${adapter}: ${why.en} for ${length} s${missing.en}`,
  };
}

export function linkWords(adapter: string, _fromMs: number, reason: string): Words {
  const why = reasonWords(reason);
  return {
    ko: `${adapter}: 수집이 끊겼습니다 (${why.ko}). 전원과 통신선을 확인하십시오.`,
    en: `${adapter}: no data (${why.en}). Check power and cable.`,
  };
}

export function configWords(author: string, changed: readonly string[]): Words {
  const which = changed.length === 0 ? '' : `: ${changed.join(', ')}`;
  return { ko: `설정 적용 (${author})${which}`, en: `configuration applied (${author})${which}` };
}

export function commandWords(entry: CommandEntry): Words {
  const words = COMMANDS[entry.verb];
  const cause = entry.cause === undefined ? '' : ` — ${entry.cause}`;
  return {
    ko: `알람 ${entry.alarm} ${words.ko} (${entry.author})${cause}`,
    en: `alarm ${entry.alarm} ${words.en} (${entry.author})${cause}`,
  };
}
