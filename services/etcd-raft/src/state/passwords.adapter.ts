import { scrypt, scryptSync, timingSafeEqual } from 'node:crypto';

/** Cost as OWASP's cheat sheet has it for scrypt; about 50 ms of one core. */
const cost = { N: 2 ** 15, r: 8, p: 1, maxmem: 64 * 1024 * 1024 } as const;
const hashBytes = 32;
/** Of hashes that are made at once: each takes 32 MiB. More wait. */
const concurrencyMax = 2;

/** Passwords go through the log as hashes only: `scrypt$N$r$p$salt$hash`, in base64url. */
export interface PasswordHasher {
  hash(password: string, salt: Uint8Array): Promise<string>;
  /** Takes as long for a hash that is none ('': no password, or no such user), and is false then. */
  matches(password: string, hash: string): Promise<boolean>;
}

interface Parameters {
  readonly N: number;
  readonly r: number;
  readonly p: number;
}

type Derive = (password: string, salt: Uint8Array, parameters: Parameters) => Promise<Buffer>;

/** On Node's thread pool: the member goes on meanwhile. */
export function createPasswordHasher(): PasswordHasher {
  let running = 0;
  const waiting: (() => void)[] = [];
  return hasherOf(cost, async (password, salt, { N, r, p }) => {
    if (running >= concurrencyMax) await new Promise<void>((resolve) => waiting.push(resolve));
    else running += 1;
    try {
      return await new Promise<Buffer>((resolve, reject) => {
        scrypt(password, salt, hashBytes, { N, r, p, maxmem: cost.maxmem }, (error, derived) =>
          error === null ? resolve(derived) : reject(error),
        );
      });
    } finally {
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  });
}

/** For simulations: no thread, no time passes, and cheap. */
export function createCheapPasswordHasher(): PasswordHasher {
  return hasherOf({ N: 2, r: 1, p: 1 }, async (password, salt, { N, r, p }) =>
    scryptSync(password, salt, hashBytes, { N, r, p }),
  );
}

function hasherOf(parameters: Parameters, derive: Derive): PasswordHasher {
  const format = async (password: string, salt: Uint8Array) => {
    const { N, r, p } = parameters;
    const derived = await derive(password, salt, parameters);
    return `scrypt$${N}$${r}$${p}$${Buffer.from(salt).toString('base64url')}$${derived.toString('base64url')}`;
  };
  return {
    hash: format,
    matches: async (password, hash) => {
      const [kind, N, r, p, salt, wanted] = hash.split('$');
      if (kind !== 'scrypt' || salt === undefined || wanted === undefined) {
        await format(password, new Uint8Array(16));
        return false;
      }
      const read = { N: Number(N), r: Number(r), p: Number(p) };
      const derived = await derive(password, Buffer.from(salt, 'base64url'), read);
      const expected = Buffer.from(wanted, 'base64url');
      return expected.byteLength === derived.byteLength && timingSafeEqual(expected, derived);
    },
  };
}
