import t from 'tap';
import type { UserInfo } from '../src/index.js';
import { eventually, readyServer } from './harness.js';

const node = (name: string): UserInfo => ({
  name: `system:node:${name}`,
  groups: ['system:nodes', 'system:authenticated'],
});
const one = { user: node('node-1') };
const two = { user: node('node-2') };
const merge = { 'content-type': 'application/merge-patch+json' };

/** https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#noderestriction */
t.test('what a kubelet writes is its own', async (t) => {
  const server = await readyServer();
  t.teardown(() => server.stop());
  const { call } = server;
  const pods = '/api/v1/namespaces/default/pods';
  const message = async (answer: ReturnType<typeof call>) => (await answer).at('message');
  const registered = await call('POST', '/api/v1/nodes', { ...one, body: { metadata: { name: 'node-1' } } });
  const nodeUid = registered.at('metadata.uid');

  t.test('its Node, without labels that draw workloads, and without a hand on its taints', async (t) => {
    t.equal(registered.code, 201);
    const make = (name: string, labels: object = {}) =>
      message(call('POST', '/api/v1/nodes', { ...one, body: { metadata: { name, labels } } }));
    t.equal(
      await make('node-2'),
      'nodes "node-2" is forbidden: node "node-1" is not allowed to modify node "node-2"',
    );
    const patch = (body: object, path = '/api/v1/nodes/node-1') =>
      call('PATCH', path, { ...one, headers: merge, body });
    t.equal((await patch({ metadata: { labels: { 'kubernetes.io/os': 'linux', mine: 'yes' } } })).code, 200);
    const labels = { 'node-restriction.kubernetes.io/zone': 'a', 'x.k8s.io/y': 'b' };
    t.equal(
      await message(patch({ metadata: { labels } })),
      'nodes "node-1" is forbidden: is not allowed to modify labels: node-restriction.kubernetes.io/zone, x.k8s.io/y',
    );
    t.equal(
      await message(patch({ spec: { taints: [] } })),
      'nodes "node-1" is forbidden: node "node-1" is not allowed to modify taints',
    );
    t.equal((await patch({ status: { phase: 'Running' } }, '/api/v1/nodes/node-1/status')).code, 200);
    const other = await call('PATCH', '/api/v1/nodes/node-1/status', { ...two, headers: merge, body: {} });
    t.equal(
      other.at('message'),
      'nodes "node-1" is forbidden: node "node-2" is not allowed to modify node "node-1"',
    );
    t.equal(
      await make('node-1', { 'node-role.kubernetes.io/master': '' }),
      'nodes "node-1" is forbidden: node "node-1" is not allowed to set the following labels: node-role.kubernetes.io/master',
    );
  });

  t.test('its lease', async (t) => {
    const leases = '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases';
    const make = (name: string) => call('POST', leases, { ...one, body: { metadata: { name }, spec: {} } });
    t.equal((await make('node-1')).code, 201);
    t.match(
      await message(make('node-2')),
      /: can only access node lease with the same name as the requesting node$/,
    );
  });

  t.test('the status of its pods, and their deletion', async (t) => {
    const body = { metadata: { name: 'p' }, spec: { containers: [{ name: 'c', image: 'nginx' }] } };
    await call('POST', pods, { body });
    await call('POST', `${pods}/p/binding`, { body: { target: { kind: 'Node', name: 'node-1' } } });
    const status = (who: typeof one, change: object) =>
      call('PATCH', `${pods}/p/status`, { ...who, headers: merge, body: change });
    t.equal((await status(one, { status: { phase: 'Running' } })).code, 200);
    t.equal(
      await message(status(two, { status: { phase: 'Failed' } })),
      'pods "p" is forbidden: node "node-2" can only update pod status for pods with spec.nodeName set to itself',
    );
    t.equal(
      await message(call('DELETE', `${pods}/p`, two)),
      'pods "p" is forbidden: node "node-2" can only delete pods with spec.nodeName set to itself',
    );
    t.equal((await call('POST', `${pods}/p/eviction`, { ...two, body: {} })).code, 403);
    t.equal((await call('DELETE', `${pods}/p`, { ...one, query: { gracePeriodSeconds: '0' } })).code, 200);
  });

  t.test('mirror pods that lead to nothing', async (t) => {
    const owner = { apiVersion: 'v1', kind: 'Node', name: 'node-1', uid: nodeUid, controller: true };
    const make = (more: { owners?: object[]; mirror?: boolean; spec?: object }) =>
      call('POST', pods, {
        ...one,
        body: {
          metadata: {
            name: 'static',
            ownerReferences: more.owners ?? [owner],
            ...(more.mirror === false ? {} : { annotations: { 'kubernetes.io/config.mirror': 'x' } }),
          },
          spec: { nodeName: 'node-1', containers: [{ name: 'c', image: 'nginx' }], ...more.spec },
        },
      });
    const own = 'node "node-1" can only create pods with';
    const secret = { name: 'v', secret: { secretName: 's' } };
    const claim = { name: 'v', persistentVolumeClaim: { claimName: 'c' } };
    const table: readonly (readonly [Parameters<typeof make>[0], string])[] = [
      [
        { mirror: false },
        'pod does not have "kubernetes.io/config.mirror" annotation, node "node-1" can only create mirror pods',
      ],
      [{ spec: { nodeName: 'node-2' } }, `${own} spec.nodeName set to itself`],
      [{ owners: [] }, `${own} an owner reference set to itself`],
      [{ owners: [owner, { ...owner, uid: 'x' }] }, `${own} a single owner reference set to itself`],
      [{ owners: [{ ...owner, name: 'node-2' }] }, `${own} an owner reference set to itself`],
      [{ owners: [{ ...owner, controller: false }] }, `${own} a controller owner reference set to itself`],
      [
        { owners: [{ ...owner, blockOwnerDeletion: true }] },
        'node "node-1" must not set blockOwnerDeletion on an owner reference',
      ],
      [{ owners: [{ ...owner, uid: 'x' }] }, `node node-1 UID mismatch: expected x got ${nodeUid}`],
      [{ spec: { volumes: [secret] } }, 'node "node-1" can not create pods that reference secrets'],
      [
        { spec: { volumes: [claim] } },
        'node "node-1" can not create pods that reference persistentvolumeclaims',
      ],
    ];
    for (const [more, why] of table) t.equal(await message(make(more)), `pods "static" is forbidden: ${why}`);
  });

  t.test('tokens for its pods', async (t) => {
    const accounts = '/api/v1/namespaces/default/serviceaccounts';
    await call('POST', accounts, { body: { metadata: { name: 'runner' } } });
    const sources = [
      { serviceAccountToken: { path: 'token' } },
      { serviceAccountToken: { path: 'vault', audience: 'vault' } },
    ];
    const spec = {
      serviceAccountName: 'runner',
      containers: [{ name: 'c', image: 'nginx' }],
      volumes: [{ name: 't', projected: { sources } }],
    };
    for (const [name, where] of [
      ['here', 'node-1'],
      ['there', 'node-2'],
    ]) {
      await call('POST', pods, { body: { metadata: { name }, spec } });
      await call('POST', `${pods}/${name}/binding`, { body: { target: { kind: 'Node', name: where } } });
    }
    const uidOf = async (name: string) => (await call('GET', `${pods}/${name}`)).at('metadata.uid');
    const [here, there] = [await uidOf('here'), await uidOf('there')];
    const ask = (ref?: object, audiences: readonly string[] = []) => {
      const boundObjectRef = { apiVersion: 'v1', kind: 'Pod', ...ref };
      const body = { spec: ref === undefined ? {} : { audiences, boundObjectRef } };
      return call('POST', `${accounts}/runner/token`, { ...one, body });
    };
    await eventually('the pods are known', async () => (await ask({ name: 'here', uid: here })).code === 201);
    const table: readonly (readonly [object | undefined, string])[] = [
      [undefined, 'node requested token not bound to a pod'],
      [{ kind: 'Secret', name: 's', uid: 'x' }, 'node requested token not bound to a pod'],
      [{ name: 'here' }, 'node requested token with a pod binding without a uid'],
      [
        { name: 'here', uid: 'x' },
        'the UID in the bound object reference (x) does not match the UID in record. ' +
          'The object might have been deleted and then recreated',
      ],
      [{ name: 'there', uid: there }, 'node requested token bound to a pod scheduled on a different node'],
    ];
    for (const [ref, why] of table)
      t.equal(await message(ask(ref)), `serviceaccounts "runner" is forbidden: ${why}`);
    const own = { name: 'here', uid: here };
    t.equal((await ask(own, ['vault'])).code, 201);
    t.equal(
      await message(ask(own, ['elsewhere'])),
      'serviceaccounts "runner" is forbidden: audience "elsewhere" not found in pod spec volume, ' +
        'system:node:node-1 is not authorized to request tokens for this audience',
    );
    t.equal((await ask(own, ['vault', 'elsewhere'])).code, 403);
    t.match(
      await message(call('POST', `${accounts}/other/token`, { ...one, body: { spec: {} } })),
      /no relationship found between node 'node-1' and this object$/,
    );
  });
});
