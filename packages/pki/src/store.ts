import { DiskError, type World } from '@kubelab/world';
import {
  type AuthorityPem,
  authorityFault,
  type CertificateSubject,
  createAuthority,
  issueCertificate,
  isUsable,
} from './authority.js';
import { acceptedKeysPem, generateSigningKeyPem, serviceAccountKeys } from './service-account-keys.js';

const authorityDays = 3_650;
const certificateDays = 365;
/** A certificate with less left than this is issued anew. */
const renewBeforeMs = 30 * 86_400_000;

/** A certificate that a component needs; kept as `NAME.crt` and `NAME.key`. */
export interface CertificateRequest extends CertificateSubject {
  readonly name: string;
}

/**
 * Makes what is missing of `ca.crt`, `ca.key` and each request's `NAME.crt`, `NAME.key` below the directory,
 * and keeps what is valid; and of `sa.key`, `sa.pub`, the keys of service accounts' tokens.
 * Keys are readable by their owner only.
 */
export async function ensurePki(
  world: Pick<World, 'disk' | 'clock' | 'random'>,
  directory: string,
  requests: readonly CertificateRequest[],
): Promise<void> {
  await world.disk.makeDirectory(directory);
  await ensureServiceAccountKeys(world, directory);
  const authority = await ensureAuthority(world, directory);
  await Promise.all(requests.map((request) => ensureCertificate(world, directory, authority, request)));
}

type PkiWorld = Parameters<typeof ensurePki>[0];

async function ensureAuthority(world: PkiWorld, directory: string): Promise<AuthorityPem> {
  const [certPem, keyPem] = await readPair(world, directory, 'ca');
  if (certPem !== undefined && keyPem !== undefined) {
    const fault = authorityFault({ certPem, keyPem }, world.clock.nowMs() + renewBeforeMs);
    if (fault === undefined) return { certPem, keyPem };
    throw new Error(
      `the certificate authority in ${directory} cannot be used: ${fault}. Stop the cluster and remove ${directory}: ` +
        'a new one is made at the next start, and no data is lost',
    );
  }
  if (certPem !== undefined)
    throw new Error(
      `${directory} holds only half of a certificate authority: restore ca.key, or remove the folder`,
    );
  const authority = await createAuthority('kubelab-ca', options(world, authorityDays));
  await writePair(world, directory, 'ca', authority);
  return authority;
}

async function ensureCertificate(
  world: PkiWorld,
  directory: string,
  authority: AuthorityPem,
  request: CertificateRequest,
): Promise<void> {
  const [certPem, keyPem] = await readPair(world, directory, request.name);
  const untilMs = world.clock.nowMs() + renewBeforeMs;
  if (certPem !== undefined && keyPem !== undefined) {
    if (isUsable(authority, { certPem, keyPem }, { ...request, untilMs })) return;
  }
  await writePair(
    world,
    directory,
    request.name,
    await issueCertificate(authority, request, options(world, certificateDays)),
  );
}

/**
 * Rotation: whoever puts another `sa.key` there (or takes it away) finds its public half first in `sa.pub` after
 * the next start; those that were there stay accepted until they are taken out by hand.
 */
async function ensureServiceAccountKeys(world: PkiWorld, directory: string): Promise<void> {
  const found = await readText(world, `${directory}/sa.key`);
  const keyPem = found ?? generateSigningKeyPem();
  if (found === undefined) await world.disk.writeFileAtomic(`${directory}/sa.key`, keyPem, { mode: 0o600 });
  const accepted = (await readText(world, `${directory}/sa.pub`)) ?? '';
  const wanted = acceptedKeysPem(serviceAccountKeys(keyPem, accepted));
  if (wanted !== accepted) await world.disk.writeFileAtomic(`${directory}/sa.pub`, wanted);
}

function options(world: PkiWorld, days: number) {
  return { nowMs: world.clock.nowMs(), days, serialNumber: world.random.bytes(16) };
}

async function readPair(world: PkiWorld, directory: string, name: string): Promise<(string | undefined)[]> {
  return Promise.all([
    readText(world, `${directory}/${name}.crt`),
    readText(world, `${directory}/${name}.key`),
  ]);
}

async function readText(world: PkiWorld, path: string): Promise<string | undefined> {
  try {
    return new TextDecoder().decode(await world.disk.readFile(path));
  } catch (error) {
    if (error instanceof DiskError && error.code === 'notFound') return undefined;
    throw error;
  }
}

/**
 * The key first: of an issued pair that a crash cut in half neither half is used, and it is made anew; so is an
 * authority of which there is nothing but the key.
 */
async function writePair(
  world: PkiWorld,
  directory: string,
  name: string,
  pair: AuthorityPem,
): Promise<void> {
  await world.disk.writeFileAtomic(`${directory}/${name}.key`, pair.keyPem, { mode: 0o600 });
  await world.disk.writeFileAtomic(`${directory}/${name}.crt`, pair.certPem);
}
