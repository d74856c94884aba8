// The log: JSON lines on standard error.
import { pino } from 'pino';
import type { Log } from '../component.ts';

/**
 * @param level error, warn, info or debug
 */
export function createLog(level: string): Log {
  return pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination({ dest: 2, sync: false }),
  );
}
