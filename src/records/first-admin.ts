// The first administrator of a plant.
import { generatePassword } from './password.ts';
import type { UserBook } from './users.ts';

/**
 * Sees to it that there is an administrator: the first run takes PUMJIL_ADMIN_PASSWORD, else makes a password.
 *
 * @returns the password made, to be shown once; undefined when none was made
 * @throws PumjilError USER_INVALID when PUMJIL_ADMIN_PASSWORD is not acceptable
 */
export async function ensureAdmin(
  book: UserBook,
  env: Readonly<Record<string, string | undefined>>,
): Promise<string | undefined> {
  if ((await book.list()).some((user) => user.role === 'admin')) return undefined;
  const given = env.PUMJIL_ADMIN_PASSWORD;
  if (given !== undefined && given !== '') {
    await book.add('admin', given, 'admin');
    return undefined;
  }
  const made = generatePassword();
  await book.add('admin', made, 'admin');
  return made;
}
