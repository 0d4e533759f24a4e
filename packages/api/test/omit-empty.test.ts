import t from 'tap';
import { omitEmpty } from '../src/omit-empty.js';

t.test('optional lists and maps that hold nothing are not stored, at any depth', async (t) => {
  const pod = {
    metadata: { name: 'p', labels: {}, annotations: { a: '' }, finalizers: [], ownerReferences: [] },
    spec: {
      containers: [{ name: 'c', env: [], ports: [{ containerPort: 1 }], resources: { limits: {} } }],
      nodeSelector: {},
      securityContext: {},
      volumes: [{ name: 'v', emptyDir: {} }],
    },
  };
  omitEmpty('io.k8s.api.core.v1.Pod', pod);
  t.same(pod, {
    metadata: { name: 'p', annotations: { a: '' } },
    spec: {
      containers: [{ name: 'c', ports: [{ containerPort: 1 }], resources: {} }],
      securityContext: {},
      volumes: [{ name: 'v', emptyDir: {} }],
    },
  });
});

t.test('required ones stay, and so does what the schema leaves open', async (t) => {
  const crd = { spec: { versions: [], names: { plural: 'a', categories: [] } } };
  omitEmpty('io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinition', crd);
  t.same(crd, { spec: { versions: [], names: { plural: 'a' } } });
  const revision = { data: { list: [], map: {} }, revision: 1 };
  omitEmpty('io.k8s.api.apps.v1.ControllerRevision', revision);
  t.same(revision, { data: { list: [], map: {} }, revision: 1 });
});
