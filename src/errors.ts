// The catalogue of errors. A code is documented here, printed by docs/errors.md, tested, and never reused.

/** Every code: what it means (en, ko) and what to do next. Sorted by area. */
export const ERROR_CATALOGUE = {
  ADAPTER_ADDRESS: {
    en: 'A device does not know an address that the configuration names.',
    ko: '설정된 주소가 장치에 없습니다.',
  },
  ADAPTER_CLIENT_ID: {
    en: 'Another client uses the same MQTT client id; the two throw each other out.',
    ko: '다른 클라이언트가 같은 MQTT 클라이언트 ID를 쓰고 있어 서로 연결을 끊고 있습니다.',
  },
  ADAPTER_CREDENTIALS: {
    en: 'A device or broker refused the user, password or certificate.',
    ko: '장치 또는 브로커가 계정이나 인증서를 거부했습니다.',
  },
  ADAPTER_FILE: {
    en: 'A file in a watched folder could not be read as configured.',
    ko: '감시 폴더의 파일을 설정대로 읽을 수 없습니다.',
  },
  ADAPTER_PROTOCOL: {
    en: 'A device answered something its protocol does not allow.',
    ko: '장치가 규약에 맞지 않는 응답을 보냈습니다.',
  },
  ADAPTER_TIMEOUT: {
    en: 'A device took the connection but did not answer in time.',
    ko: '장치가 제한 시간 안에 응답하지 않았습니다.',
  },
  ADAPTER_UNREACHABLE: {
    en: 'No device answers at the configured address.',
    ko: '설정된 주소에서 응답하는 장치가 없습니다.',
  },
  API_BAD_REQUEST: { en: 'A request does not have the documented form.', ko: '요청 형식이 잘못되었습니다.' },
  API_FAILED: {
    en: 'The server made a mistake of its own; its log says more.',
    ko: '서버 내부 오류가 발생했습니다.',
  },
  API_FORBIDDEN: { en: 'The role of the user does not allow this.', ko: '이 작업을 할 권한이 없습니다.' },
  API_NOT_FOUND: { en: 'There is nothing with this id.', ko: '해당 항목이 없습니다.' },
  API_TOO_MANY: {
    en: 'Too many attempts; wait before the next.',
    ko: '시도 횟수를 초과했습니다. 잠시 후 다시 시도하십시오.',
  },
  API_UNAUTHORISED: { en: 'No session or token, or one that is no longer valid.', ko: '로그인이 필요합니다.' },
  CLI_USAGE: { en: 'The command line is not understood.', ko: '명령줄을 이해할 수 없습니다.' },
  COMPONENT_INVALID: {
    en: 'A component folder lacks what its kind must export.',
    ko: '구성요소 폴더가 규격에 맞지 않습니다.',
  },
  CONFIG_INVALID: {
    en: 'The configuration has mistakes; each is listed with its line.',
    ko: '설정 파일에 오류가 있습니다.',
  },
  CONFIG_UNREADABLE: { en: 'The configuration file cannot be read.', ko: '설정 파일을 읽을 수 없습니다.' },
  DATA_DIR_EMPTY: {
    en: 'This folder holds no data of Pumjil.',
    ko: '이 폴더에는 품질 데이터가 없습니다.',
  },
  DATA_DIR_LOCKED: {
    en: 'Another Pumjil process uses this data directory.',
    ko: '다른 품질 프로세스가 이 데이터 폴더를 쓰고 있습니다.',
  },
  DATA_DIR_UNWRITABLE: { en: 'The data directory cannot be written.', ko: '데이터 폴더에 쓸 수 없습니다.' },
  HISTORY_CREDENTIALS: {
    en: 'The history database refused the user or password.',
    ko: '이력 DB가 계정을 거부했습니다.',
  },
  HISTORY_DAMAGED: { en: 'A part of the history cannot be read.', ko: '이력 일부를 읽을 수 없습니다.' },
  HISTORY_REFUSED: {
    en: 'The history database refused lines for good; they are quarantined.',
    ko: '이력 DB가 거부한 자료를 격리했습니다.',
  },
  HISTORY_UNREACHABLE: { en: 'The history database does not answer.', ko: '이력 DB가 응답하지 않습니다.' },
  JOURNAL_DAMAGED: {
    en: 'A part of the journal is damaged; it is set aside and the missing range declared.',
    ko: '저널 일부가 손상되어 격리했습니다.',
  },
  JOURNAL_FAILED: {
    en: 'The disk refused to make the journal durable; nothing is confirmed until a new segment works.',
    ko: '디스크가 저널을 기록하지 못했습니다.',
  },
  JOURNAL_FULL: {
    en: 'The journal is at its limit; nothing more is confirmed until space returns.',
    ko: '저널이 한도에 도달했습니다.',
  },
  MATH_TOO_FEW_VALUES: { en: 'A statistic needs more values than there are.', ko: '통계량 계산에 값이 부족합니다.' },
  REPLAY_EMPTY: {
    en: 'Nothing is stored of this stream that could be run again.',
    ko: '다시 계산할 저장된 측정값이 없습니다.',
  },
  RULE_INVALID: { en: 'A run rule is not a sentence of the rule grammar.', ko: '런 규칙 문장이 문법에 맞지 않습니다.' },
  SERVER_PORT_TAKEN: { en: 'The port is used by another program.', ko: '포트를 다른 프로그램이 사용하고 있습니다.' },
  SHARD_FAILED: {
    en: 'A thread of the standard kernel failed; its streams go on from the last snapshot.',
    ko: '표준 커널의 스레드가 중단되었습니다. 마지막 스냅숏에서 이어 갑니다.',
  },
  SNAPSHOT_UNKNOWN: {
    en: 'A snapshot of the engine is damaged or of another version; the state is replayed from the journal.',
    ko: '엔진 스냅숏이 손상되었거나 버전이 다릅니다. 저널에서 다시 계산합니다.',
  },
  STUDY_INPUT: {
    en: 'The input of a study is not as documented; the message names the field.',
    ko: '통계 분석의 입력이 올바르지 않습니다. 메시지에 항목 이름이 있습니다.',
  },
  STUDY_UNKNOWN: { en: 'There is no study of this name.', ko: '해당 이름의 통계 분석이 없습니다.' },
  USER_INVALID: {
    en: 'A user name, password or role is not acceptable.',
    ko: '사용자 이름, 비밀번호 또는 역할이 올바르지 않습니다.',
  },
} as const;

export type ErrorCode = keyof typeof ERROR_CATALOGUE;

export interface ErrorDetails {
  /** What happened, to which id, with which value. */
  readonly message: string;
  /** What to do next. */
  readonly hint: string;
  /** True: start the work again, it may succeed. */
  readonly retryable?: boolean;
  readonly cause?: unknown;
  /** Machine-readable particulars: path, line, index … */
  readonly data?: Readonly<Record<string, unknown>>;
}

/**
 * The only error class of the product.
 *
 * @example
 * new PumjilError('ADAPTER_UNREACHABLE', { message: 'press3: no answer', hint: 'Check power and cable.', retryable: true }).code; // => 'ADAPTER_UNREACHABLE'
 */
export class PumjilError extends Error {
  readonly code: ErrorCode;
  readonly hint: string;
  readonly retryable: boolean;
  readonly data: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, details: ErrorDetails) {
    super(details.message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'PumjilError';
    this.code = code;
    this.hint = details.hint;
    this.retryable = details.retryable ?? false;
    this.data = details.data ?? {};
  }
}
