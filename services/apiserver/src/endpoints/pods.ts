import {
  apiError,
  bindingSchema,
  decodeAs,
  type FieldError,
  fieldErrors,
  isObject,
  type Node,
  nodeKind,
  type Pod,
  podKind,
  statusErrors,
  timestamp,
} from '@kubelab/api';
import { dialWire, type WireContext, WireError } from '@kubelab/wire';
import type { TlsMaterial } from '@kubelab/world';
import type { ApiReply, StreamChunk } from './contract.js';
import { parseBody, reply } from './negotiate.js';
import type { ObjectCall } from './objects.js';

/** As conflicts name it. */
const bindingResource = { group: '', resource: 'pods/binding' };

/** POST pods/NAME/binding: the scheduler's decision. */
export async function bindPod(request: ObjectCall): Promise<ApiReply> {
  const { call, registry, scope, namespace, name, form, world } = request;
  const { object } = decodeAs(
    bindingSchema,
    parseBody(call).value,
    'Binding in version "v1" cannot be handled as a Binding',
  );
  const target = isObject(object.target) ? object.target : {};
  const node = typeof target.name === 'string' ? target.name : '';
  if (node === '') throw statusErrors.badRequest('Binding: target.name: Required value');
  await registry.mutate(scope, { kind: podKind, namespace, name }, 'binding', (found) => {
    const pod = found as Pod;
    if (pod.spec === undefined) return;
    if (pod.metadata.deletionTimestamp !== undefined)
      throw statusErrors.conflict(
        bindingResource,
        name,
        `pod ${name} is being deleted, cannot be assigned to a host`,
      );
    if ((pod.spec.nodeName ?? '') !== '')
      throw statusErrors.conflict(
        bindingResource,
        name,
        `pod ${name} is already assigned to node "${pod.spec.nodeName}"`,
      );
    pod.spec.nodeName = node;
    const others = (pod.status?.conditions ?? []).filter((condition) => condition.type !== 'PodScheduled');
    const scheduled = {
      type: 'PodScheduled',
      status: 'True',
      lastProbeTime: null,
      lastTransitionTime: timestamp(world.clock.nowMs()),
    };
    Reflect.set(found, 'status', { ...pod.status, conditions: [...others, scheduled] });
  });
  return reply(
    call,
    201,
    { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 },
    form,
  );
}

const logParameters = [
  'follow',
  'previous',
  'sinceSeconds',
  'sinceTime',
  'tailLines',
  'limitBytes',
  'timestamps',
] as const;

/** What a kubelet would not understand is refused here, worded as for an object. */
function checkLogOptions({ call, name }: ObjectCall): void {
  const findings: FieldError[] = [];
  const value = (field: string): string => call.query[field]?.[0] ?? '';
  const atLeast = (field: string, least: number, text: string) => {
    const given = value(field);
    if (given === '') return;
    if (!/^-?\d+$/.test(given)) throw statusErrors.badRequest(`${field}: "${given}" is not a whole number`);
    if (Number(given) < least) findings.push(fieldErrors.invalid(field, Number(given), text));
  };
  atLeast('tailLines', 0, 'must be greater than or equal to 0');
  atLeast('limitBytes', 1, 'must be greater than 0');
  atLeast('sinceSeconds', 1, 'must be greater than 0');
  if (value('sinceSeconds') !== '' && value('sinceTime') !== '')
    findings.push(fieldErrors.forbidden('', 'at most one of `sinceTime` or `sinceSeconds` may be specified'));
  if (value('sinceTime') !== '' && Number.isNaN(Date.parse(value('sinceTime'))))
    throw statusErrors.badRequest(`sinceTime: "${value('sinceTime')}" is not a time`);
  if (findings.length > 0) throw statusErrors.invalid({ group: '', kind: 'PodLogOptions' }, name, findings);
}

/** GET pods/NAME/log: streamed from the pod's kubelet. */
export async function podLog(request: ObjectCall, context: WireContext, tls: TlsMaterial): Promise<ApiReply> {
  const { call, registry, namespace, name } = request;
  checkLogOptions(request);
  const pod = (await registry.get({ kind: podKind, namespace, name })) as Pod;
  const container = containerName(pod, call.query.container?.[0]);
  const node = pod.spec?.nodeName ?? '';
  if (node === '') return { code: 200, headers: { 'content-type': 'text/plain' }, body: new Uint8Array(0) };
  const address = kubeletAddress((await registry.get({ kind: nodeKind, namespace: '', name: node })) as Node);
  const client = dialWire(context, { addresses: [address], tls, to: node });
  const head: Record<string, unknown> = { namespace, pod: name, uid: pod.metadata.uid, container };
  for (const parameter of logParameters)
    if (call.query[parameter]?.[0] !== undefined) head[parameter] = call.query[parameter][0];
  const follow = call.query.follow?.[0] === 'true' || call.query.follow?.[0] === '1';
  const deadlineMs = follow ? Number.POSITIVE_INFINITY : 30_000;
  const stream = client.openStream(
    'kubelet.containerLogs',
    { head, payload: new Uint8Array(0) },
    { deadlineMs, signal: call.signal, trace: call.trace },
  );
  const iterator = stream[Symbol.asyncIterator]();
  try {
    // The first message only says that the container and its log were found.
    const first = await iterator.next();
    if (first.done === true) throw new WireError('internal', 'the kubelet ended the log before it began');
  } catch (error) {
    void client.close();
    throw logError(error, node);
  }
  const chunks = async function* (): AsyncGenerator<StreamChunk> {
    try {
      for (let next = await iterator.next(); next.done !== true; next = await iterator.next())
        yield { bytes: next.value.payload, trace: undefined };
    } catch (error) {
      if (!(error instanceof WireError)) throw error; // The kubelet went away: what was read is what there is.
    } finally {
      await client.close();
    }
  };
  return {
    code: 200,
    headers: { 'content-type': 'text/plain', 'transfer-encoding': 'chunked' },
    body: chunks(),
  };
}

export function containerName(pod: Pod, wanted: string | undefined): string {
  const names = (containers: readonly { readonly name: string }[] | undefined) =>
    (containers ?? []).map((container) => container.name);
  const { containers, initContainers, ephemeralContainers } = pod.spec ?? {};
  const main = names(containers);
  const [init, ephemeral] = [names(initContainers), names(ephemeralContainers)];
  const { name } = pod.metadata;
  if (wanted !== undefined && wanted !== '') {
    if ([...main, ...init, ...ephemeral].includes(wanted)) return wanted;
    throw statusErrors.badRequest(`container ${wanted} is not valid for pod ${name}`);
  }
  const [only] = main;
  if (only !== undefined && main.length === 1) return only;
  const others = (sort: string, list: readonly string[]) =>
    list.length === 0 ? '' : ` or one of the ${sort} containers: [${list.join(' ')}]`;
  throw statusErrors.badRequest(
    `a container name must be specified for pod ${name}, choose one of: [${main.join(' ')}]` +
      others('init', init) +
      others('ephemeral', ephemeral),
  );
}

export function kubeletAddress(node: Node) {
  const host = node.status?.addresses?.find((address) => address.type === 'InternalIP')?.address;
  const port = node.status?.daemonEndpoints?.kubeletEndpoint?.Port;
  if (host === undefined || port === undefined)
    throw statusErrors.serviceUnavailable(`node ${node.metadata.name} has not said where its kubelet is`);
  return { host, port };
}

function logError(error: unknown, node: string): unknown {
  if (!(error instanceof WireError)) return error;
  switch (error.code) {
    case 'invalidArgument':
    case 'failedPrecondition':
      return statusErrors.badRequest(error.message);
    case 'notFound':
      return apiError('NotFound', error.message);
    default:
      return statusErrors.internal(`the kubelet of ${node} did not answer: ${error.message}`);
  }
}
