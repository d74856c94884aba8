// The answer of pumjil bench: the table, how large a plant that is, and what limits it, in Korean and English.
import type { Measured } from './bench-measure.ts';

export type BenchLanguage = 'ko' | 'en';

export interface BenchResult {
  readonly machine: { readonly cpu: string; readonly cores: number; readonly memoryGb: number; readonly node: string };
  /** Where the disk was measured, and how much of it is free. */
  readonly folder: string;
  readonly freeBytes: number;
  readonly rows: readonly Measured[];
  readonly verdict: BenchVerdict;
}

export interface BenchVerdict {
  /** Values a second that the plant may bring: half of the whole way. */
  readonly carries: number;
  /** What the whole way waits for. */
  readonly limit: 'processor' | 'disk';
  /** Values a second of which the free disk keeps a year. */
  readonly perSecondForAYear: number;
  /** Microseconds a value of one core, the whole way. */
  readonly microseconds: number;
  /** Other programs took part of the processor while it was measured. */
  readonly isBusy: boolean;
}

const YEAR_SECONDS = 365 * 86_400;
/** A whole way that has something to do for less than this share of the time waits for the disk. */
const WORKING = 0.75;
/** Less than this share of a core for the kernel: others had the rest. */
const UNDISTURBED = 0.9;

/**
 * How large a plant the rows mean.
 *
 * @param rows of measureMachine, with the whole way
 * @param freeBytes of the disk
 */
export function benchVerdict(rows: readonly Measured[], freeBytes: number): BenchVerdict {
  const whole = rows.find(({ what }) => what === 'whole_way');
  const { perSecond = Number.NaN, cores = Number.NaN, bytesEach = Number.NaN, working = Number.NaN } = whole ?? {};
  const kernels = rows.filter(({ what }) => what === 'kernel');
  // The kernel waits for nothing: what it got of a core is what there was to get.
  const available = kernels.reduce((sum, kernel) => sum + kernel.cores, 0) / kernels.length;
  return {
    carries: rounded(perSecond / 2),
    limit: working >= WORKING ? 'processor' : 'disk',
    perSecondForAYear: rounded(freeBytes / bytesEach / YEAR_SECONDS),
    microseconds: (cores / perSecond) * 1e6,
    isBusy: available < UNDISTURBED,
  };
}

/** The table and the sentences below it. */
export function printBench(result: BenchResult, language: BenchLanguage): string {
  const words = WORDS[language];
  const { machine, rows } = result;
  const number = (value: number): string => rounded(value, 3).toLocaleString(language);
  const names = rows.map((row) => words.row(row, number));
  const figures = rows.map(({ what, perSecond }) => `${number(perSecond)} ${words.unit(what.startsWith('kernel'))}`);
  const width = Math.max(...names.map(columns)) + 2;
  const figureWidth = Math.max(...figures.map(columns));
  return [
    words.machine(machine, number),
    words.disk(result.folder, number(result.freeBytes / 1e9)),
    '',
    ...names.map((name, i) => `${padded(name, width)}${leftPadded(figures[i] ?? '', figureWidth)}`),
    '',
    ...words.verdict(result.verdict, number),
    '',
  ].join('\n');
}

interface Words {
  machine(machine: BenchResult['machine'], number: (value: number) => string): string;
  disk(folder: string, freeGb: string): string;
  row(row: Measured, number: (value: number) => string): string;
  unit(isPoint: boolean): string;
  verdict(verdict: BenchVerdict, number: (value: number) => string): readonly string[];
}

const WORDS: Readonly<Record<BenchLanguage, Words>> = {
  en: {
    machine: ({ cpu, cores, memoryGb, node }, number) =>
      `${cpu}, ${cores} cores, ${number(memoryGb)} GB memory, Node ${node}`,
    disk: (folder, freeGb) => `disk of ${folder}: ${freeGb} GB free`,
    row({ what, streams = 0 }, number) {
      const names = {
        kernel: `kernel alone, ${number(streams)} streams, one core`,
        kernel_all_cores: `kernel alone, ${number(streams)} streams, all cores`,
        decode_json: 'JSON to columns, 100 values a message',
        journal_one_by_one: 'journal, each value waits for the one before',
        journal: 'journal, 64 entries of 256 values at a time',
        whole_way: `whole way: journal, charts, history (${number(streams)} characteristics)`,
      };
      return names[what];
    },
    unit: (isPoint) => (isPoint ? 'points/s' : 'values/s'),
    verdict: ({ carries, limit, perSecondForAYear, microseconds, isBusy }, number) => [
      `This machine carries a plant of about ${number(carries)} values a second: so many characteristics measured every second, or`,
      `${number(carries * 10)} measured every ten seconds. That is half of the whole way: the rest is for catching up after a stop.`,
      ...(limit === 'processor'
        ? [
            `What limits it is the processor, and of it one core: one thread makes a value durable, charts it and keeps it, which takes ${number(microseconds)} µs.`,
            'A faster core helps, more cores do not.',
          ]
        : [
            'What limits it is the disk: the plant waits for it until a value is durable. A faster disk helps, more cores do not.',
          ]),
      `The free disk keeps a year of ${number(perSecondForAYear)} values a second, each with its points.`,
      'Not in it: devices, InfluxDB, people at the screens.',
      ...(isBusy ? ['Other programs were busy meanwhile: alone, this machine does more.'] : []),
    ],
  },
  ko: {
    machine: ({ cpu, cores, memoryGb, node }, number) =>
      `${cpu}, 코어 ${cores}개, 메모리 ${number(memoryGb)} GB, Node ${node}`,
    disk: (folder, freeGb) => `${folder}의 디스크: 남은 공간 ${freeGb} GB`,
    row({ what, streams = 0 }, number) {
      const names = {
        kernel: `판정 커널만, 스트림 ${number(streams)}개, 코어 1개`,
        kernel_all_cores: `판정 커널만, 스트림 ${number(streams)}개, 모든 코어`,
        decode_json: 'JSON 해석, 메시지당 값 100개',
        journal_one_by_one: '저널, 앞의 값이 기록된 뒤 다음 값',
        journal: '저널, 값 256개짜리 항목 64건씩',
        whole_way: `전체 과정: 저널, 관리도, 이력 (특성 ${number(streams)}개)`,
      };
      return names[what];
    },
    unit: (isPoint) => (isPoint ? '점/초' : '값/초'),
    verdict: ({ carries, limit, perSecondForAYear, microseconds, isBusy }, number) => [
      `이 컴퓨터는 초당 약 ${number(carries)}개의 값을 내는 공장을 감당합니다. 특성 ${number(carries)}개를 1초마다,`,
      `또는 ${number(carries * 10)}개를 10초마다 측정하는 규모입니다. 전체 과정 성능의 절반이며, 나머지는 정지 후 따라잡는 데 씁니다.`,
      ...(limit === 'processor'
        ? [
            `한계는 프로세서, 그중 코어 하나입니다. 값 하나를 안전하게 기록하고 관리도로 판정해 보관하는 일을 스레드 하나가 하며 ${number(microseconds)} µs가 걸립니다.`,
            '더 빠른 코어는 도움이 되지만 코어 수를 늘려도 빨라지지 않습니다.',
          ]
        : [
            '한계는 디스크입니다. 값이 안전하게 기록될 때까지 디스크를 기다립니다. 더 빠른 디스크는 도움이 되지만 코어 수를 늘려도 빨라지지 않습니다.',
          ]),
      `남은 디스크 공간은 초당 ${number(perSecondForAYear)}개의 값을 점과 함께 1년 동안 보관합니다.`,
      '장치, InfluxDB, 화면을 보는 사람의 부하는 포함하지 않았습니다.',
      ...(isBusy ? ['측정하는 동안 다른 프로그램이 프로세서를 썼습니다. 단독으로는 더 빠릅니다.'] : []),
    ],
  },
};

/** To `digits` significant digits. */
function rounded(value: number, digits = 2): number {
  return Number(value.toPrecision(digits));
}

/** Columns of a terminal: Korean letters take two. */
function columns(text: string): number {
  let width = 0;
  for (const letter of text) width += /[\u1100-\u115f\u3130-\u318f\uac00-\ud7a3]/.test(letter) ? 2 : 1;
  return width;
}

function padded(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - columns(text)));
}

function leftPadded(text: string, width: number): string {
  return ' '.repeat(Math.max(0, width - columns(text))) + text;
}
