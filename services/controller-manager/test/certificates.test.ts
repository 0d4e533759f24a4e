import { X509Certificate as PlainCertificate } from 'node:crypto';
import type { CertificateSigningRequest } from '@kubelab/api';
import { createAuthority } from '@kubelab/pki';
import { Pkcs10CertificateRequestGenerator } from '@peculiar/x509';
import t from 'tap';
import { expiresAtMs, refusal } from '../src/controllers/certificates.js';
import { certificateRequestKind } from '../src/kinds.js';
import { TestCluster } from './harness.js';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
async function pemFor(commonName: string, organization: string): Promise<string> {
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const request = await Pkcs10CertificateRequestGenerator.create({
    name: [{ CN: [commonName] }, { O: [organization] }],
    keys,
    signingAlgorithm: algorithm,
  });
  return request.toString('pem');
}
const request = (name: string, pem: string, signer: string): CertificateSigningRequest => ({
  apiVersion: 'certificates.k8s.io/v1',
  kind: 'CertificateSigningRequest',
  metadata: { name },
  spec: {
    request: Buffer.from(`${pem}\n`).toString('base64'),
    signerName: `kubernetes.io/${signer}`,
    usages: ['digital signature', 'client auth'],
    expirationSeconds: 3_600,
  },
});
const get = (cluster: TestCluster, name: string) =>
  cluster.find<CertificateSigningRequest>(certificateRequestKind, name);

t.test('a kubelet’s client certificate is approved by itself and signed; old requests go', async (t) => {
  const authority = await createAuthority('test-ca', {
    nowMs: Date.UTC(2026, 0, 1),
    days: 100,
    serialNumber: new Uint8Array(16),
  });
  const cluster = await TestCluster.start(t, {
    controllers: ['csrapproving', 'csrsigning', 'csrcleaner'],
    options: { signer: authority },
  });
  await cluster.create(
    certificateRequestKind,
    request('node', await pemFor('system:node:n1', 'system:nodes'), 'kube-apiserver-client-kubelet'),
  );
  await cluster.until('signed', async () => (await get(cluster, 'node'))?.status?.certificate !== undefined);
  const { status } = (await get(cluster, 'node')) ?? {};
  t.match(status?.conditions, [
    {
      type: 'Approved',
      reason: 'AutoApproved',
      message: /^Auto approving kubelet client certificate after SubjectAccessReview/,
    },
  ]);
  const certificate = new PlainCertificate(Buffer.from(status?.certificate ?? '', 'base64'));
  t.ok(certificate.checkIssued(new PlainCertificate(authority.certPem)));
  t.match(certificate.subject, /CN=system:node:n1/);
  t.equal(Date.parse(certificate.validTo), Date.UTC(2026, 0, 1, 1), 'an hour, as asked');
  await cluster.create(
    certificateRequestKind,
    request('person', await pemFor('ann', 'dev'), 'kube-apiserver-client'),
  );
  await cluster.advance(5_000);
  t.equal((await get(cluster, 'person'))?.status?.conditions, undefined, 'a person decides about people');
  await cluster.advance(3_660_000);
  t.equal(await get(cluster, 'node'), undefined);
  const person = await get(cluster, 'person');
  const createdMs = Date.parse(person?.metadata.creationTimestamp ?? '');
  t.equal(person === undefined ? 0 : expiresAtMs(person), createdMs + 24 * 3_600_000, 'undecided: a day');
  t.same(cluster.errors, []);
});

t.test('what each signer refuses', async (t) => {
  const node = {
    commonName: 'system:node:n',
    organizations: ['system:nodes'],
    dnsNames: [],
    ipAddresses: [],
    otherNames: [],
  };
  const client = ['digital signature', 'client auth'];
  const table: readonly (readonly [
    signer: string,
    asked: object,
    usages: readonly string[],
    why: string | undefined,
  ])[] = [
    ['kube-apiserver-client', { organizations: ['dev'], commonName: 'ann' }, client, undefined],
    ['kube-apiserver-client', {}, ['server auth'], 'usage "server auth" is not allowed'],
    ['kube-apiserver-client-kubelet', {}, client, undefined],
    [
      'kube-apiserver-client-kubelet',
      { organizations: ['dev'] },
      client,
      'subject organization is not system:nodes',
    ],
    [
      'kube-apiserver-client-kubelet',
      { commonName: 'ann' },
      client,
      "subject common name does not begin with 'system:node:'",
    ],
    [
      'kube-apiserver-client-kubelet',
      { dnsNames: ['n'] },
      client,
      'DNS and IP subjectAltNames are not allowed',
    ],
    ['kubelet-serving', { ipAddresses: ['192.0.2.1'] }, ['digital signature', 'server auth'], undefined],
    ['kubelet-serving', {}, ['digital signature', 'server auth'], 'DNS or IP subjectAltName is required'],
  ];
  for (const [signer, asked, usages, why] of table)
    t.equal(
      refusal(`kubernetes.io/${signer}`, { ...node, ...asked }, usages),
      why,
      `${signer} ${JSON.stringify(asked)}`,
    );
});
