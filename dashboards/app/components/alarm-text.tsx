// What an alarm or event says, without repeating whose it is.
import type { AlarmJson, EventJson, StreamJson } from '../../../src/api/contract.ts';
import { alarmWords } from '../domain/alarm-words.ts';
import { useWriter } from '../state/context.ts';

export function AlarmText({
  of,
  stream,
}: {
  of: Pick<AlarmJson | EventJson, 'text' | 'adapter'>;
  stream: StreamJson | undefined;
}) {
  const w = useWriter();
  const { statistic, words } = alarmWords(w.pick(of.text), stream === undefined ? of.adapter : w.pick(stream.name));
  return (
    <>
      {statistic !== '' && <b class="statistic">{w.t.characteristic.statistic[statistic] ?? statistic}</b>}
      {words}
    </>
  );
}
