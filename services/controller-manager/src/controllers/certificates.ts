import {
  type CertificateSigningRequest,
  findKind,
  isObject,
  type KindInfo,
  type KubeObject,
} from '@kubelab/api';
import { type CallContext, keyOf } from '@kubelab/client';
import { type AuthorityPem, type RequestedCertificate, readRequest, signRequest } from '@kubelab/pki';
import type { World } from '@kubelab/world';
import { unlessGone } from '../common/claim.js';
import { isTrue, withCondition } from '../common/conditions.js';
import type { Controller, ControllerContext } from '../controller.js';
import { certificateRequestKind } from '../kinds.js';

type Request = CertificateSigningRequest;

const clientSigner = 'kubernetes.io/kube-apiserver-client';
const kubeletClientSigner = 'kubernetes.io/kube-apiserver-client-kubelet';
const servingSigner = 'kubernetes.io/kubelet-serving';
const hourMs = 3_600_000;
/** Certificates last a year unless less is asked for; no shorter than ten minutes. */
const durationMaxMs = 365 * 24 * hourMs;
const durationMinMs = 600_000;

/** How long requests are kept: done ones an hour, those that nobody decides a day (csrcleaner). */
const keptMs = { approved: hourMs, denied: hourMs, failed: hourMs, pending: 24 * hourMs };

/** The CA's files; undefined when none are named. Throws when they cannot be read. */
export async function readSigner(
  world: World,
  { certFile, keyFile }: { readonly certFile: string; readonly keyFile: string },
): Promise<AuthorityPem | undefined> {
  if (certFile === '' && keyFile === '') return undefined;
  const read = async (path: string) => new TextDecoder().decode(await world.disk.readFile(path));
  return { certPem: await read(certFile), keyPem: await read(keyFile) };
}

function pemOf(request: Request): string {
  return Buffer.from(request.spec?.request ?? '', 'base64').toString();
}

const isDecided = ({ status }: Request): boolean =>
  isTrue(status?.conditions, 'Approved') ||
  isTrue(status?.conditions, 'Denied') ||
  isTrue(status?.conditions, 'Failed');

/** What a signer does not sign (Kubernetes' reference "Certificate Signing Requests"). Undefined: it does. */
export function refusal(
  signerName: string,
  requested: RequestedCertificate,
  usages: readonly string[],
): string | undefined {
  const { commonName, organizations, dnsNames, ipAddresses, otherNames } = requested;
  const auth = signerName === servingSigner ? 'server auth' : 'client auth';
  const allowed = ['digital signature', 'key encipherment', auth];
  const extra = usages.find((usage) => !allowed.includes(usage));
  if (extra !== undefined) return `usage ${JSON.stringify(extra)} is not allowed`;
  if (!usages.includes(auth)) return `usages did not include ${JSON.stringify(auth)}`;
  if (signerName === clientSigner) return undefined;
  if (organizations.length !== 1 || organizations[0] !== 'system:nodes')
    return 'subject organization is not system:nodes';
  if (!commonName.startsWith('system:node:')) return "subject common name does not begin with 'system:node:'";
  const names = dnsNames.length + ipAddresses.length;
  if (otherNames.length > 0) return 'only DNS and IP subjectAltNames are allowed';
  if (signerName === servingSigner) return names > 0 ? undefined : 'DNS or IP subjectAltName is required';
  return names === 0 ? undefined : 'DNS and IP subjectAltNames are not allowed';
}

/** Approves kubelets' client certificates when who asks may (csrapproving). */
export const certificateApprover: Controller = {
  name: 'csrapproving',
  workers: 1,
  start: (context, queue) => {
    const requests = context.informer<Request>(certificateRequestKind);
    requests.handle({ changed: (one, _old, trace) => !isDecided(one) && queue.add(keyOf(one), trace) });
    return async (key, call) => {
      const request = requests.get(key);
      if (
        request?.spec === undefined ||
        isDecided(request) ||
        request.spec.signerName !== kubeletClientSigner
      )
        return undefined;
      const requested = await readRequest(pemOf(request));
      if (
        requested === undefined ||
        refusal(kubeletClientSigner, requested, request.spec.usages ?? []) !== undefined
      )
        return undefined;
      const isSelf = request.spec.username === requested.commonName;
      const kinds = [...(isSelf ? ['selfnodeclient'] : []), 'nodeclient'];
      for (const subresource of kinds) {
        if (!(await mayRequest(context, request, subresource, call))) continue;
        const what = subresource === 'selfnodeclient' ? 'self kubelet client' : 'kubelet client';
        const message = `Auto approving ${what} certificate after SubjectAccessReview.`;
        const condition = { type: 'Approved', status: 'True', reason: 'AutoApproved', message };
        const conditions = withCondition(request.status?.conditions, condition, context.world.clock.nowMs());
        const body = { ...request, status: { ...request.status, conditions } };
        await unlessGone(
          context.client.for<Request>(certificateRequestKind).put({ name: key }, 'approval', body, call),
        );
        return undefined;
      }
      return undefined;
    };
  },
};

const reviewKind: KindInfo | undefined = findKind({
  group: 'authorization.k8s.io',
  version: 'v1',
  kind: 'SubjectAccessReview',
});

async function mayRequest(
  context: ControllerContext,
  { spec }: Request,
  subresource: string,
  call: CallContext,
): Promise<boolean> {
  if (reviewKind === undefined) throw new Error('the table of kinds has no SubjectAccessReview');
  const resourceAttributes = {
    group: 'certificates.k8s.io',
    resource: 'certificatesigningrequests',
    verb: 'create',
    version: '*',
    subresource,
  };
  const review: KubeObject = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SubjectAccessReview',
    metadata: { name: '' },
    spec: {
      user: spec?.username,
      uid: spec?.uid,
      groups: spec?.groups,
      extra: spec?.extra,
      resourceAttributes,
    },
  };
  const answer = await context.client.for<KubeObject>(reviewKind).create(review, call);
  return isObject(answer.status) && answer.status.allowed === true;
}

/** Signs what was approved, with the cluster's CA (csrsigning). */
export const certificateSigner: Controller = {
  name: 'csrsigning',
  workers: 1,
  start: (context, queue) => {
    const requests = context.informer<Request>(certificateRequestKind);
    const waits = ({ spec, status }: Request) =>
      [clientSigner, kubeletClientSigner, servingSigner].includes(spec?.signerName ?? '') &&
      isTrue(status?.conditions, 'Approved') &&
      !isTrue(status?.conditions, 'Denied') &&
      !isTrue(status?.conditions, 'Failed') &&
      (status?.certificate ?? '') === '';
    requests.handle({ changed: (one, _old, trace) => waits(one) && queue.add(keyOf(one), trace) });
    return async (key, call) => {
      const request = requests.get(key);
      const { signer } = context.options;
      if (request?.spec === undefined || signer === undefined || !waits(request)) return undefined;
      const { usages = [], signerName, expirationSeconds } = request.spec;
      const { world } = context;
      const nowMs = world.clock.nowMs();
      const requested = await readRequest(pemOf(request));
      const why =
        requested === undefined ? 'the request cannot be read' : refusal(signerName, requested, usages);
      const client = context.client.for<Request>(certificateRequestKind);
      if (why !== undefined) {
        const condition = { type: 'Failed', status: 'True', reason: 'SignerValidationFailure', message: why };
        const conditions = withCondition(request.status?.conditions, condition, nowMs);
        await unlessGone(
          client.updateStatus({ ...request, status: { ...request.status, conditions } }, call),
        );
        return undefined;
      }
      const wantedMs = expirationSeconds === undefined ? durationMaxMs : expirationSeconds * 1000;
      const durationMs = Math.min(durationMaxMs, Math.max(durationMinMs, wantedMs));
      const options = { usages, nowMs, durationMs, serialNumber: world.random.bytes(16) };
      const pem = await signRequest(signer, pemOf(request), options);
      const certificate = Buffer.from(pem).toString('base64');
      await unlessGone(client.updateStatus({ ...request, status: { ...request.status, certificate } }, call));
      return undefined;
    };
  },
};

/** Requests that are done, or that nobody decides, go after a while (csrcleaner). */
export const certificateCleaner: Controller = {
  name: 'csrcleaner',
  workers: 1,
  start: (context, queue) => {
    const requests = context.informer<Request>(certificateRequestKind);
    requests.handle({ changed: (one) => queue.add(keyOf(one)) });
    return async (key, call) => {
      const request = requests.get(key);
      if (request === undefined) return undefined;
      const leftMs = expiresAtMs(request) - context.world.clock.nowMs();
      if (leftMs > 0) return { requeueAfterMs: leftMs };
      const client = context.client.for<Request>(certificateRequestKind);
      await unlessGone(client.delete({ name: key }, { preconditions: { uid: request.metadata.uid } }, call));
      return undefined;
    };
  },
};

/** When a request goes: an hour after its end, a day after it was made when it has none. */
export function expiresAtMs({ metadata, status }: Request): number {
  const createdMs = Date.parse(metadata.creationTimestamp ?? '');
  const ends = (status?.conditions ?? []).map(({ type, lastUpdateTime, lastTransitionTime }) => {
    const sinceMs = Date.parse(lastUpdateTime ?? lastTransitionTime ?? metadata.creationTimestamp ?? '');
    return (
      sinceMs + (type === 'Denied' ? keptMs.denied : type === 'Failed' ? keptMs.failed : keptMs.approved)
    );
  });
  // What was approved and is not signed waits for its signer as long as what is not decided.
  const isWaiting =
    isTrue(status?.conditions, 'Approved') && (status?.certificate ?? '') === '' && ends.length === 1;
  return ends.length === 0 || isWaiting ? createdMs + keptMs.pending : Math.min(...ends);
}
