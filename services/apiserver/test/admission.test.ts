import t from 'tap';
import { type Answer, eventually, readyServer } from './harness.js';

const v1 = '/api/v1/namespaces/default';
const merge = { 'content-type': 'application/merge-patch+json' };
const container = (more: object = {}) => ({ name: 'c', image: 'i:1', ...more });
const pod = (name: string, spec: object = {}, one: object = {}) => ({
  metadata: { name },
  spec: { containers: [container(one)], ...spec },
});
const failed = (answer: Answer) => `${answer.code} ${answer.at('message')}`;

t.test('admission', async (t) => {
  const server = await readyServer();
  t.teardown(() => server.stop());
  const { call } = server;
  const make = async (path: string, body: object) => {
    const answer = await call('POST', path, { body });
    t.equal(answer.code, 201, failed(answer));
    return answer;
  };
  const dry = { dryRun: 'All' };
  const pods = (namespace = 'default') => `/api/v1/namespaces/${namespace}/pods`;
  const inNamespace = async (name: string, labels: object = {}) => {
    await make('/api/v1/namespaces', { metadata: { name, labels } });
    await make(`/api/v1/namespaces/${name}/serviceaccounts`, { metadata: { name: 'default' } });
  };

  t.test('a new cluster has its classes, accounts and flows', async (t) => {
    const scheduling = '/apis/scheduling.k8s.io/v1/priorityclasses';
    t.equal((await call('GET', `${scheduling}/system-node-critical`)).at('value'), 2_000_001_000);
    t.equal((await call('GET', `${v1}/serviceaccounts/default`)).code, 200);
    const flow = '/apis/flowcontrol.apiserver.k8s.io/v1';
    await eventually('flow schemas', async () => {
      const { json } = await call('GET', `${flow}/flowschemas`);
      return (
        JSON.stringify(json).split('"FlowSchema"').length >= 13 || JSON.stringify(json).includes('catch-all')
      );
    });
    await eventually(
      'levels',
      async () => (await call('GET', `${flow}/prioritylevelconfigurations/exempt`)).code === 200,
    );
  });

  t.test('LimitRanger fills in, and holds to least, most and ratio', async (t) => {
    await inNamespace('limited');
    const limits = [
      {
        type: 'Container',
        default: { cpu: '500m' },
        defaultRequest: { cpu: '100m', memory: '10Mi' },
        min: { memory: '4Mi' },
        max: { cpu: '1', memory: '1Gi' },
        maxLimitRequestRatio: { cpu: '5' },
      },
      { type: 'Pod', max: { cpu: '1500m' } },
      { type: 'PersistentVolumeClaim', min: { storage: '1Gi' }, max: { storage: '2Gi' } },
    ];
    await make('/api/v1/namespaces/limited/limitranges', { metadata: { name: 'l' }, spec: { limits } });
    await eventually('the range is heard of', async () => {
      const answer = await call('POST', pods('limited'), { body: pod('a'), query: dry });
      return answer.at('metadata.annotations') !== undefined;
    });
    const made = await call('POST', pods('limited'), { body: pod('a') });
    t.match(made.at('metadata.annotations'), {
      'kubernetes.io/limit-ranger':
        'LimitRanger plugin set: cpu, memory request for container c; cpu, memory limit for container c',
    });
    t.match(made.at('status.qosClass'), 'Burstable', 'the class follows what was set');
    const wrong = async (requests: object, of: object) =>
      failed(
        await call('POST', pods('limited'), { body: pod('x', {}, { resources: { requests, limits: of } }) }),
      );
    t.equal(
      await wrong({ cpu: '1', memory: '1Mi' }, { cpu: '2', memory: '2Mi' }),
      '403 pods "x" is forbidden: [minimum memory usage per Container is 4Mi, but request is 1Mi, maximum cpu usage per Container is 1, but limit is 2, maximum cpu usage per Pod is 1500m, but limit is 2]',
    );
    t.equal(
      await wrong({ cpu: '100m' }, { cpu: '600m' }),
      '403 pods "x" is forbidden: cpu max limit to request ratio per Container is 5, but provided ratio is 6.000000',
    );
    const claim = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '3Gi' } } };
    const claims = '/api/v1/namespaces/limited/persistentvolumeclaims';
    t.equal(
      failed(await call('POST', claims, { body: { metadata: { name: 'x' }, spec: claim } })),
      '403 persistentvolumeclaims "x" is forbidden: maximum storage usage per PersistentVolumeClaim is 2Gi, but request is 3Gi',
    );
  });

  t.test('ServiceAccount', async (t) => {
    t.equal(
      failed(await call('POST', pods(), { body: pod('x', { serviceAccountName: 'nobody' }) })),
      '403 pods "x" is forbidden: error looking up service account default/nobody: serviceaccount "nobody" not found',
    );
    const annotations = { 'kubernetes.io/enforce-mountable-secrets': 'true' };
    const metadata = { name: 'puller', annotations };
    await make(`${v1}/serviceaccounts`, {
      metadata,
      imagePullSecrets: [{ name: 'key' }],
      secrets: [{ name: 's' }],
    });
    const made = await call('POST', pods(), { body: pod('pulls', { serviceAccountName: 'puller' }) });
    t.same(made.at('spec.imagePullSecrets'), [{ name: 'key' }]);
    const [{ name = '' } = {}] = made.at('spec.volumes') as { name?: string }[];
    t.match(name, /^kube-api-access-[a-z0-9]{5}$/);
    t.match(made.at('spec.volumes.0.projected.sources.0'), { serviceAccountToken: { path: 'token' } });
    t.match(made.at('spec.containers.0.volumeMounts'), [
      { name, mountPath: '/var/run/secrets/kubernetes.io/serviceaccount', readOnly: true },
    ]);
    const silent = await call('POST', pods(), {
      body: pod('silent', { automountServiceAccountToken: false }),
    });
    t.equal(silent.at('spec.volumes'), undefined);
    const volumes = [{ name: 'v', secret: { secretName: 'other' } }];
    t.match(
      failed(await call('POST', pods(), { body: pod('x', { serviceAccountName: 'puller', volumes }) })),
      /^403 .* does not reference that secret/,
    );
  });

  t.test('Priority', async (t) => {
    const classes = '/apis/scheduling.k8s.io/v1/priorityclasses';
    const low = { metadata: { name: 'low' }, value: -5, globalDefault: true, preemptionPolicy: 'Never' };
    await make(classes, low);
    await eventually('the default class', async () => {
      const answer = await call('POST', pods(), { body: pod('x'), query: dry });
      return answer.at('spec.priorityClassName') === 'low' && answer.at('spec.preemptionPolicy') === 'Never';
    });
    t.equal(
      failed(await call('POST', classes, { body: { ...low, metadata: { name: 'again' } } })),
      '403 priorityclasses.scheduling.k8s.io "again" is forbidden: PriorityClass low is already marked as default. Only one default can exist',
    );
    const wrong = async (spec: object) => failed(await call('POST', pods(), { body: pod('x', spec) }));
    t.equal(
      await wrong({ priorityClassName: 'none' }),
      '403 pods "x" is forbidden: no PriorityClass with name none was found',
    );
    t.equal(
      await wrong({ priority: 7 }),
      '403 pods "x" is forbidden: the integer value of priority (7) must not be provided in pod spec; priority admission controller computed -5 from the given PriorityClass name',
    );
    await call('DELETE', `${classes}/low`);
    await eventually('no default class', async () => {
      const answer = await call('POST', pods(), { body: pod('x'), query: dry });
      return answer.at('spec.priority') === 0;
    });
  });

  t.test('classes of storage, ingress and runtimes', async (t) => {
    const storage = '/apis/storage.k8s.io/v1/storageclasses';
    const marked = (group: string) => ({ [`${group}.kubernetes.io/is-default-class`]: 'true' });
    await make(storage, {
      metadata: { name: 'std', annotations: marked('storageclass') },
      provisioner: 'p',
      allowVolumeExpansion: true,
    });
    const spec = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } };
    const claims = `${v1}/persistentvolumeclaims`;
    await eventually('the default class', async () => {
      const answer = await call('POST', claims, { body: { metadata: { name: 'x' }, spec }, query: dry });
      return answer.at('spec.storageClassName') === 'std';
    });
    const claim = await make(claims, { metadata: { name: 'data' }, spec });
    t.same(claim.at('metadata.finalizers'), ['kubernetes.io/pvc-protection']);
    const body = { spec: { resources: { requests: { storage: '2Gi' } } } };
    t.match(
      failed(await call('PATCH', `${claims}/data`, { body, headers: merge })),
      /^4\d\d .*forbidden|immutable/i,
    );
    await call('PATCH', `${claims}/data/status`, { body: { status: { phase: 'Bound' } }, headers: merge });
    t.equal(
      (await call('PATCH', `${claims}/data`, { body, headers: merge })).code,
      200,
      'a bound claim grows',
    );

    const networking = '/apis/networking.k8s.io/v1';
    const metadata = { name: 'web', annotations: marked('ingressclass') };
    await make(`${networking}/ingressclasses`, { metadata, spec: { controller: 'e.com/c' } });
    const ingress = {
      metadata: { name: 'x' },
      spec: { defaultBackend: { service: { name: 's', port: { number: 80 } } } },
    };
    await eventually('the default ingress class', async () => {
      const answer = await call('POST', `${networking}/namespaces/default/ingresses`, {
        body: ingress,
        query: dry,
      });
      return answer.at('spec.ingressClassName') === 'web';
    });

    const runtimes = '/apis/node.k8s.io/v1/runtimeclasses';
    const overhead = { podFixed: { memory: '10Mi' } };
    const scheduling = { nodeSelector: { sandbox: 'yes' } };
    await make(runtimes, { metadata: { name: 'vm' }, handler: 'vm', overhead, scheduling });
    const inVm = await call('POST', pods(), { body: pod('vm', { runtimeClassName: 'vm' }) });
    t.match(inVm.at('spec'), { overhead: { memory: '10Mi' }, nodeSelector: { sandbox: 'yes' } });
    t.equal(
      failed(await call('POST', pods(), { body: pod('x', { runtimeClassName: 'none' }) })),
      '403 pods "x" is forbidden: pod rejected: RuntimeClass "none" not found',
    );
  });

  t.test('PodSecurity refuses and warns as the labels of the namespace say', async (t) => {
    const label = (mode: string) => `pod-security.kubernetes.io/${mode}`;
    await inNamespace('strict', { [label('enforce')]: 'baseline', [label('warn')]: 'restricted' });
    const wrong = await call('POST', pods('strict'), {
      body: pod('x', { hostNetwork: true, hostPID: true }, { securityContext: { privileged: true } }),
    });
    t.equal(
      failed(wrong),
      '403 pods "x" is forbidden: violates PodSecurity "baseline:latest": host namespaces (hostNetwork=true, hostPID=true), privileged (container "c" must not set securityContext.privileged=true)',
    );
    const warned = await call('POST', pods('strict'), { body: pod('y') });
    t.equal(warned.code, 201);
    const told = [
      'would violate PodSecurity "restricted:latest": allowPrivilegeEscalation != false',
      '(container "c" must set securityContext.allowPrivilegeEscalation=false), unrestricted capabilities',
      '(container "c" must set securityContext.capabilities.drop=["ALL"]), runAsNonRoot != true',
      '(pod or container "c" must set securityContext.runAsNonRoot=true), seccompProfile',
      '(pod or container "c" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")',
    ].join(' ');
    t.equal(warned.headers.warning, `299 - ${JSON.stringify(told)}`);
    const template = { metadata: { labels: { a: 'b' } }, spec: { containers: [container()] } };
    const deployment = { metadata: { name: 'd' }, spec: { selector: { matchLabels: { a: 'b' } }, template } };
    const made = await call('POST', '/apis/apps/v1/namespaces/strict/deployments', { body: deployment });
    t.equal(made.code, 201);
    t.match(made.headers.warning, /would violate PodSecurity/, 'what makes pods is warned of, not refused');
    const raised = await call('PATCH', '/api/v1/namespaces/strict', {
      body: { metadata: { labels: { [label('enforce')]: 'restricted' } } },
      headers: merge,
    });
    const [rule, listed] = [
      'existing pods in namespace "strict" violate the new PodSecurity enforce level "restricted:latest"',
      'y: allowPrivilegeEscalation != false, unrestricted capabilities, runAsNonRoot != true, seccompProfile',
    ];
    t.equal(raised.headers.warning, `299 - ${JSON.stringify(rule)}, 299 - ${JSON.stringify(listed)}`);
    t.match(
      failed(
        await call('POST', '/api/v1/namespaces', {
          body: { metadata: { name: 'z', labels: { [label('warn')]: 'no' } } },
        }),
      ),
      '422 Namespace "z" is invalid: metadata.labels[pod-security.kubernetes.io/warn]: Invalid value: "no": must be one of privileged, baseline, restricted',
    );
  });

  t.test('certificates are approved and signed by those who may, and make nobody a master', async (t) => {
    const path = '/apis/certificates.k8s.io/v1/certificatesigningrequests';
    const der = Buffer.concat([
      Buffer.from([0x06, 0x03, 0x55, 0x04, 0x0a, 0x0c, 14]),
      Buffer.from('system:masters'),
    ]).toString('base64');
    const pem = (body: string) =>
      Buffer.from(
        `-----BEGIN CERTIFICATE REQUEST-----\n${body}\n-----END CERTIFICATE REQUEST-----\n`,
      ).toString('base64');
    const csr = (request: string) => ({
      metadata: { name: 'x' },
      spec: { request, signerName: 'kubernetes.io/kube-apiserver-client', usages: ['client auth'] },
    });
    t.equal(
      failed(await call('POST', path, { body: csr(pem(der)) })),
      '403 certificatesigningrequests.certificates.k8s.io "x" is forbidden: use of kubernetes.io/kube-apiserver-client signer with system:masters group is not allowed',
    );
  });
});
