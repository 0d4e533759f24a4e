import t from 'tap';
import { type Answer, pick, readyServer } from './harness.js';

const configMaps = '/api/v1/namespaces/default/configmaps';
const services = '/api/v1/namespaces/default/services';
const merge = { 'content-type': 'application/merge-patch+json' };

function items(answer: Answer): readonly unknown[] {
  const found = answer.at('items');
  return Array.isArray(found) ? found : [];
}

t.test('two instances', async (t) => {
  const first = await readyServer();
  t.teardown(() => first.stop());
  const second = await readyServer(first.store, 'apiserver-1');
  t.teardown(() => second.stop());
  const both = [first, second];
  const other = (at: number) => both[(at + 1) % 2] ?? first;
  const one = (at: number) => both[at % 2] ?? first;

  t.test('what was written through one is read from the other: got, listed, selected, counted', async (t) => {
    for (let at = 0; at < 20; at += 1) {
      const name = `w${at}`;
      const made = await one(at).call('POST', configMaps, {
        body: { metadata: { name, labels: { at: `${at}` } } },
      });
      t.equal(made.code, 201);
      const [got, listed, selected, paged] = await Promise.all([
        other(at).call('GET', `${configMaps}/${name}`),
        other(at).call('GET', configMaps),
        other(at).call('GET', configMaps, { query: { labelSelector: `at=${at}` } }),
        other(at).call('GET', configMaps, { query: { limit: '1' } }),
      ]);
      t.equal(got.code, 200);
      t.ok(items(listed).some((item) => pick(item, 'metadata.name') === name));
      t.equal(items(selected).length, 1);
      t.ok(Number(paged.at('metadata.resourceVersion')) >= Number(made.at('metadata.resourceVersion')));
      await one(at).call('DELETE', `${configMaps}/${name}`);
      t.equal((await other(at).call('GET', `${configMaps}/${name}`)).code, 404);
      t.notOk(
        items(await other(at).call('GET', configMaps)).some((item) => pick(item, 'metadata.name') === name),
      );
    }
  });

  t.test('a list goes on at the other, at the same revision', async (t) => {
    for (const name of ['p1', 'p2', 'p3'])
      await first.call('POST', configMaps, { body: { metadata: { name } } });
    const page = await first.call('GET', configMaps, { query: { limit: '1' } });
    await first.call('POST', configMaps, { body: { metadata: { name: 'p0' } } });
    const rest = await second.call('GET', configMaps, {
      query: { continue: String(page.at('metadata.continue')) },
    });
    t.equal(rest.at('metadata.resourceVersion'), page.at('metadata.resourceVersion'));
    t.notOk(items(rest).some((item) => pick(item, 'metadata.name') === 'p0'));
    t.ok(items(rest).some((item) => pick(item, 'metadata.name') === 'p3'));
  });

  t.test('names that are made up are made up once', async (t) => {
    const made = await Promise.all(
      Array.from({ length: 100 }, (_, at) =>
        one(at).call('POST', configMaps, { body: { metadata: { generateName: 'g-' } } }),
      ),
    );
    t.same(new Set(made.map(({ code }) => code)), new Set([201]));
    t.equal(new Set(made.map((answer) => answer.at('metadata.name'))).size, made.length);
  });

  t.test('an address and a port are given once, whoever asks where at the same time', async (t) => {
    const spec = { type: 'NodePort', ports: [{ port: 80 }] };
    const made = await Promise.all(
      Array.from({ length: 40 }, (_, at) =>
        one(at).call('POST', services, { body: { metadata: { name: `s${at}` }, spec } }),
      ),
    );
    t.same(new Set(made.map(({ code }) => code)), new Set([201]));
    t.equal(new Set(made.map((answer) => answer.at('spec.clusterIP'))).size, made.length);
    t.equal(new Set(made.map((answer) => answer.at('spec.ports.0.nodePort'))).size, made.length);
    const wanted = { ...spec, ports: [{ port: 80, nodePort: 31_777 }] };
    const raced = await Promise.all(
      Array.from({ length: 10 }, (_, at) =>
        one(at).call('POST', services, { body: { metadata: { name: `r${at}` }, spec: wanted } }),
      ),
    );
    t.equal(raced.filter(({ code }) => code === 201).length, 1);
    t.ok(raced.every(({ code }) => code === 201 || code === 422));
    t.match(raced.find(({ code }) => code === 422)?.at('message'), /provided port is already allocated/);
  });

  t.test('writers through both lose nothing: each change of a counter is there', async (t) => {
    await first.call('POST', configMaps, { body: { metadata: { name: 'counter' } } });
    const writes = await Promise.all(
      Array.from({ length: 30 }, (_, at) =>
        one(at).call('PATCH', `${configMaps}/counter`, {
          body: { data: { [`k${at}`]: 'v' } },
          headers: merge,
        }),
      ),
    );
    const done = writes.filter(({ code }) => code === 200).length;
    t.ok(writes.every(({ code }) => code === 200 || code === 409));
    const { json } = await second.call('GET', `${configMaps}/counter`);
    t.equal(Object.keys(Object(pick(json, 'data'))).length, done);
  });
});
