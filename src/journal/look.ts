// The figures of a journal that another process may be writing: reads only, takes no lock, repairs nothing.
import { crc32cTable } from './crc32c.ts';
import { damageLog } from './damage.ts';
import { diskFiles, systemCode } from './files.ts';
import type { JournalStats } from './journal.ts';
import { recover } from './recover.ts';

/** Segments up to this size are read through, newest first, as opening the journal does. */
const VERIFY_BYTES = 2 * 1024 ** 3;
/** The writer may remove its oldest segment between the list and the look. */
const ATTEMPTS = 3;

/**
 * What `Journal.stats()` would say, without opening the journal. An end that is being written at this moment is named among the damage.
 *
 * @param folder the journal's folder; must exist
 * @throws PumjilError JOURNAL_DAMAGED when a newer version wrote here; the disk's own errors otherwise
 */
export async function lookAtJournal(folder: string): Promise<JournalStats> {
  for (let attempt = 1; ; attempt++) {
    const log = damageLog();
    try {
      const { segments, last } = await recover(diskFiles(), folder, crc32cTable(), log, VERIFY_BYTES, true);
      return {
        first: segments.find((one) => one.last >= one.first)?.first ?? last + 1,
        last,
        bytes: segments.reduce((sum, segment) => sum + segment.size, 0),
        segments: segments.length,
        damage: log.rows(),
      };
    } catch (error) {
      if (systemCode(error) !== 'ENOENT' || attempt === ATTEMPTS) throw error;
    }
  }
}
