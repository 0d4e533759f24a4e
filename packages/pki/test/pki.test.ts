import { X509Certificate } from 'node:crypto';
import { createSimulation, type World } from '@kubelab/world';
import t from 'tap';
import {
  type CertificateRequest,
  componentCertificates,
  ensurePki,
  kubeconfig,
  loadTls,
} from '../src/index.js';

const dayMs = 86_400_000;
const directory = '/pki';
const request: CertificateRequest = {
  name: 'node-1',
  commonName: 'system:node:node-1',
  organizations: ['system:nodes'],
  hosts: ['node-1', '127.32.0.1'],
};

/** The issuing library works in real time, and the simulated disk answers at once when nothing else waits. */
async function inWorld(body: (world: World, skip: (ms: number) => void) => Promise<void>): Promise<void> {
  const simulation = createSimulation({ seed: 1 });
  const world = simulation.world('host');
  let over = false;
  const done = body(world, (ms) => simulation.skewClock('host', ms)).finally(() => {
    over = true;
  });
  done.catch(() => undefined);
  while (!over) {
    await simulation.run({ untilMs: simulation.nowMs + 1_000, until: () => over });
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await done;
}

async function read(world: World, name: string): Promise<string> {
  return Buffer.from(await world.disk.readFile(`${directory}/${name}`)).toString();
}

t.test('a certificate names its owner, groups and hosts, and serves as well as calls', async (t) => {
  await inWorld(async (world) => {
    await ensurePki(world, directory, [request]);
    const certificate = new X509Certificate(await read(world, 'node-1.crt'));
    const authority = new X509Certificate(await read(world, 'ca.crt'));
    t.ok(certificate.verify(authority.publicKey));
    t.match(certificate.subject, /CN=system:node:node-1/);
    t.match(certificate.subject, /O=system:nodes/);
    t.equal(certificate.subjectAltName, 'DNS:node-1, IP Address:127.32.0.1');
    t.same(certificate.keyUsage, ['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2']);
    t.equal(certificate.ca, false);
    const tls = await loadTls(world, {
      caFile: `${directory}/ca.crt`,
      certFile: `${directory}/node-1.crt`,
      keyFile: `${directory}/node-1.key`,
    });
    t.same(tls.identity, { commonName: 'system:node:node-1', organizations: ['system:nodes'] });
  });
});

t.test('what is valid is kept; whatever no longer fits is issued anew', async (t) => {
  await inWorld(async (world, skip) => {
    const ensure = async (changed: Partial<CertificateRequest> = {}) => {
      await ensurePki(world, directory, [{ ...request, ...changed }]);
      return read(world, 'node-1.crt');
    };
    const first = await ensure();
    t.equal(await ensure(), first, 'kept');
    const other = await ensure({ commonName: 'system:node:node-2' });
    t.not(other, first, 'another name');
    const grouped = await ensure({ organizations: ['system:nodes', 'more'] });
    t.not(grouped, other, 'another group');
    const fewer = await ensure({ hosts: ['node-1'] });
    t.not(fewer, await ensure({ hosts: ['node-1', 'node-9'] }), 'another host, and one less');
    const last = await ensure();
    skip(340 * dayMs);
    t.not(await ensure(), last, 'about to expire');
  });
});

t.test('a key that is not the certificate’s, and what is no PEM at all, are replaced', async (t) => {
  await inWorld(async (world) => {
    await ensurePki(world, directory, [request, { ...request, name: 'node-2' }]);
    const first = await read(world, 'node-1.crt');
    await world.disk.writeFileAtomic(`${directory}/node-1.key`, await read(world, 'node-2.key'));
    await ensurePki(world, directory, [request]);
    t.not(await read(world, 'node-1.crt'), first);
    await world.disk.writeFileAtomic(`${directory}/node-1.crt`, 'garbage');
    await ensurePki(world, directory, [request]);
    t.match(await read(world, 'node-1.crt'), /BEGIN CERTIFICATE/);
  });
});

t.test('an authority that cannot be used stops the start, and says what to do', async (t) => {
  await inWorld(async (world, skip) => {
    await ensurePki(world, directory, [request]);
    const key = await read(world, 'ca.key');
    await world.disk.writeFileAtomic(`${directory}/ca.key`, await read(world, 'node-1.key'));
    await t.rejects(ensurePki(world, directory, [request]), /do not belong together.*remove \/pki/s);
    await world.disk.writeFileAtomic(`${directory}/ca.key`, key);
    skip(3_640 * dayMs);
    await t.rejects(ensurePki(world, directory, [request]), /expires on/);
    await world.disk.remove(`${directory}/ca.key`);
    await t.rejects(ensurePki(world, directory, [request]), /half of a certificate authority/);
  });
});

t.test('every component has its Kubernetes identity', async (t) => {
  const requests = componentCertificates({
    etcdMembers: 1,
    apiservers: 1,
    standbys: 1,
    nodes: 1,
    addressesOf: () => [],
    kubernetesServiceAddress: '127.96.0.1',
  });
  const identities = Object.fromEntries(
    requests.map(({ name, commonName, organizations }) => [name, [commonName, ...organizations].join(' ')]),
  );
  t.same(identities, {
    'etcd-raft-0': 'etcd-raft-0 kubelab:etcd-members',
    'apiserver-0': 'apiserver-0 kubelab:apiservers',
    'controller-manager-0': 'system:kube-controller-manager',
    'scheduler-0': 'system:kube-scheduler',
    'endpoint-0': 'endpoint-0',
    'node-1': 'system:node:node-1 system:nodes',
    'kube-proxy-1': 'system:kube-proxy',
    admin: 'kubernetes-admin system:masters kubelab:operators',
  });
});

t.test('a kubeconfig carries everything inside it', async (t) => {
  const text = kubeconfig({
    server: 'https://127.0.0.1:6443',
    caPem: 'CA',
    certPem: 'CERT',
    keyPem: 'KEY',
    clusterName: 'kubelab',
    userName: 'admin',
  });
  t.match(text, /certificate-authority-data: Q0E=/);
  t.match(text, /client-certificate-data: Q0VSVA==/);
  t.match(text, /client-key-data: S0VZ/);
  t.match(text, /current-context: admin@kubelab/);
});
