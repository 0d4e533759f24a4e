import {
  ApiError,
  findKind,
  findResourceByName,
  type KindInfo,
  type KubeObject,
  objectPath,
  parseManifests,
} from '@kubelab/api';
import { type ApiRequest, type ApiTransport, connectApiserver } from '@kubelab/client';
import { DiskError, type TlsMaterial } from '@kubelab/world';
import { stringify } from 'yaml';
import { isRecord } from '../cluster-file.js';
import type { CommandHost } from '../command-host.js';
import { columns, UsageError } from '../output.js';
import { apiserverCount, type ClusterOptions, ports } from '../topology.js';
import { type KubectlArguments, parseKubectlArguments } from './arguments.js';
import { describeLines } from './describe.js';

const usage = `kubelab kubectl: no stock kubectl is on PATH; the built-in client knows

  get KIND [NAME] [-n NS | -A] [-l SELECTOR] [-o wide|json|yaml|name]
  describe KIND NAME [-n NS]
  apply -f FILE | delete -f FILE (- reads standard input) | delete KIND NAME [-n NS]
  logs POD [-c CONTAINER] [-f] [--tail N] [-n NS]
  scale KIND NAME --replicas N [-n NS]

Examples:
  kubelab kubectl apply -f examples/echo.yaml
  kubelab kubectl get pods -o wide`;

const decoder = new TextDecoder();
const encoder = new TextEncoder();
const tableAccept = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';

interface Session {
  readonly host: CommandHost;
  readonly transport: ApiTransport;
  readonly args: KubectlArguments;
}

/**
 * What a person without kubectl needs for the tour: get, describe, apply, delete, logs, scale. Gives the exit
 * code.
 */
export async function builtInKubectl(
  host: CommandHost,
  cluster: { cluster: ClusterOptions; tls: TlsMaterial },
  rawArgs: readonly string[],
): Promise<number> {
  const args = parseKubectlArguments(rawArgs);
  const verb = verbs[args.verb];
  if (verb === undefined) {
    if (args.verb !== 'help') throw new UsageError(`unknown command "${args.verb}"\n\n${usage}`, 2);
    host.terminal.print(usage);
    return 0;
  }
  const at = ports(cluster.cluster.port);
  const addresses = Array.from({ length: apiserverCount }, (_, index) => at.apiserverWire(index));
  const transport = connectApiserver(host.wireContext('kubectl'), { addresses, tls: cluster.tls });
  try {
    await verb({ host, transport, args });
    return 0;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const reason = error.reason === '' ? '' : ` (${error.reason})`;
    throw new UsageError(`Error from server${reason}: ${error.message}`);
  } finally {
    await transport.close();
  }
}

const verbs: Readonly<Record<string, (session: Session) => Promise<void>>> = {
  get,
  describe,
  apply,
  delete: remove,
  logs,
  scale,
};

async function get(session: Session): Promise<void> {
  const { args, host } = session;
  const kind = kindArgument(args);
  const path = objectPath(kind, args.allNamespaces ? undefined : namespaceOf(kind, args), args.names[0]);
  const query = { labelSelector: args.selector, limit: args.names[0] === undefined ? '500' : undefined };
  if (args.output === 'json' || args.output === 'yaml') {
    const found = await call(session, { method: 'GET', path, query });
    host.terminal.print(args.output === 'json' ? JSON.stringify(found, null, 2) : stringify(found).trimEnd());
    return;
  }
  const table = await call(session, { method: 'GET', path, query, headers: { accept: tableAccept } });
  for (const line of tableLines(table, { ...args, kind })) host.terminal.print(line);
}

function tableLines(
  table: unknown,
  options: { kind: KindInfo; output: string; allNamespaces: boolean },
): string[] {
  if (!isRecord(table) || !Array.isArray(table.columnDefinitions) || !Array.isArray(table.rows)) {
    throw new UsageError('the apiserver answered with something else than a table');
  }
  const definitions = table.columnDefinitions.filter(isRecord);
  const rows = table.rows.filter(isRecord);
  const metadata = (row: Record<string, unknown>) =>
    isRecord(row.object) && isRecord(row.object.metadata) ? row.object.metadata : {};
  if (options.output === 'name')
    return rows.map((row) => `${options.kind.singular}/${String(metadata(row).name)}`);
  if (rows.length === 0) return ['No resources found'];
  const shown = definitions.flatMap((column, index) =>
    options.output === 'wide' || (typeof column.priority === 'number' ? column.priority : 0) === 0
      ? [index]
      : [],
  );
  const namespaced = options.allNamespaces && options.kind.namespaced;
  const header = shown.map((index) => String(definitions[index]?.name ?? '').toUpperCase());
  const lines = rows.map((row) => {
    const cells = Array.isArray(row.cells) ? row.cells : [];
    const texts = shown.map((index) => String(cells[index] ?? '<none>'));
    return namespaced ? [String(metadata(row).namespace), ...texts] : texts;
  });
  return columns([namespaced ? ['NAMESPACE', ...header] : header, ...lines]);
}

async function describe(session: Session): Promise<void> {
  const { args, host } = session;
  const kind = kindArgument(args);
  const namespace = namespaceOf(kind, args);
  const object = await call(session, {
    method: 'GET',
    path: objectPath(kind, namespace, nameArgument(args)),
  });
  const uid = isRecord(object) && isRecord(object.metadata) ? String(object.metadata.uid) : '';
  const events = await call(session, {
    method: 'GET',
    path: namespace === undefined ? '/api/v1/events' : `/api/v1/namespaces/${namespace}/events`,
    query: { fieldSelector: `involvedObject.uid=${uid}` },
  });
  for (const line of describeLines(object, events, host.world.clock.nowMs())) host.terminal.print(line);
}

async function apply(session: Session): Promise<void> {
  for (const object of await manifests(session)) {
    const { path, label } = target(object, session.args);
    const headers = { 'content-type': 'application/apply-patch+yaml' };
    const query = { fieldManager: 'kubelab-kubectl', force: 'true', fieldValidation: 'Strict' };
    const body = encoder.encode(JSON.stringify(object));
    const response = await session.transport.request({ method: 'PATCH', path, query, headers, body });
    failed(response.code, response.body);
    session.host.terminal.print(
      `${label}/${object.metadata.name} ${response.code === 201 ? 'created' : 'configured'}`,
    );
  }
}

async function remove(session: Session): Promise<void> {
  const { args } = session;
  const body = encoder.encode(JSON.stringify({ propagationPolicy: 'Background' }));
  if (args.file !== undefined) {
    for (const object of await manifests(session)) {
      const { path, label } = target(object, args);
      await call(session, { method: 'DELETE', path, body });
      session.host.terminal.print(`${label} "${object.metadata.name}" deleted`);
    }
    return;
  }
  const kind = kindArgument(args);
  const name = nameArgument(args);
  await call(session, { method: 'DELETE', path: objectPath(kind, namespaceOf(kind, args), name), body });
  session.host.terminal.print(`${kind.singular} "${name}" deleted`);
}

async function logs(session: Session): Promise<void> {
  const { args, host, transport } = session;
  const pod = args.resource?.replace(/^pods?\//, '');
  if (pod === undefined) throw new UsageError('logs wants the name of a pod', 2);
  const query = { container: args.container, follow: args.follow ? 'true' : undefined, tailLines: args.tail };
  const path = `/api/v1/namespaces/${args.namespace}/pods/${pod}/log`;
  const stream = await transport.stream({ method: 'GET', path, query });
  for await (const chunk of stream) {
    failed(stream.code, chunk.bytes);
    host.terminal.write(chunk.bytes);
  }
}

async function scale(session: Session): Promise<void> {
  const { args } = session;
  if (args.replicas === undefined) throw new UsageError('scale wants --replicas N', 2);
  const kind = kindArgument(args);
  const name = nameArgument(args);
  const path = `${objectPath(kind, namespaceOf(kind, args), name)}/scale`;
  const body = encoder.encode(JSON.stringify({ spec: { replicas: args.replicas } }));
  await call(session, {
    method: 'PATCH',
    path,
    body,
    headers: { 'content-type': 'application/merge-patch+json' },
  });
  session.host.terminal.print(`${kind.singular}.${kind.group}/${name} scaled`);
}

async function call(session: Session, request: ApiRequest): Promise<unknown> {
  const response = await session.transport.request(request);
  failed(response.code, response.body);
  return JSON.parse(decoder.decode(response.body));
}

/** Throws the Status that a failed request answered with. */
function failed(code: number, body: Uint8Array): void {
  if (code < 400) return;
  const text = decoder.decode(body);
  let message = text;
  try {
    const parsed: unknown = JSON.parse(text);
    if (isRecord(parsed) && typeof parsed.message === 'string') {
      message = `Error from server (${String(parsed.reason)}): ${parsed.message}`;
    }
  } catch {
    message = `Error from server: ${code} ${text}`; // Not a Status: what there is, as it is.
  }
  throw new UsageError(message);
}

function kindArgument(args: KubectlArguments): KindInfo {
  const word = args.resource ?? '';
  const kind = findResourceByName(word);
  if (kind === undefined) throw new UsageError(`the server doesn't have a resource type "${word}"`);
  return kind;
}

function nameArgument(args: KubectlArguments): string {
  const [name] = args.names;
  if (name === undefined)
    throw new UsageError(`${args.verb} wants a kind and a name, for example: ${args.verb} pod web-1`, 2);
  return name;
}

function namespaceOf(kind: KindInfo, args: KubectlArguments): string | undefined {
  return kind.namespaced ? args.namespace : undefined;
}

async function manifests(session: Session): Promise<KubeObject[]> {
  const { args, host } = session;
  if (args.file === undefined) throw new UsageError(`${args.verb} wants -f FILE`, 2);
  const bytes =
    args.file === '-'
      ? await host.readStdin()
      : await host.world.disk.readFile(host.resolvePath(args.file)).catch((error: unknown) => {
          if (error instanceof DiskError && error.code === 'notFound')
            throw new UsageError(`${args.file}: no such file; -f wants a manifest, or - for standard input`);
          throw error;
        });
  return parseManifests(bytes);
}

function target(object: KubeObject, args: KubectlArguments): { kind: KindInfo; path: string; label: string } {
  const [first = '', second] = object.apiVersion.split('/');
  const [group, version] = second === undefined ? ['', first] : [first, second];
  const kind = findKind({ group, version, kind: object.kind });
  if (kind === undefined)
    throw new UsageError(`no matches for kind "${object.kind}" in version "${object.apiVersion}"`);
  const namespace = kind.namespaced ? (object.metadata.namespace ?? args.namespace) : undefined;
  const label = group === '' ? kind.singular : `${kind.singular}.${group}`;
  return { kind, path: objectPath(kind, namespace, object.metadata.name), label };
}
