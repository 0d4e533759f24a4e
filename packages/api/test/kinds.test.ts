import t from 'tap';
import { resources } from '../src/generated/resources.js';
import { schema } from '../src/generated/schema.js';
import {
  findKind,
  findResourceByName,
  fromStored,
  groupVersionOf,
  groupVersions,
  hasType,
  objectType,
  rulesOf,
  toStored,
} from '../src/index.js';
import { parseResource } from '../src/kind-rows.js';
import { kinds, reviewKinds, viewKinds } from '../src/kinds.js';
import { ruledTypes, shortType } from '../src/rules/index.js';
import { kindRules } from '../src/rules/kinds.js';
import { accepted } from './support.js';

const everyKind = [...kinds, ...viewKinds, ...reviewKinds];
/** Long deprecated. */
const unserved = ['ComponentStatus', 'Binding'];

/** The document knows one action, connect; discovery tells each method as the verb that RBAC asks for. */
const connects = (subresource: string) =>
  subresource === 'proxy' ? ['create', 'delete', 'get', 'patch', 'update'] : ['create', 'get'];

t.test(
  'every stable resource of the document is a kind, with its scope, verbs and subresources',
  async (t) => {
    for (const line of resources) {
      const told = parseResource(line);
      const kind = findKind(told);
      if (kind === undefined) {
        t.ok(unserved.includes(told.kind), `${told.kind} is not served`);
        continue;
      }
      const { resource, namespaced, schema: root } = kind;
      t.same(
        { resource, namespaced, schema: root },
        { resource: told.resource, namespaced: told.namespaced, schema: told.schema },
      );
      t.same([...kind.verbs].sort(), [...told.verbs].sort(), `verbs of ${told.kind}`);
      for (const sub of kind.subresources) {
        const its = told.subresources.find(({ name }) => name === sub.name);
        const verbs = (its?.verbs ?? []).flatMap((verb) => (verb === 'connect' ? connects(sub.name) : verb));
        t.same([...sub.verbs].sort(), verbs.sort(), `${told.resource}/${sub.name}`);
      }
      const named = (name: string) =>
        [told, kind].map((one) => one.subresources.some((sub) => sub.name === name));
      for (const name of ['status', 'scale'])
        t.same(named(name)[0], named(name)[1], `${told.resource}/${name}`);
    }
    t.equal(everyKind.length, resources.length - unserved.length);
  },
);

t.test('names mean one kind, short names too', async (t) => {
  t.equal(findResourceByName('hpa')?.version, 'v2');
  t.equal(findResourceByName('events')?.group, '');
  t.equal(findResourceByName('events.events.k8s.io')?.group, 'events.k8s.io');
  const shorts = kinds.flatMap(({ shortNames }) => shortNames);
  t.equal(new Set(shorts).size, shorts.length);
  const order = groupVersions().map(groupVersionOf);
  t.ok(order.indexOf('autoscaling/v2') < order.indexOf('autoscaling/v1'), 'the preferred version is first');
  t.equal(new Set(order).size, order.length);
});

t.test('rules are about types and fields that there are', async (t) => {
  const names = new Map(Object.keys(schema).map((name) => [shortType(name), name]));
  for (const type of ruledTypes) {
    const name = names.get(type) ?? '';
    t.ok(hasType(name), type);
    const { defaults, required, enums, ranges } = rulesOf(name);
    for (const field of [
      ...Object.keys(defaults),
      ...required,
      ...Object.keys(enums),
      ...Object.keys(ranges),
    ])
      t.ok(objectType(name).has(field), `${type}.${field}`);
    for (const [field, values] of Object.entries(enums)) {
      const fallback = defaults[field];
      if (typeof fallback === 'string')
        t.ok(values.includes(fallback), `${type}.${field} is one of its values`);
      t.same([...values].sort(), values, `${type}.${field}: in the order in which they are told`);
    }
  }
  const known = new Set(kinds.map(({ group, kind }) => `${group}/${kind}`));
  for (const [key, { status }] of Object.entries(kindRules)) {
    t.ok(known.has(key), key);
    const kind = kinds.find((one) => `${one.group}/${one.kind}` === key);
    if (status !== undefined) t.equal(kind?.hasStatus, true, `${key} has a status`);
  }
});

t.test('both forms of an object say the same, and nothing gets lost between them', async (t) => {
  const form = (group: string, version: string, kind: string) => {
    const found = findKind({ group, version, kind });
    if (found === undefined) throw new Error('no such kind');
    return found;
  };
  const v1 = form('autoscaling', 'v1', 'HorizontalPodAutoscaler');
  const v2 = form('autoscaling', 'v2', 'HorizontalPodAutoscaler');
  const pods = {
    type: 'Pods',
    pods: { metric: { name: 'rps' }, target: { type: 'AverageValue', averageValue: '5' } },
  };
  const cpu = {
    type: 'Resource',
    resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 70 } },
  };
  const stored = accepted(v2, {
    metadata: { name: 'x' },
    spec: {
      scaleTargetRef: { kind: 'Deployment', name: 'd' },
      maxReplicas: 3,
      metrics: [cpu, pods],
      behavior: { scaleUp: { stabilizationWindowSeconds: 5 } },
    },
    status: { desiredReplicas: 1, conditions: [{ type: 'AbleToScale', status: 'True' }] },
  });
  const seen = fromStored(v1, stored);
  t.match(seen, {
    apiVersion: 'autoscaling/v1',
    spec: { targetCPUUtilizationPercentage: 70, maxReplicas: 3 },
  });
  t.same(JSON.parse(seen.metadata.annotations?.['autoscaling.alpha.kubernetes.io/metrics'] ?? ''), [pods]);
  t.same(toStored(v1, seen), stored);
  const given = accepted(v1, {
    metadata: { name: 'x' },
    spec: { scaleTargetRef: { kind: 'D', name: 'd' }, maxReplicas: 3 },
  });
  t.match(toStored(v1, given).spec, { metrics: [{ resource: { target: { averageUtilization: 80 } } }] });
  const spoiled = {
    ...given,
    metadata: { ...given.metadata, annotations: { 'autoscaling.alpha.kubernetes.io/metrics': '{' } },
  };
  t.same(toStored(v1, spoiled).metadata.annotations, { 'autoscaling.alpha.kubernetes.io/metrics': '{' });

  const core = form('', 'v1', 'Event');
  const own = form('events.k8s.io', 'v1', 'Event');
  const event = accepted(core, {
    metadata: { name: 'e' },
    involvedObject: { kind: 'Pod', name: 'p' },
    message: 'm',
    count: 3,
    source: { component: 'c' },
    reportingComponent: 'r',
    reason: 'R',
  });
  t.match(fromStored(own, event), {
    apiVersion: 'events.k8s.io/v1',
    regarding: { name: 'p' },
    note: 'm',
    deprecatedCount: 3,
    deprecatedSource: { component: 'c' },
    reportingController: 'r',
    reason: 'R',
  });
  t.same(toStored(own, fromStored(own, event)), event);
});
