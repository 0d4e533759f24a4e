import { Metrics } from '@kubelab/telemetry';
import t from 'tap';
import { GateMetrics } from '../src/endpoints/gate-metrics.js';
import { admin, readyServer } from './harness.js';

t.test('authentication is counted by what came of it', async (t) => {
  const metrics = new Metrics();
  const gates = new GateMetrics({ clock: { nowMs: () => 0, monotonicMs: () => 0 } }, metrics);
  t.equal(await gates.authenticated(Promise.resolve(admin)), admin);
  t.equal(await gates.authenticated(Promise.resolve(undefined)), undefined);
  await t.rejects(gates.authenticated(Promise.reject(new Error('away'))), /away/);
  for (const result of ['success', 'failure', 'error'])
    t.match(metrics.text(), `authentication_attempts{result="${result}"} 1\n`);
});

t.test('a server counts who allowed what, and times its plugins', async (t) => {
  const server = await readyServer();
  t.teardown(() => server.stop());
  const { call } = server;
  const maps = '/api/v1/namespaces/default/configmaps';
  const node = { name: 'system:node:n', groups: ['system:nodes', 'system:authenticated'] };
  t.equal((await call('GET', '/apis/node.k8s.io/v1/runtimeclasses', { user: node })).code, 200);
  t.equal((await call('POST', maps, { body: { metadata: { name: 'a' } } })).code, 201);
  const gone = '/api/v1/namespaces/none/configmaps';
  t.equal((await call('POST', gone, { body: { metadata: { name: 'a' } } })).code, 404);
  const { text } = await call('GET', '/metrics');
  t.match(text, 'apiserver_authorization_decisions_total{type="Node",name="node",decision="allowed"} ');
  const of = (rejected: boolean) =>
    `apiserver_admission_controller_admission_duration_seconds_count{name="NamespaceLifecycle",type="admit",operation="CREATE",rejected="${rejected}"} `;
  t.match(text, of(false));
  t.match(text, of(true));
  const quota =
    'apiserver_admission_controller_admission_duration_seconds_count{name="LimitRanger",type="admit"';
  t.match(text, quota);
});
