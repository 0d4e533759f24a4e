import t from 'tap';
import { statusTable, type Terminal } from '../src/output.js';
import { defaultPort, loopbackAddresses, nodesMax, portSpan, ports } from '../src/topology.js';

const terminal: Terminal = { print: () => {}, write: () => {}, progress: () => {}, colour: false };

t.test('every port follows from the endpoint, apart from all others and within the span', async (t) => {
  const at = ports(7000);
  const all = [at.endpoint, at.endpointDebug, at.supervisor, at.hollowKubelet];
  for (const index of [0, 1, 2]) all.push(at.etcdRaft(index), at.etcdClient(index));
  for (const index of [0, 1]) {
    all.push(at.apiserverSecure(index), at.apiserverWire(index));
    all.push(at.controllerManager(index), at.scheduler(index));
  }
  for (let node = 1; node <= nodesMax; node += 1) all.push(at.kubelet(node), at.kubeProxy(node));
  const numbers = all.map(({ port }) => port);
  t.equal(new Set(numbers).size, numbers.length);
  t.equal(Math.min(...numbers), 7000);
  t.ok(Math.max(...numbers) <= 7000 + portSpan);
});

t.test('clusters with ports of their own have addresses of their own', async (t) => {
  const { node, podCidr, serviceCidr, kubernetesService } = loopbackAddresses(defaultPort);
  t.same(
    [node(2), podCidr(2), serviceCidr, kubernetesService],
    ['127.32.0.2', '127.64.2.0/24', '127.96.0.0/16', '127.96.0.1'],
  );
  const side = [6443, 7443, 8443, 16_443, 6443 + portSpan + 1].map((port) => loopbackAddresses(port));
  t.equal(new Set(side.map((addresses) => addresses.serviceCidr)).size, side.length);
  for (let port = 1; port < 65_535 - portSpan; port += 97) {
    const second = Number(loopbackAddresses(port).podCidr(1).split('.')[1]);
    t.ok(second >= 64 && second < 96, `${port}`);
  }
});

t.test('status shows what runs and dashes for what does not', async (t) => {
  const common = { kind: 'etcd-raft', ready: true, lastError: null, restarts: 0, address: 'h:1' } as const;
  const lines = statusTable(terminal, [
    { ...common, name: 'a', state: 'running', role: 'leader', pid: 7, memoryBytes: 2 ** 20 },
    { ...common, name: 'b', state: 'stopped', role: '', pid: null, memoryBytes: null },
  ]);
  t.same(
    lines.map((line) => line.split(/ {3,}/)),
    [
      ['NAME', 'STATE', 'ROLE', 'PID', 'ADDRESS', 'RESTARTS', 'MEMORY'],
      ['a', 'running', 'leader', '7', 'h:1', '0', '1 MiB'],
      ['b', 'stopped', '-', '-', 'h:1', '0', '-'],
    ],
  );
});
