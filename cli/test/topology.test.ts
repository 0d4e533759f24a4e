import t from 'tap';
import { statusTable, type Terminal } from '../src/output.js';
import { nodeAddress, nodesMax, portSpan, ports } from '../src/topology.js';

const terminal: Terminal = { print: () => {}, write: () => {}, progress: () => {}, colour: false };

t.test('every port follows from the endpoint, apart from all others and within the span', async (t) => {
  const at = ports(7000);
  const all = [at.endpoint, at.endpointDebug, at.supervisor];
  for (const index of [0, 1, 2]) all.push(at.etcdRaft(index));
  for (const index of [0, 1]) {
    all.push(at.apiserverSecure(index), at.apiserverWire(index));
    all.push(at.controllerManager(index), at.scheduler(index));
  }
  for (let node = 1; node <= nodesMax; node += 1) all.push(at.kubelet(node), at.kubeProxy(node));
  const numbers = all.map(({ port }) => port);
  t.equal(new Set(numbers).size, numbers.length);
  t.equal(Math.min(...numbers), 7000);
  t.ok(Math.max(...numbers) <= 7000 + portSpan);
  t.equal(nodeAddress(2), '127.32.0.2');
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
