// Words that come from the server as short keys: what a measurement belongs to, why a link is down, which store is used.
import type { Language } from './dictionary.ts';

const CONTEXT: Readonly<Record<Language, Readonly<Record<string, string>>>> = {
  ko: {
    part: '품번',
    lot: '로트',
    cavity: '캐비티',
    head: '헤드',
    position: '위치',
    tool: '공구',
    mould: '금형',
    program: '프로그램',
    gauge: '계측기',
    operator: '작업자',
    order: '작업지시',
    shift: '근무조',
    defect: '불량 유형',
    station: '공정',
    reason: '사유',
    serial: '일련번호',
    source_id: '원천 기록',
    corrects: '정정 대상',
  },
  en: { source_id: 'source record', corrects: 'corrects record' },
};

const SAID: Readonly<Record<Language, Readonly<Record<string, string>>>> = {
  ko: {
    link_down: '통신 단절',
    'waiting for deliveries': '전송을 기다리는 중',
    embedded: '내장 저장소',
    influxdb: 'InfluxDB',
    disk_failed: '디스크에 쓰지 못했습니다. 디스크를 점검한 뒤 확인을 누르십시오.',
    values_dropped: '저장소(InfluxDB)에 넣지 못하고 버린 값이 있습니다.',
  },
  en: {
    link_down: 'link down',
    embedded: 'built in',
    influxdb: 'InfluxDB',
    disk_failed: 'The disk did not take what was written. Look at the disk, then acknowledge.',
    values_dropped: 'Values were dropped before they reached InfluxDB.',
  },
};

/** The title of the policy whose figures stand beside the diagnosis. */
const POLICY = '제6차 품질경영 종합시책';

/**
 * Context in words, `로트 R26, 공구 T1`; a key of the plant's own stays as it is.
 *
 * @example
 * contextWords({ lot: 'R26', jig: '4' }, 'ko'); // => ['로트 R26', 'jig 4']
 */
export function contextWords(context: Readonly<Record<string, string>>, language: Language): string[] {
  return Object.entries(context).map(([key, value]) => `${CONTEXT[language][key] ?? key} ${value}`);
}

/**
 * Where a figure of the policy comes from; in English under the title in English.
 *
 * @example
 * policySource('제6차 품질경영 종합시책(2024-06-17) III-1 (2022)', 'en'); // => '6th national quality-management policy (2024-06-17) III-1 (2022)'
 */
export function policySource(source: string, language: Language): string {
  return language === 'ko' ? source : source.replace(POLICY, '6th national quality-management policy ');
}

/**
 * A state that the server names by a key, in words; an address or a sentence stays as it is.
 *
 * @example
 * serverWords('link_down', 'en'); // => 'link down'
 * serverWords('127.0.0.1:502', 'ko'); // => '127.0.0.1:502'
 */
export function serverWords(said: string, language: Language): string {
  return SAID[language][said] ?? said;
}
