import { randomBytes, randomInt, randomUUID } from 'node:crypto';
import { nanoid } from 'nanoid';
import type { Random } from '../world.js';

export const realRandom: Random = {
  next: () => Math.random(),
  int: (maxExclusive) => randomInt(maxExclusive),
  bytes: (length) => new Uint8Array(randomBytes(length)),
  uuid: () => randomUUID(),
  id: (size) => nanoid(size),
};
