import { groupVersionOf, groupVersions } from '@kubelab/api';
import t from 'tap';
import { discoveryFacts } from './discovery-facts.js';
import { type Answer, pick, readyServer } from './harness.js';

const aggregated = (version: string) =>
  `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`;

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function found(answer: Answer, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((value, key) => Reflect.get(Object(value), key), answer.json);
}

t.test('discovery and schema', async (t) => {
  const server = await readyServer();
  t.teardown(() => server.stop());
  const { call } = server;

  t.test('every resource that is served is as the published OpenAPI has it', async (t) => {
    const facts = new Map(discoveryFacts.map((line) => [line.split(' ').slice(0, 2).join(' '), line]));
    for (const one of groupVersions()) {
      const groupVersion = groupVersionOf(one);
      const path = one.group === '' ? `/api/${groupVersion}` : `/apis/${groupVersion}`;
      for (const resource of list((await call('GET', path)).at('resources'))) {
        const name = String(pick(resource, 'name'));
        const scope = pick(resource, 'namespaced') === true ? 'namespaced' : 'cluster';
        const verbs = list(pick(resource, 'verbs')).map(String);
        t.same(verbs, [...verbs].sort(), `${name}: in order`);
        const told = `${groupVersion} ${name} ${scope} ${pick(resource, 'kind')} ${verbs.join(',')}`;
        t.equal(told, facts.get(`${groupVersion} ${name}`));
      }
    }
  });

  t.test('who has a document already is told so, by its ETag', async (t) => {
    const cases: readonly (readonly [string, string])[] = [
      ['/api', aggregated('v2')],
      ['/apis', aggregated('v2')],
      ['/apis', aggregated('v2beta1')],
      ['/openapi/v2', 'application/json'],
      ['/openapi/v3', 'application/json'],
      ['/openapi/v3/apis/apps/v1', 'application/json'],
    ];
    for (const [path, accept] of cases) {
      const first = await call('GET', path, { headers: { accept } });
      t.equal(first.code, 200, path);
      const etag = first.headers.etag ?? '';
      t.match(etag, /^"[0-9A-F]{64,}"$/);
      const again = await call('GET', path, { headers: { accept, 'if-none-match': etag } });
      t.same([again.code, again.text, again.headers.etag], [304, '', etag]);
      t.equal((await call('GET', path, { headers: { accept, 'if-none-match': '"other"' } })).code, 200);
    }
    const { headers } = await call('GET', '/apis', { headers: { accept: aggregated('v2') } });
    t.match(headers, { vary: 'Accept', 'content-type': aggregated('v2') });
  });

  t.test('versions of storage are hashed as Kubernetes does', async (t) => {
    const pods = list((await call('GET', '/api/v1')).at('resources')).find(
      (one) => pick(one, 'name') === 'pods',
    );
    t.equal(pick(pods, 'storageVersionHash'), 'xPOwRZ+Yhw8=');
  });

  t.test('a document asked for by its hash may be kept for ever', async (t) => {
    const index = await call('GET', '/openapi/v3');
    const url = String(pick(found(index, 'paths', 'apis/apps/v1'), 'serverRelativeURL'));
    const [path = '', hash = ''] = url.split('?hash=');
    const document = await call('GET', path, { query: { hash } });
    t.equal(document.headers['cache-control'], 'public, immutable');
    t.match(document.headers.expires, / GMT$/);
    const old = await call('GET', path, { query: { hash: 'OLD' } });
    t.same([old.code, old.headers.location], [301, url]);
    t.equal((await call('GET', '/openapi/v3/apis/none/v1')).code, 404);
  });

  t.test('every verb of every resource has an operation, in v2 and v3', async (t) => {
    const documents = new Map<string, unknown>();
    const v2 = await call('GET', '/openapi/v2');
    t.match(v2.json, { swagger: '2.0', info: { title: 'Kubernetes' } });
    for (const one of groupVersions()) {
      const name = `${one.group === '' ? 'api' : 'apis'}/${groupVersionOf(one)}`;
      documents.set(name, (await call('GET', `/openapi/v3/${name}`)).at('paths'));
      for (const kind of one.kinds) {
        const collection = `/${name}${kind.namespaced ? '/namespaces/{namespace}' : ''}/${kind.resource}`;
        for (const paths of [documents.get(name), v2.at('paths')]) {
          const actions = [collection, `${collection}/{name}`].flatMap((path) =>
            Object.values(Object(Reflect.get(Object(paths), path))).map((operation) =>
              pick(operation, 'x-kubernetes-action'),
            ),
          );
          const told = { create: 'post', update: 'put' };
          const wanted = kind.verbs
            .filter((verb) => verb !== 'watch')
            .map((verb) => Reflect.get(told, verb) ?? verb);
          t.same(
            actions.filter((action) => action !== undefined).sort(),
            wanted.sort(),
            `${name} ${kind.kind}`,
          );
        }
      }
    }
    const patch = found(v2, 'paths', '/apis/apps/v1/namespaces/{namespace}/deployments/{name}', 'patch');
    t.same(pick(patch, 'x-kubernetes-group-version-kind'), {
      group: 'apps',
      version: 'v1',
      kind: 'Deployment',
    });
    t.ok(list(pick(patch, 'parameters')).some((one) => pick(one, 'name') === 'fieldValidation'));
  });

  t.test('no reference leads nowhere', async (t) => {
    const { text, json } = await call('GET', '/openapi/v2');
    const definitions = Object(pick(json, 'definitions'));
    const names = new Set([...text.matchAll(/"#\/definitions\/([^"]+)"/g)].map(([, name = '']) => name));
    t.same(
      [...names].filter((name) => Reflect.get(definitions, name) === undefined),
      [],
    );
    for (const one of groupVersions()) {
      const name = `${one.group === '' ? 'api' : 'apis'}/${groupVersionOf(one)}`;
      const document = await call('GET', `/openapi/v3/${name}`);
      const schemas = Object(document.at('components.schemas'));
      const referred = new Set(
        [...document.text.matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map(([, to = '']) => to),
      );
      t.same(
        [...referred].filter((to) => Reflect.get(schemas, to) === undefined),
        [],
        name,
      );
    }
  });

  t.test('the protobuf form is named as Go can read it', async (t) => {
    const accept = 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf';
    const { headers, text } = await call('GET', '/openapi/v2', { headers: { accept } });
    t.equal(headers['content-type'], 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf');
    t.equal(text.slice(0, 5), '\n\u00032.0', 'field 1: the version');
    t.match(text, 'io.k8s.api.core.v1.PodSpec');
  });

  t.test('health is told as Kubernetes tells it', async (t) => {
    const text = async (path: string, query: Record<string, string> = {}) => {
      const answer = await call('GET', path, { query });
      return [answer.code, answer.text];
    };
    t.same(await text('/livez'), [200, 'ok']);
    t.same(await text('/livez', { verbose: '' }), [200, '[+]ping ok\n[+]log ok\nlivez check passed\n']);
    t.same(await text('/livez', { verbose: '', exclude: 'log' }), [
      200,
      '[+]ping ok\n[+]log excluded: ok\nlivez check passed\n',
    ]);
    t.same(await text('/livez', { verbose: 'true', exclude: 'x' }), [
      200,
      '[+]ping ok\n[+]log ok\nwarn: some health checks cannot be excluded: no matches for "x"\nlivez check passed\n',
    ]);
    t.same(await text('/livez/ping'), [200, 'ok']);
    t.equal((await call('GET', '/livez/none')).code, 404);
    t.same(await text('/readyz/poststarthook/bootstrap'), [200, 'ok']);
    t.match(
      (await call('GET', '/readyz', { query: { verbose: '' } })).text,
      /^\[\+\]ping ok\n[\s\S]*readyz check passed\n$/,
    );
    server.store.away = true;
    t.teardown(() => {
      server.store.away = false;
    });
    for (;;) {
      const [code, told] = await text('/readyz', { exclude: 'etcd' });
      t.equal(code, 200, 'what is excluded is not asked');
      t.equal(told, 'ok');
      if ((await call('GET', '/readyz')).code === 500) break;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    t.match((await text('/readyz'))[1], /\[-\]etcd failed: reason withheld\n[\s\S]*readyz check failed\n$/);
    t.match((await text('/readyz/etcd'))[1], /^internal server error: /);
  });

  t.test('the root names what there is', async (t) => {
    const paths = list((await call('GET', '/')).at('paths'));
    for (const path of [
      '/api',
      '/api/v1',
      '/apis',
      '/apis/apps',
      '/apis/apps/v1',
      '/livez/ping',
      '/metrics',
      '/openapi/v2',
      '/version',
    ])
      t.ok(paths.includes(path), path);
    for (const path of paths) t.not((await call('GET', String(path))).code, 404, String(path));
  });
});
