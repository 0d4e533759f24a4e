import { createHash } from 'node:crypto';
import {
  type KubeObject,
  nodeKind,
  podKind,
  type Secret,
  secretKind,
  serviceAccountKind,
} from '@kubelab/api';
import {
  type BoundObject,
  type JwtClaims,
  legacyIssuer,
  readLegacyClaims,
  readTokenClaims,
  type ServiceAccountKeys,
  subjectOf,
  type TokenClaims,
  unverifiedClaims,
  verifyJwt,
} from '@kubelab/pki/tokens';
import type { World } from '@kubelab/world';
import type { UserInfo } from '../../registry/context.js';
import { audiencesText, refused, type TokenKind, type Verdict } from './verdict.js';

/** An object as it is now; undefined when there is none. */
export type LookUp = (
  kind: typeof podKind,
  namespace: string,
  name: string,
) => Promise<KubeObject | undefined>;

export interface ServiceAccountTokenParts {
  readonly world: Pick<World, 'clock'>;
  readonly issuer: string;
  readonly keys: ServiceAccountKeys;
  readonly lookUp: LookUp;
}

/** Signatures once checked are remembered; whether the token is still good is asked every time. */
const verifiedMax = 1_024;
/** What is being deleted still counts for so long: a pod ends its work with its token. */
const deletionLeewayMs = 60_000;
const credentialId = 'authentication.kubernetes.io';

/**
 * Tokens of service accounts: signed by a key of the cluster, not expired, meant for one of the audiences, and bound to objects
 * that are still there, by uid (KEP-1205, KEP-2799). Revocation is deletion: it holds as soon as this server's cache has it.
 */
export function serviceAccountTokens(parts: ServiceAccountTokenParts): TokenKind {
  const verified = new Map<string, JwtClaims>();
  const verifiedClaims = (token: string): JwtClaims | undefined => {
    const digest = createHash('sha256').update(token).digest('base64url');
    const known = verified.get(digest);
    if (known !== undefined) return known;
    const claims = verifyJwt(parts.keys.publicKeys, token);
    if (claims === undefined) return undefined;
    const [oldest] = verified.keys();
    if (verified.size >= verifiedMax && oldest !== undefined) verified.delete(oldest);
    verified.set(digest, claims);
    return claims;
  };
  return async (token, audiences) => {
    const issuer = unverifiedClaims(token)?.iss;
    if (issuer !== parts.issuer && issuer !== legacyIssuer) return undefined;
    const claims = verifiedClaims(token);
    if (claims === undefined) return refused('the signature is of none of the accepted keys');
    return issuer === legacyIssuer
      ? judgeLegacy(parts, claims, token, audiences)
      : judge(parts, claims, audiences);
  };
}

async function judge(
  parts: ServiceAccountTokenParts,
  claims: JwtClaims,
  wanted: readonly string[],
): Promise<Verdict> {
  const read = readTokenClaims(claims);
  if (read === undefined) return refused('the claims are not those of a service account');
  const audiences = read.audiences.filter((one) => wanted.includes(one));
  if (audiences.length === 0)
    return refused(
      `token audiences ${audiencesText(read.audiences)} is invalid for the target audiences ${audiencesText(wanted)}`,
    );
  const nowSeconds = parts.world.clock.nowMs() / 1000;
  if (nowSeconds >= read.expires) return refused('service account token has expired');
  if (nowSeconds < read.issuedAt) return refused('service account token is not valid yet');
  const fault = await faultOf(parts, read);
  if (fault !== undefined) return refused(fault);
  return { holds: true, user: boundUser(read), audiences };
}

async function faultOf(
  parts: ServiceAccountTokenParts,
  { namespace, serviceAccount, pod, secret, node }: TokenClaims,
): Promise<string | undefined> {
  const checks = [
    { what: 'service account', kind: serviceAccountKind, namespace, bound: serviceAccount },
    { what: 'secret', kind: secretKind, namespace, bound: secret },
    { what: 'pod', kind: podKind, namespace, bound: pod },
    // With a pod, the node is told and not checked: the pod's end is the token's.
    { what: 'node', kind: nodeKind, namespace: '', bound: pod === undefined ? node : undefined },
  ] as const;
  for (const { what, kind, namespace: inside, bound } of checks) {
    if (bound === undefined) continue;
    const found = await parts.lookUp(kind, inside, bound.name);
    if (!isThere(parts, found, bound.uid))
      return `the ${what} ${JSON.stringify(bound.name)} that it is bound to is gone`;
  }
  return undefined;
}

function isThere(parts: ServiceAccountTokenParts, found: KubeObject | undefined, uid: string | undefined) {
  if (found === undefined || found.metadata.uid !== uid) return false;
  const deleted = found.metadata.deletionTimestamp;
  return deleted === undefined || Date.parse(deleted) >= parts.world.clock.nowMs() - deletionLeewayMs;
}

/** The token in a Secret: it has no expiry, and ends with the Secret, or with its being changed. */
async function judgeLegacy(
  parts: ServiceAccountTokenParts,
  claims: JwtClaims,
  token: string,
  audiences: readonly string[],
): Promise<Verdict> {
  const read = readLegacyClaims(claims);
  if (read === undefined) return refused('the claims are not those of a service account');
  const { namespace, secretName, serviceAccount } = read;
  const secret = (await parts.lookUp(secretKind, namespace, secretName)) as Secret | undefined;
  if (secret === undefined || secret.metadata.deletionTimestamp !== undefined)
    return refused(`Token has been invalidated`);
  if (Buffer.from(secret.data?.token ?? '', 'base64').toString() !== token)
    return refused(`Token does not match server's copy`);
  if (secret.metadata.labels?.['kubernetes.io/legacy-token-invalid-since'] !== undefined)
    return refused('the token in secret was not used for long and has been marked invalid');
  const account = await parts.lookUp(serviceAccountKind, namespace, serviceAccount.name);
  if (!isThere(parts, account, serviceAccount.uid))
    return refused(`the service account ${JSON.stringify(serviceAccount.name)} is gone`);
  return { holds: true, user: accountUser(namespace, serviceAccount), audiences };
}

function accountUser(namespace: string, { name, uid }: BoundObject): UserInfo {
  const groups = ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'];
  return { name: subjectOf(namespace, name), uid, groups };
}

/** Whose requests can be told apart by the pod and node that they come from. */
function boundUser(claims: TokenClaims): UserInfo {
  const { namespace, serviceAccount, pod, node, id } = claims;
  const facts = {
    'credential-id': id === '' ? undefined : `JTI=${id}`,
    'node-name': node?.name,
    'node-uid': node?.uid,
    'pod-name': pod?.name,
    'pod-uid': pod?.uid,
  };
  const extra = Object.entries(facts).flatMap(([key, value]): [string, string[]][] =>
    value === undefined ? [] : [[`${credentialId}/${key}`, [value]]],
  );
  const user = accountUser(namespace, serviceAccount);
  return extra.length === 0 ? user : { ...user, extra: Object.fromEntries(extra) };
}
