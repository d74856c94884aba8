// Names and roles of users.
import type { Role } from '../api/plant.ts';
import { PumjilError } from '../errors.ts';

/** Each may do what the one before may. */
export const ROLES: readonly Role[] = ['viewer', 'operator', 'engineer', 'manager', 'admin'];

/**
 * Checks the name of a new user.
 *
 * @throws PumjilError USER_INVALID
 */
export function checkName(name: string): void {
  if (/^[\p{L}\p{N}](?:[\p{L}\p{N}._-]{0,30}[\p{L}\p{N}])?$/u.test(name)) return;
  throw new PumjilError('USER_INVALID', {
    message: `"${name.slice(0, 40)}" is not a usable user name`,
    hint: 'Use 1 to 32 letters, digits, ".", "_" or "-", beginning and ending with a letter or digit.',
  });
}

/**
 * The role of that name.
 *
 * @throws PumjilError USER_INVALID
 */
export function roleOf(name: string): Role {
  const role = ROLES.find((each) => each === name);
  if (role !== undefined) return role;
  throw new PumjilError('USER_INVALID', { message: `"${name}" is not a role`, hint: `Roles: ${ROLES.join(', ')}.` });
}
