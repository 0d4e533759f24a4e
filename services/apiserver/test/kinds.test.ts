import { definitionKind, groupVersionOf, type KindInfo, kinds, objectPath, viewKinds } from '@kubelab/api';
import t from 'tap';
import { createInProcessTransport } from '../src/index.js';
import { type Answer, admin, eventually, pick, readyServer, type TestServer } from './harness.js';
import { samples } from './samples.js';

const merge = { 'content-type': 'application/merge-patch+json' };
const apply = { 'content-type': 'application/apply-patch+yaml' };
const table = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' };
const served = [...kinds, ...viewKinds];

const keyOf = (kind: KindInfo) => `${groupVersionOf(kind)} ${kind.kind}`;
const failure = (answer: Answer) => (answer.code < 300 ? '' : `${answer.code} ${answer.text}`);

/** Kubernetes' own columns (pkg/printers/internalversion); behind the bar those of `-o wide`. */
const created = 'Name Created-At';
const headers: Readonly<Record<string, string>> = {
  ConfigMap: 'Name Data Age',
  Endpoints: 'Name Endpoints Age',
  Event: 'Last-Seen Type Reason Object Message | Subobject Source First-Seen Count Name',
  LimitRange: created,
  Namespace: 'Name Status Age',
  Node: 'Name Status Roles Age Version | Internal-IP External-IP OS-Image Kernel-Version Container-Runtime',
  PersistentVolume:
    'Name Capacity Access-Modes Reclaim-Policy Status Claim StorageClass VolumeAttributesClass Reason Age | VolumeMode',
  PersistentVolumeClaim:
    'Name Status Volume Capacity Access-Modes StorageClass VolumeAttributesClass Age | VolumeMode',
  Pod: 'Name Ready Status Restarts Age | IP Node Nominated-Node Readiness-Gates',
  PodTemplate: 'Name Containers Images Pod-Labels',
  ReplicationController: 'Name Desired Current Ready Age | Containers Images Selector',
  ResourceQuota: 'Name Request Limit Age',
  Secret: 'Name Type Data Age',
  ServiceAccount: 'Name Secrets Age',
  Service: 'Name Type Cluster-IP External-IP Port(s) Age | Selector',
  ControllerRevision: 'Name Controller Revision Age',
  DaemonSet: 'Name Desired Current Ready Up-to-date Available Node-Selector Age | Containers Images Selector',
  Deployment: 'Name Ready Up-to-date Available Age | Containers Images Selector',
  ReplicaSet: 'Name Desired Current Ready Age | Containers Images Selector',
  StatefulSet: 'Name Ready Age | Containers Images',
  HorizontalPodAutoscaler: 'Name Reference Targets MinPods MaxPods Replicas Age',
  CronJob: 'Name Schedule Timezone Suspend Active Last-Schedule Age | Containers Images Selector',
  Job: 'Name Status Completions Duration Age | Containers Images Selector',
  CertificateSigningRequest: 'Name Age SignerName Requestor RequestedDuration Condition',
  Lease: 'Name Holder Age',
  EndpointSlice: 'Name AddressType Ports Endpoints Age',
  Ingress: 'Name Class Hosts Address Ports Age',
  IngressClass: 'Name Controller Parameters Age',
  IPAddress: 'Name ParentRef',
  NetworkPolicy: 'Name Pod-Selector Age',
  ServiceCIDR: 'Name CIDRs Age',
  RuntimeClass: 'Name Handler Age',
  PodDisruptionBudget: 'Name Min-Available Max-Unavailable Allowed-Disruptions Age',
  ClusterRole: created,
  Role: created,
  ClusterRoleBinding: 'Name Role Age | Users Groups ServiceAccounts',
  RoleBinding: 'Name Role Age | Users Groups ServiceAccounts',
  DeviceClass: 'Name Age',
  ResourceClaim: 'Name State Age',
  ResourceClaimTemplate: 'Name Age',
  ResourceSlice: 'Name Node Driver Pool Age',
  PriorityClass: 'Name Value Global-Default Age PreemptionPolicy',
  CSIDriver: 'Name AttachRequired PodInfoOnMount StorageCapacity TokenRequests RequiresRepublish Modes Age',
  CSINode: 'Name Drivers Age',
  CSIStorageCapacity: 'Name StorageClassName Capacity',
  StorageClass: 'Name Provisioner ReclaimPolicy VolumeBindingMode AllowVolumeExpansion Age',
  VolumeAttachment: 'Name Attacher PV Node Attached Age',
  VolumeAttributesClass: 'Name DriverName Age',
  MutatingAdmissionPolicy: 'Name Mutations ParamKind Age',
  MutatingAdmissionPolicyBinding: 'Name PolicyName ParamRef Age',
  MutatingWebhookConfiguration: 'Name Webhooks Age',
  ValidatingAdmissionPolicy: 'Name Validations ParamKind Age',
  ValidatingAdmissionPolicyBinding: 'Name PolicyName ParamRef Age',
  ValidatingWebhookConfiguration: 'Name Webhooks Age',
  CustomResourceDefinition: created,
  APIService: 'Name Service Available Age',
  FlowSchema: 'Name PriorityLevel MatchingPrecedence DistinguisherMethod Age MissingPL',
  PriorityLevelConfiguration: 'Name Type NominalConcurrencyShares Queues HandSize QueueLengthLimit Age',
};

interface TableAnswer {
  readonly columnDefinitions: readonly { readonly name: string; readonly priority: number }[];
  readonly rows: readonly { readonly cells: readonly unknown[] }[];
}

function isTable(value: unknown): value is TableAnswer {
  return typeof value === 'object' && value !== null && 'columnDefinitions' in value;
}

/** What a watch that began at a revision sees until the object is gone. */
async function lifeOf(server: TestServer, path: string, resourceVersion: string, name: string) {
  const transport = createInProcessTransport(server.world, server.apiserver.handler, admin);
  const stop = new AbortController();
  const query = { watch: 'true', resourceVersion, fieldSelector: `metadata.name=${name}` };
  const stream = await transport.stream({ method: 'GET', path, query, signal: stop.signal });
  const types: string[] = [];
  const versions = new Set<unknown>();
  for await (const { bytes } of stream)
    for (const line of Buffer.from(bytes).toString().split('\n').filter(Boolean)) {
      const event: unknown = JSON.parse(line);
      types.push(String(pick(event, 'type')));
      versions.add(pick(event, 'object.apiVersion'));
      if (types.at(-1) === 'DELETED') stop.abort();
    }
  return { types: [...new Set(types)], versions: [...versions] };
}

t.test('every kind', async (t) => {
  const server = await readyServer();
  t.teardown(() => server.stop());
  const { call } = server;

  for (const kind of served) {
    t.test(keyOf(kind), async (t) => {
      const sample = samples[keyOf(kind)] ?? samples[kind.kind];
      if (sample === undefined) throw new Error(`no sample of ${keyOf(kind)}`);
      const namespace = kind.namespaced ? 'default' : undefined;
      const { name = 'sample', cells, status: wanted, ...body } = sample;
      const collection = objectPath(kind, namespace);
      const path = objectPath(kind, namespace, name);

      const before = String((await call('GET', collection)).at('metadata.resourceVersion'));
      const made = await call('POST', collection, {
        body: { metadata: { name }, ...body },
        query: { fieldValidation: 'Strict' },
      });
      t.equal(failure(made), '', 'create');
      t.match(made.json, { apiVersion: groupVersionOf(kind), kind: kind.kind, metadata: { name } });
      t.match(made.at('metadata.generation'), kind.hasGeneration ? 1 : undefined);
      // The server itself writes the status of these.
      if (kind === definitionKind)
        await eventually('established', async () => (await call('GET', path)).text.includes('Established'));
      const got = await call('GET', path);
      if (kind !== definitionKind) t.same(got.json, made.json, 'what is read is what was answered');

      const put = await call('PUT', path, { body: got.json });
      t.equal(failure(put), '', 'update');
      t.equal(
        put.at('metadata.resourceVersion'),
        got.at('metadata.resourceVersion'),
        'what was answered is what would be written',
      );
      const patch = { metadata: { labels: { patched: 'yes' } } };
      const patched = await call('PATCH', path, { body: patch, headers: merge });
      t.equal(failure(patched), '', 'patch');
      t.match(patched.json, patch);
      const query = { fieldManager: 'test', force: 'true' };
      const intent = {
        apiVersion: groupVersionOf(kind),
        kind: kind.kind,
        metadata: { name, annotations: { a: 'b' } },
      };
      const applied = await call('PATCH', path, { body: intent, headers: apply, query });
      t.equal(failure(applied), '', 'apply');
      t.equal(
        applied.at('metadata.generation'),
        made.at('metadata.generation'),
        'labels are no new generation',
      );

      if (kind.hasStatus && wanted !== undefined) {
        const status = await call('PATCH', `${path}/status`, {
          body: { status: wanted },
          headers: merge,
        });
        t.equal(failure(status), '', 'status');
        t.match(status.at('status'), wanted);
        const ignored = await call('PATCH', path, { body: { status: null }, headers: merge });
        t.match(ignored.at('status'), wanted, 'status is written through /status alone');
      }

      const listed = await call('GET', collection, { query: { labelSelector: 'patched=yes' } });
      t.match(listed.json, { kind: kind.listKind, apiVersion: groupVersionOf(kind) });
      t.equal(listed.at('items.0.metadata.name'), name);
      const printed = (
        await call('GET', collection, { headers: table, query: { labelSelector: 'patched=yes' } })
      ).json;
      if (!isTable(printed)) throw new Error('no table');
      const columns = printed.columnDefinitions.map((one) => ({
        ...one,
        name: one.name.replaceAll(' ', '-'),
      }));
      const of = (wide: boolean) => columns.filter((one) => one.priority > 0 === wide).map((one) => one.name);
      const text = [of(false).join(' '), of(true).join(' ')].filter((part) => part !== '').join(' | ');
      t.equal(text, headers[kind.kind]);
      for (const cell of printed.rows[0]?.cells ?? [undefined])
        t.match(typeof cell, /^(string|number|boolean)$/, `a cell of ${kind.kind}`);
      if (cells !== undefined) t.match(printed.rows[0]?.cells, cells, 'cells');

      const gone = await call('DELETE', path, { body: { propagationPolicy: 'Background' } });
      t.equal(failure(gone), '', 'delete');
      if (kind.kind === 'Namespace') {
        const { code } = await call('PUT', `${path}/finalize`, {
          body: { metadata: { name }, spec: { finalizers: [] } },
        });
        t.equal(code, 200, 'a namespace waits for its controller');
      }
      if (kind === definitionKind)
        await eventually('cleaned up', async () => (await call('GET', path)).code === 404);
      if (kind.kind.startsWith('PersistentVolume')) {
        const body = { metadata: { finalizers: null } };
        const { code } = await call('PATCH', path, { body, headers: merge });
        t.equal(code, 200, 'what may be in use waits for its controller');
      }
      t.equal((await call('GET', path)).code, 404);
      t.same(
        await lifeOf(server, collection, before, name),
        { types: ['ADDED', 'MODIFIED', 'DELETED'], versions: [groupVersionOf(kind)] },
        'watch',
      );
    });
  }
});
