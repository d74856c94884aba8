// Words of prices and replays, in both languages.

export const priceKo = {
  title: '오경보와 검출력',
  every: (days: string) => `공정이 정상일 때 이곳의 오경보는 약 ${days}일에 한 번입니다.`,
  aDay: (n: string) => `공정이 정상일 때 이곳의 오경보는 하루 약 ${n}건입니다.`,
  points: (n: string) => `${n}점`,
  inControl: '정상일 때 평균 런길이',
  median: '절반이 신호를 내는 점',
  after: (sigma: number) => `점이 ${sigma}σ 이동한 뒤 검출까지`,
  range: (low: string, high: string, n: number) =>
    `부분군 ${n}개로 정한 관리한계는 정확하지 않습니다. 이런 관리 항목 10개 중 9개는 ${low}~${high}점입니다.`,
  simulated: (low: string, high: string) => `모의실험 값: 정상일 때 ${low}~${high}점(99 %).`,
  asNormal: '점이 정규분포를 따른다고 보고 계산했습니다.',
};

export const priceEn: typeof priceKo = {
  title: 'False alarms and detection',
  every: (days) => `A false alarm about every ${days} days here, while the process is in control.`,
  aDay: (n) => `About ${n} false alarms a day here, while the process is in control.`,
  points: (n) => `${n} points`,
  inControl: 'In control, mean run',
  median: 'Half have signalled by',
  after: (sigma) => `Points shifted by ${sigma}σ, found after`,
  range: (low, high, n) =>
    `Limits from ${n} subgroups are never quite right: 9 of 10 such streams run ${low} to ${high} points.`,
  simulated: (low, high) => `Simulated: ${low} to ${high} points in control (99 %).`,
  asNormal: 'Priced as if its points were normal.',
};

export const replayKo = {
  title: '다른 규칙이었다면',
  rules: '규칙',
  inForce: '현재 규칙 그대로',
  run: '과거 다시 판정',
  standing: '현재 기록된 신호',
  gained: '새로 생기는 신호',
  lost: '사라지는 신호',
  causes: '원인이 밝혀진 알람',
  causesValue: (caught: number, sooner: number, later: number, missed: number) =>
    `검출 ${caught}건(더 빨리 ${sooner}, 더 늦게 ${later}), 놓침 ${missed}건`,
  falseAlarms: '오경보',
  falseValue: (avoided: number, kept: number) => `피함 ${avoided}건, 그대로 ${kept}건`,
  points: (n: string, differing: string) =>
    `저장된 부분군 ${n}개를 다시 판정했고 바뀐 것은 없습니다. 현재 계획으로 재현되지 않은 점 ${differing}개.`,
};

export const replayEn: typeof replayKo = {
  title: 'What if',
  rules: 'Rules',
  inForce: 'as in force',
  run: 'Run the past again',
  standing: 'Signals that stand',
  gained: 'Signals gained',
  lost: 'Signals lost',
  causes: 'Known causes',
  causesValue: (caught, sooner, later, missed) =>
    `${caught} caught (${sooner} sooner, ${later} later), ${missed} missed`,
  falseAlarms: 'False alarms',
  falseValue: (avoided, kept) => `${avoided} avoided, ${kept} kept`,
  points: (n, differing) =>
    `${n} stored subgroups judged once more; nothing has changed. Points that the plan in force does not give again: ${differing}.`,
};
