import { type Node, nodeKind, type Pod, podKind, statusErrors } from '@kubelab/api';
import { dialWire, noBytes, type WireClient, type WireContext, WireError } from '@kubelab/wire';
import type { TlsMaterial } from '@kubelab/world';
import type { ApiReply, CommandStreamsWanted } from './contract.js';
import { textReply } from './negotiate.js';
import type { ObjectCall } from './objects.js';
import { containerName, kubeletAddress } from './pods.js';

/** Of one request: each is two of the 255 channels. */
const portsMax = 100;

/** GET (WebSocket) and POST (SPDY) pods/NAME/exec and /attach: found here, streamed by the pod's kubelet. */
export async function podCommand(
  request: ObjectCall,
  context: WireContext,
  tls: TlsMaterial,
): Promise<ApiReply> {
  const { call, registry, namespace, name, subresource } = request;
  const pod = (await registry.get({ kind: podKind, namespace, name })) as Pod;
  const container = containerName(pod, call.query.container?.[0]);
  const on = (parameter: string) => ['true', '1'].includes(call.query[parameter]?.[0] ?? '');
  const tty = on('tty');
  // At a terminal there is one output: kubectl asks for no errors, and others that do get none.
  const wanted: CommandStreamsWanted = {
    stdin: on('stdin'),
    stdout: on('stdout'),
    stderr: on('stderr') && !tty,
    tty,
  };
  const command = call.query.command ?? [];
  if (subresource === 'exec' && command.length === 0)
    throw statusErrors.badRequest('you must specify at least 1 command for the container');
  if (!wanted.stdin && !wanted.stdout && !wanted.stderr)
    throw statusErrors.badRequest('you must specify at least 1 of stdin, stdout, stderr');
  assertUpgradable(request);
  const { client, uid } = await dialKubelet(request, pod, context, tls);
  const method = subresource === 'exec' ? 'kubelet.exec' : 'kubelet.attach';
  const head = { namespace, pod: name, uid, container, command, ...wanted };
  const stream = client.openStream(
    method,
    { head, payload: noBytes },
    { deadlineMs: Number.POSITIVE_INFINITY, signal: call.signal, trace: call.trace },
  );
  const close = () => void client.close();
  try {
    const first = await stream[Symbol.asyncIterator]().next();
    if (first.done === true) throw new WireError('internal', 'the kubelet ended the stream before it began');
  } catch (error) {
    close();
    if (!(error instanceof WireError)) throw error;
    // As plain text: kubectl says "unable to upgrade connection" before it.
    return textReply(error.code === 'notFound' ? 404 : 500, error.message);
  }
  return { ...upgraded, upgrade: { type: 'command', wanted, stream, close } };
}

/** pods/NAME/portforward: each connection is a stream of its own to the pod's kubelet. */
export async function podPortForward(
  request: ObjectCall,
  context: WireContext,
  tls: TlsMaterial,
): Promise<ApiReply> {
  const { call, registry, namespace, name } = request;
  const pod = (await registry.get({ kind: podKind, namespace, name })) as Pod;
  const ports = (call.query.ports ?? []).flatMap((text) => text.split(',').map(Number));
  if (ports.length > portsMax || ports.some((port) => !Number.isInteger(port) || port < 1 || port > 65_535))
    throw statusErrors.badRequest(`ports: at most ${portsMax}, each from 1 to 65535`);
  assertUpgradable(request);
  const { client, uid } = await dialKubelet(request, pod, context, tls);
  const dial = (port: number) => dialPort(client, { uid, port, signal: call.signal, trace: call.trace });
  const close = () => void client.close();
  return { ...upgraded, upgrade: { type: 'portForward', ports, dial, close } };
}

const upgraded = { code: 101, headers: {}, body: noBytes };

export function dialPort(
  client: WireClient,
  options: {
    readonly uid: string;
    readonly port: number;
    readonly signal: AbortSignal;
    readonly trace: string;
  },
) {
  const { uid, port, signal, trace } = options;
  const message = { head: { uid, port }, payload: noBytes };
  return client.openStream('kubelet.portForward', message, {
    deadlineMs: Number.POSITIVE_INFINITY,
    signal,
    trace,
  });
}

function assertUpgradable({ call }: ObjectCall): void {
  if (call.upgrade === undefined) throw statusErrors.badRequest('Upgrade request required');
}

/** A connection of its own to the kubelet of a pod's node. */
export async function dialKubelet(
  { registry }: Pick<ObjectCall, 'registry'>,
  pod: Pod,
  context: WireContext,
  tls: TlsMaterial,
): Promise<{ client: WireClient; uid: string }> {
  const { name, uid } = pod.metadata;
  const node = pod.spec?.nodeName ?? '';
  if (node === '') throw statusErrors.badRequest(`pod ${name} does not have a host assigned`);
  const address = kubeletAddress((await registry.get({ kind: nodeKind, namespace: '', name: node })) as Node);
  return { client: dialWire(context, { addresses: [address], tls, to: node }), uid: uid ?? '' };
}
