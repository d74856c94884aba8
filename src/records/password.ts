// Passwords: what is acceptable, how they are kept, how they are compared.
import { randomBytes, randomInt } from 'node:crypto';
import { hash, verify } from '@node-rs/argon2';
import { PumjilError } from '../errors.ts';

const SHORTEST = 10;
/** Longer ones would only make the server work. */
const LONGEST = 256;

/** Argon2id with 19 MiB and two passes: the OWASP minimum; the parameters are kept in each hash. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

export interface Passwords {
  hash(password: string): Promise<string>;
  /** False for an undefined hash too, after the same time. */
  matches(password: string, stored: string | undefined): Promise<boolean>;
}

/**
 * Hashes and compares, at most `atOnce` at a time so that a flood of logins cannot take all memory (19 MiB each).
 */
export function passwords(atOnce = 4): Passwords {
  const limited = limiter(atOnce);
  let decoy: Promise<string> | undefined;
  return {
    hash: (password) => limited(() => hash(same(password), COST)),
    async matches(password, stored) {
      decoy ??= limited(() => hash(randomBytes(32).toString('hex'), COST));
      const against = stored ?? (await decoy);
      const isRight = await limited(() => verify(against, same(password.slice(0, LONGEST))));
      return isRight && stored !== undefined && password.length <= LONGEST;
    },
  };
}

/**
 * Checks a new password: 10 to 256 characters, not the name, not one character over and over.
 *
 * @throws PumjilError USER_INVALID
 */
export function checkPassword(password: string, name: string): void {
  const length = [...password].length;
  if (length < SHORTEST || length > LONGEST) {
    throw new PumjilError('USER_INVALID', {
      message: `the password of ${name} has ${length} characters`,
      hint: `Use ${SHORTEST} to ${LONGEST} characters; four words in a row are easy to remember.`,
    });
  }
  if (same(password).toLowerCase() === name.normalize('NFC').toLowerCase()) {
    throw new PumjilError('USER_INVALID', {
      message: `the password of ${name} is the name`,
      hint: 'Choose another.',
    });
  }
  if (new Set(password).size < 4) {
    throw new PumjilError('USER_INVALID', {
      message: `the password of ${name} repeats one or two characters`,
      hint: 'Choose one with more variety.',
    });
  }
}

/** Letters and digits that cannot be mistaken for one another, in groups of four: about 98 bits. */
export function generatePassword(): string {
  const alphabet = 'abcdefghjkmnpqrstuvwxyz23456789';
  const group = (): string => Array.from({ length: 4 }, () => alphabet[randomInt(alphabet.length)]).join('');
  return [group(), group(), group(), group(), group()].join('-');
}

// Korean input methods deliver composed or decomposed syllables.
function same(password: string): string {
  return password.normalize('NFC');
}

function limiter(most: number): <T>(work: () => Promise<T>) => Promise<T> {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (running >= most) await new Promise<void>((go) => waiting.push(go));
    else running += 1;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
}
