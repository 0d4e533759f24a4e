import {
  decodeAs,
  type FieldError,
  fieldErrors,
  isObject,
  type KubeObject,
  nodeKind,
  type Pod,
  podKind,
  secretKind,
  statusErrors,
  timestamp,
} from '@kubelab/api';
import { type BoundObject, signToken, type TokenClaims } from '@kubelab/pki/tokens';
import { assertTokenForOwnPod } from '../admission/node-restriction.js';
import type { Authorizer } from '../auth/authorize.js';
import type { Tokens } from '../auth/tokens/index.js';
import type { ApiReply } from './contract.js';
import { parseBody, reply } from './negotiate.js';
import type { ObjectCall } from './objects.js';

const group = 'authentication.k8s.io';
const schema = 'io.k8s.api.authentication.v1.TokenRequest';
const defaultSeconds = 3_600;
const secondsMin = 600;
const secondsMax = 2 ** 32;
/**
 * What the volumes that admission adds ask for. Old clients read such a token once and never again: it is good for a year, and its
 * `warnafter` says when it should have been renewed (KEP-1205, `--service-account-extend-token-expiration`).
 */
const admittedSeconds = 3_607;
const extendedSeconds = 365 * 86_400;

interface Spec {
  readonly audiences: readonly string[];
  /** As sent: none stand for this API's own. */
  readonly asked: readonly string[];
  readonly seconds: number;
  readonly bound: { apiVersion: string; kind: string; name: string; uid: string } | undefined;
}

/**
 * POST serviceaccounts/NAME/token: a token of that account, good for a while and only as long as what it is bound to exists
 * (https://kubernetes.io/docs/reference/kubernetes-api/authentication-resources/token-request-v1/).
 */
export async function createToken(
  request: ObjectCall,
  tokens: Tokens,
  authorizer: Authorizer,
): Promise<ApiReply> {
  const { kind, namespace, name, call, form, registry, scope, world } = request;
  const { value } = parseBody(call);
  const { object } = decodeAs(
    schema,
    value,
    'TokenRequest in version "v1" cannot be handled as a TokenRequest',
  );
  const metadata = isObject(object.metadata) ? object.metadata : {};
  checkMetadata(metadata, { namespace, name });
  const spec = readSpec(object.spec, tokens.config.audiences);
  const { bound: wanted, asked } = spec;
  assertTokenForOwnPod(authorizer, scope.user, { kind, namespace, name, bound: wanted, audiences: asked });
  const account = await registry.get({ kind, namespace, name });
  const bound = await boundObjects(request, spec.bound);
  const nowSeconds = Math.floor(world.clock.nowMs() / 1000);
  const isExtended =
    bound.pod !== undefined &&
    spec.seconds === admittedSeconds &&
    spec.audiences.every((one) => tokens.config.audiences.includes(one));
  const claims: TokenClaims = {
    namespace,
    serviceAccount: { name, uid: account.metadata.uid ?? '' },
    ...bound,
    audiences: spec.audiences,
    issuedAt: nowSeconds,
    expires: nowSeconds + (isExtended ? extendedSeconds : spec.seconds),
    warnAfter: isExtended ? nowSeconds + spec.seconds : undefined,
    id: world.random.uuid(),
  };
  const answer = {
    kind: 'TokenRequest',
    apiVersion: `${group}/v1`,
    metadata: { name, namespace, creationTimestamp: timestamp(nowSeconds * 1000) },
    spec: {
      audiences: spec.audiences,
      expirationSeconds: spec.seconds,
      boundObjectRef: spec.bound ?? null,
    },
    status: {
      token: scope.dryRun ? '' : signToken(tokens.config.keys.signingKey, tokens.config.issuer, claims),
      expirationTimestamp: timestamp((nowSeconds + spec.seconds) * 1000),
    },
  };
  return reply(call, 201, answer, form);
}

function checkMetadata(
  metadata: Record<string, unknown>,
  wanted: { readonly namespace: string; readonly name: string },
): void {
  const differs = (sent: unknown, own: string) => typeof sent === 'string' && sent !== '' && sent !== own;
  const errors: FieldError[] = [];
  if (differs(metadata.name, wanted.name))
    errors.push(
      fieldErrors.invalid('metadata.name', metadata.name, 'must match the service account name if specified'),
    );
  if (differs(metadata.namespace, wanted.namespace))
    errors.push(
      fieldErrors.invalid(
        'metadata.namespace',
        metadata.namespace,
        'must match the service account namespace if specified',
      ),
    );
  if (errors.length > 0) throw statusErrors.invalid({ group, kind: 'TokenRequest' }, '', errors);
}

function readSpec(value: unknown, defaultAudiences: readonly string[]): Spec {
  const spec = isObject(value) ? value : {};
  const seconds = typeof spec.expirationSeconds === 'number' ? spec.expirationSeconds : defaultSeconds;
  const errors: FieldError[] = [];
  const field = 'spec.expirationSeconds';
  if (seconds < secondsMin)
    errors.push(fieldErrors.invalid(field, seconds, 'may not specify a duration less than 10 minutes'));
  if (seconds > secondsMax)
    errors.push(fieldErrors.invalid(field, seconds, 'may not specify a duration larger than 2^32 seconds'));
  if (errors.length > 0) throw statusErrors.invalid({ group, kind: 'TokenRequest' }, '', errors);
  const audiences = Array.isArray(spec.audiences) ? spec.audiences.map(String) : [];
  const bound = isObject(spec.boundObjectRef) ? spec.boundObjectRef : undefined;
  const text = (name: string) => (typeof bound?.[name] === 'string' ? bound[name] : '');
  return {
    audiences: audiences.length === 0 ? defaultAudiences : audiences,
    asked: audiences,
    seconds,
    bound:
      bound === undefined
        ? undefined
        : { apiVersion: text('apiVersion'), kind: text('kind'), name: text('name'), uid: text('uid') },
  };
}

type Bound = Pick<TokenClaims, 'pod' | 'secret' | 'node'>;

async function boundObjects({ registry, namespace, name }: ObjectCall, bound: Spec['bound']): Promise<Bound> {
  if (bound === undefined) return {};
  const found = async (kind: typeof podKind, inside: string) => {
    const object = await registry.get({ kind, namespace: inside, name: bound.name });
    if (bound.uid !== '' && bound.uid !== object.metadata.uid) throw uidConflict(bound);
    return object;
  };
  switch (bound.apiVersion.includes('/') ? '' : bound.kind) {
    case 'Pod': {
      const pod = (await registry.get({ kind: podKind, namespace, name: bound.name })) as Pod;
      if (pod.spec?.serviceAccountName !== name)
        throw statusErrors.badRequest(
          `cannot bind token for serviceaccount "${name}" to pod running with different serviceaccount name.`,
        );
      if (bound.uid !== '' && bound.uid !== pod.metadata.uid) throw uidConflict(bound);
      const node = pod.spec.nodeName ?? '';
      if (node === '') return { pod: named(pod) };
      // The node of a pod may be gone; its name is told all the same.
      const uid = (await registry.storage.get(nodeKind, '', node))?.metadata.uid;
      return { pod: named(pod), node: { name: node, uid } };
    }
    case 'Node':
      return { node: named(await found(nodeKind, '')) };
    case 'Secret':
      return { secret: named(await found(secretKind, namespace)) };
    default: {
      const [owner = '', version = ''] = bound.apiVersion.includes('/')
        ? bound.apiVersion.split('/')
        : ['', bound.apiVersion];
      throw statusErrors.badRequest(
        `cannot bind token to object of type ${owner}/${version}, Kind=${bound.kind}`,
      );
    }
  }
}

function named({ metadata }: KubeObject): BoundObject {
  return { name: metadata.name, uid: metadata.uid ?? '' };
}

function uidConflict({ kind, name, uid }: NonNullable<Spec['bound']>) {
  const what = `the UID in the bound object reference (${uid}) does not match the UID in record`;
  return statusErrors.conflict(
    { group: '', resource: kind },
    name,
    `${what}. The object might have been deleted and then recreated`,
  );
}
