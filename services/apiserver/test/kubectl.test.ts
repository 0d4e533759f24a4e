import { spawn } from 'node:child_process';
import { accessSync, constants, existsSync, readdirSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { readyServer } from './harness.js';

const commandTimeoutMs = 20_000;

interface Result {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Stock kubectls of this machine: on PATH, in KUBECTL_DIRS, and in the usual places of packages. */
function findKubectls(): string[] {
  const fromEnvironment = `${process.env.PATH ?? ''}:${process.env.KUBECTL_DIRS ?? ''}`.split(':');
  const folders = [...fromEnvironment, '/usr/lib/google-cloud-sdk/bin', '/usr/local/bin'];
  const found = new Set<string>();
  for (const folder of folders.filter((one) => one !== '' && existsSync(one))) {
    for (const name of readdirSync(folder)) {
      if (!/^kubectl(\.\d+\.\d+)?$/.test(name)) continue;
      const path = realpathSync(join(folder, name));
      if (isExecutable(path)) found.add(path);
    }
  }
  return [...found].sort();
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function run(path: string, args: readonly string[], options: { cwd: string; kubeconfig: string }) {
  return new Promise<Result>((resolve, reject) => {
    const env = { ...process.env, KUBECONFIG: options.kubeconfig, HOME: options.cwd };
    const child = spawn(path, args, { cwd: options.cwd, env, timeout: commandTimeoutMs });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (data) => {
      stdout += String(data);
    });
    child.stderr.on('data', (data) => {
      stderr += String(data);
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}

const manifest = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  replicas: 2
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: c, image: "nginx:1", ports: [{ containerPort: 80 }] }] }
---
apiVersion: v1
kind: Service
metadata: { name: web }
spec: { type: NodePort, selector: { app: web }, ports: [{ port: 80 }] }
---
apiVersion: v1
kind: Pod
metadata: { name: alone, labels: { app: alone } }
spec: { containers: [{ name: c, image: "nginx:1" }] }
`;

/** What is typed, and what its output must match. In order: later lines stand on earlier ones. */
const script: readonly (readonly [command: string, expected: RegExp])[] = [
  ['create namespace NS', /namespace\/NS created/],
  // No controllers run here, which would make it.
  ['create serviceaccount -n NS default', /serviceaccount\/default created/],
  ['apply -n NS -f FILE', /deployment.apps\/web created\s+service\/web created\s+pod\/alone created/],
  ['apply -n NS -f FILE', /deployment.apps\/web unchanged\s+service\/web unchanged\s+pod\/alone unchanged/],
  ['apply -n NS --server-side --force-conflicts -f FILE', /deployment.apps\/web serverside-applied/],
  ['diff -n NS -f FILE', /^$/],
  ['get -n NS deploy,svc,po -o wide', /NOMINATED NODE[\s\S]*pod\/alone +0\/1 +Pending/],
  ['get -n NS deploy web -o jsonpath={.spec.replicas}', /^2$/],
  ['describe -n NS deploy web', /Replicas: +2 desired/],
  ['describe -n NS pod alone', /QoS Class: +BestEffort/],
  ['scale -n NS deploy/web --replicas=3', /deployment.apps\/web scaled/],
  ['label -n NS pod alone tier=x', /pod\/alone labeled/],
  ['get -n NS pods -l tier=x -o name', /^pod\/alone\s*$/],
  ['get -n NS pods --field-selector status.phase=Pending -o name', /^pod\/alone\s*$/],
  ['patch -n NS deploy web --type merge -p {"spec":{"paused":true}}', /deployment.apps\/web patched/],
  ['set -n NS image deploy/web c=nginx:2', /deployment.apps\/web image updated/],
  ['create -n NS deployment made --image=nginx:1', /deployment.apps\/made created/],
  ['create -n NS configmap settings --from-literal=a=b', /configmap\/settings created/],
  ['get -n NS configmap settings -o jsonpath={.data.a}', /^b$/],
  ['create -n NS secret generic hidden --from-literal=a=b', /secret\/hidden created/],
  ['get -n NS secret hidden -o jsonpath={.data.a}', /^Yg==$/],
  ['create -n NS role looker --verb=get --resource=pods', /role.rbac.authorization.k8s.io\/looker created/],
  [
    'create -n NS rolebinding lookers --role=looker --user=reader',
    /rolebinding.rbac.authorization.k8s.io\/lookers created/,
  ],
  ['auth can-i create pods', /^yes/],
  ['auth can-i --list', /\*\.\*/],
  ['explain pod.spec.containers', /FIELD: +containers/],
  ['api-resources', /deployments +deploy +apps\/v1 +true +Deployment/],
  ['get --raw /readyz?verbose', /\[\+\]etcd ok[\s\S]*readyz check passed/],
  ['version', /v1\.33/],
  ['delete -n NS pod alone', /pod "alone" deleted/],
  ['delete -n NS deploy web made', /deployment.apps "web" deleted/],
];

/** For the versions between the oldest and the newest. */
const inBrief =
  /^(create -n NS deployment|create namespace|create serviceaccount|apply -n NS -f|get -n NS deploy,svc|auth can-i create)/;

t.test('stock kubectl, every version that is found', async (t) => {
  const kubectls = findKubectls();
  if (kubectls.length === 0) t.comment('no stock kubectl on this machine');
  const server = await readyServer();
  t.teardown(() => server.stop());
  const kubeconfig = server.kubeconfig('admin');
  const file = join(server.directory, 'manifest.yaml');
  writeFileSync(file, manifest);
  for (const [index, path] of kubectls.entries()) {
    const namespace = `test-${index}`;
    const cache = join(server.directory, `cache-${index}`);
    const whole = index === 0 || index === kubectls.length - 1;
    for (const [command, expected] of whole ? script : script.filter(([line]) => inBrief.test(line))) {
      const words = command.split(' ').map((word) => word.replace('NS', namespace).replace('FILE', file));
      const { stdout, stderr } = await run(path, ['--cache-dir', cache, ...words], {
        cwd: server.directory,
        kubeconfig,
      });
      const wanted = new RegExp(expected.source.replaceAll('NS', namespace));
      t.match(stdout, wanted, `${path} ${command} ${stderr}`);
    }
  }
});
