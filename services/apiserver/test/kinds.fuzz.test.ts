import { groupVersionOf, type KindInfo, kinds, objectPath, viewKinds } from '@kubelab/api';
import fc from 'fast-check';
import t from 'tap';
import { readyServer } from './harness.js';
import { object } from './random-objects.js';

const runsPerKind = 40;
const table = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' };

t.test(
  'whatever is sent of any kind is taken or refused, and what is taken can be read, printed and sent back',
  async (t) => {
    const server = await readyServer();
    t.teardown(() => server.stop());
    const { call } = server;
    let taken = 0;

    const tried = async (kind: KindInfo, body: Record<string, unknown>) => {
      const path = objectPath(kind, kind.namespaced ? 'default' : undefined);
      const made = await call('POST', path, { body: { metadata: { name: 'fuzz' }, ...body } });
      if (made.code >= 500) throw new Error(`${made.code} ${made.text}`);
      if (made.code !== 201) return;
      taken += 1;
      const own = `${path}/fuzz`;
      const put = await call('PUT', own, { body: made.json });
      if (put.code !== 200) throw new Error(`what was answered is refused: ${put.text}`);
      if (put.at('metadata.resourceVersion') !== made.at('metadata.resourceVersion'))
        throw new Error(`what was answered would be changed: ${made.text} became ${put.text}`);
      const status = await call('PATCH', `${own}/status`, {
        body: { status: body.status ?? {} },
        headers: { 'content-type': 'application/merge-patch+json' },
      });
      if (status.code >= 500) throw new Error(`status: ${status.text}`);
      const printed = await call('GET', own, { headers: table });
      if (printed.code !== 200) throw new Error(`not printed: ${printed.text}`);
      const gone = await call('DELETE', own, {
        body: { propagationPolicy: 'Background', gracePeriodSeconds: 0 },
      });
      if (gone.code !== 200) throw new Error(`not deleted: ${gone.text}`);
    };

    for (const kind of [...kinds, ...viewKinds].filter((one) => one.kind !== 'Namespace')) {
      const property = fc.asyncProperty(fc.gen(), (draw) => tried(kind, object(draw, kind.schema, 0)));
      const { failed, counterexample, errorInstance, seed } = await fc.check(property, {
        numRuns: runsPerKind,
        endOnFailure: true,
      });
      const why = errorInstance instanceof Error ? errorInstance.message : '';
      t.notOk(
        failed,
        `${groupVersionOf(kind)} ${kind.kind} ${failed ? `seed ${seed} ${why} ${String(counterexample)}` : ''}`,
      );
    }
    t.ok(taken > 100, `${taken} objects were taken`);
  },
);
