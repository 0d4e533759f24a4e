import {
  type EndpointSlice,
  endpointSliceKind,
  type Node,
  nodeKind,
  type Pod,
  podKind,
  type Service,
  serviceKind,
  statusErrors,
} from '@kubelab/api';
import { dialWire, noBytes, type WireContext, WireError } from '@kubelab/wire';
import type { TlsMaterial } from '@kubelab/world';
import { type ProxyTarget, proxyHttp } from '../streaming/http-proxy.adapter.js';
import type { ApiReply } from './contract.js';
import { textReply } from './negotiate.js';
import type { ObjectCall } from './objects.js';
import { dialKubelet, dialPort } from './pod-streams.js';
import { kubeletAddress } from './pods.js';

interface Reference {
  readonly scheme: 'http' | 'https';
  readonly name: string;
  /** Number or name; empty: the first one. */
  readonly port: string;
}

/** `name`, `name:port` or `scheme:name:port`. */
export function proxyReference(text: string): Reference {
  const parts = text.split(':');
  const [first = '', second = '', third = ''] = parts;
  if (parts.length === 1) return { scheme: 'http', name: first, port: '' };
  if (parts.length === 2) return { scheme: 'http', name: first, port: second };
  if (parts.length > 3 || !['http', 'https', ''].includes(first))
    throw statusErrors.badRequest(`invalid proxy request "${text}"`);
  return { scheme: first === 'https' ? 'https' : 'http', name: second, port: third };
}

/** pods/NAME/proxy/PATH, services/NAME/proxy/PATH, nodes/NAME/proxy/PATH: plain HTTP with what is behind. */
export async function proxy(request: ObjectCall, context: WireContext, tls: TlsMaterial): Promise<ApiReply> {
  const { call, kind, name } = request;
  const at = call.path.indexOf('/proxy', call.path.indexOf(`/${kind.resource}/`));
  const [prefix, rest] = [call.path.slice(0, at + '/proxy'.length), call.path.slice(at + '/proxy'.length)];
  const parameters = new URLSearchParams();
  for (const [key, values] of Object.entries(call.query))
    for (const value of values) parameters.append(key, value);
  const query = parameters.toString();
  const search = query === '' ? '' : `?${query}`;
  // Links of a page are relative to a directory: without its slash they would lead elsewhere.
  if (rest === '' && (call.method === 'GET' || call.method === 'HEAD'))
    return textReply(301, '', { location: `${prefix}/${search}` });
  const reference = proxyReference(name);
  const shown = { path: `${rest || '/'}${search}`, prefix, scheme: reference.scheme };
  const found = async (): Promise<Omit<ProxyTarget, keyof typeof shown> | ApiReply> => {
    if (kind === podKind) return podTarget(request, reference, context, tls);
    if (kind === serviceKind) return serviceTarget(request, reference, context, tls);
    return nodeTarget(request, reference, shown.path, context, tls);
  };
  const target = await found();
  return 'code' in target ? target : proxyHttp(request.world, call, { ...shown, ...target });
}

type Target = Omit<ProxyTarget, 'path' | 'prefix' | 'scheme'>;

async function podTarget(
  request: ObjectCall,
  { scheme, name, port }: Reference,
  context: WireContext,
  tls: TlsMaterial,
): Promise<Target> {
  const { registry, namespace } = request;
  const pod = (await registry.get({ kind: podKind, namespace, name })) as Pod;
  const ports = (pod.spec?.containers ?? []).flatMap((container) => container.ports ?? []);
  const named = ports.find((one) => (port === '' ? true : one.name === port))?.containerPort;
  const number = /^\d+$/.test(port) ? Number(port) : (named ?? (scheme === 'https' ? 443 : 80));
  return throughKubelet(request, pod, number, context, tls);
}

/** By the pod's kubelet: it reaches its pods whatever network the apiserver is in. */
async function throughKubelet(
  request: ObjectCall,
  pod: Pod,
  port: number,
  context: WireContext,
  tls: TlsMaterial,
): Promise<Target> {
  const { client, uid } = await dialKubelet(request, pod, context, tls);
  const { signal, trace } = request.call;
  const stream = dialPort(client, { uid, port, signal, trace });
  return { host: pod.status?.podIP ?? pod.metadata.name, port, stream, done: () => void client.close() };
}

async function serviceTarget(
  request: ObjectCall,
  { name, port }: Reference,
  context: WireContext,
  tls: TlsMaterial,
): Promise<Target> {
  const { registry, namespace, world } = request;
  const service = (await registry.get({ kind: serviceKind, namespace, name })) as Service;
  const ports = service.spec?.ports ?? [];
  const wanted = ports.find((one) =>
    port === '' ? ports.length === 1 : one.name === port || String(one.port) === port,
  );
  if (wanted === undefined && /^\d+$/.test(port))
    throw statusErrors.serviceUnavailable(`no service port ${port} found for service "${name}"`);
  const portName = wanted === undefined ? port : (wanted.name ?? '');
  const choices = registry.storage
    .cache(endpointSliceKind)
    .all()
    .map(({ object }) => object as EndpointSlice)
    .filter(
      ({ metadata }) =>
        metadata.namespace === namespace && metadata.labels?.['kubernetes.io/service-name'] === name,
    )
    .flatMap((slice) => {
      const number = slice.ports?.find((one) => (one.name ?? '') === portName)?.port;
      const ready = (slice.endpoints ?? []).filter(({ conditions }) => conditions?.ready !== false);
      return number === undefined ? [] : ready.map((endpoint) => ({ endpoint, number }));
    });
  const choice = choices[world.random.int(Math.max(1, choices.length))];
  if (choice === undefined)
    throw statusErrors.serviceUnavailable(`no endpoints available for service "${name}"`);
  const { endpoint, number } = choice;
  const [host = ''] = endpoint.addresses;
  const pod = endpoint.targetRef?.kind === 'Pod' ? (endpoint.targetRef.name ?? '') : '';
  if (pod === '') return { host, port: number, done: () => {} };
  const found = (await registry.get({ kind: podKind, namespace, name: pod })) as Pod;
  return throughKubelet(request, found, number, context, tls);
}

/** The kubelet's own pages; with a port, whatever listens there on the node. */
async function nodeTarget(
  request: ObjectCall,
  { name, port }: Reference,
  path: string,
  context: WireContext,
  tls: TlsMaterial,
): Promise<Target | ApiReply> {
  const { call, registry } = request;
  const address = kubeletAddress((await registry.get({ kind: nodeKind, namespace: '', name })) as Node);
  if (port !== '' && Number(port) !== address.port) {
    if (!/^\d+$/.test(port)) throw statusErrors.badRequest(`invalid proxy request: port "${port}"`);
    return { host: address.host, port: Number(port), done: () => {} };
  }
  if (call.method !== 'GET') throw statusErrors.methodNotAllowed(nodeKind, call.method.toLowerCase());
  const client = dialWire(context, { addresses: [address], tls, to: name });
  try {
    const head = { path };
    const { signal, trace } = call;
    const answer = await client.request('kubelet.page', { head, payload: noBytes }, { signal, trace });
    const type = Reflect.get(Object(answer.head), 'contentType');
    const headers = { 'content-type': String(type) };
    return { code: Number(Reflect.get(Object(answer.head), 'code')), headers, body: answer.payload };
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    throw statusErrors.serviceUnavailable(`error trying to reach service: ${error.message}`);
  } finally {
    await client.close();
  }
}
