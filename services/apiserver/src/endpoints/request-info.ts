import { findResource, type KindInfo } from '@kubelab/api';

export type Method = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** What a URL asks for (Kubernetes' RequestInfo). */
export type RequestInfo =
  | {
      readonly resource: true;
      /** Kubernetes' verb: get, list, watch, create, update, patch, delete, deletecollection. */
      readonly verb: string;
      readonly group: string;
      readonly version: string;
      /** As in the URL, whether it exists or not. */
      readonly resourceName: string;
      readonly kind: KindInfo | undefined;
      readonly namespace: string;
      readonly name: string;
      readonly subresource: string;
      /** Behind the subresource: `/proxy/...`. */
      readonly rest: string;
    }
  | { readonly resource: false; readonly verb: string; readonly path: string };

const collectionVerbs: Readonly<Record<Method, string>> = {
  GET: 'list',
  HEAD: 'list',
  POST: 'create',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'deletecollection',
};
const objectVerbs: Readonly<Record<Method, string>> = {
  ...collectionVerbs,
  GET: 'get',
  HEAD: 'get',
  DELETE: 'delete',
};

export type Query = Readonly<Record<string, readonly string[]>>;

/** `/apis/apps/v1/namespaces/default/deployments/web/scale?...` */
export function requestInfo(method: Method, path: string, query: Query): RequestInfo {
  const parts = path
    .split('/')
    .filter((part) => part !== '')
    .map(decodePart);
  const isCore = parts[0] === 'api' && parts.length >= 3;
  const isGroup = parts[0] === 'apis' && parts.length >= 4;
  if (!isCore && !isGroup) return { resource: false, verb: method.toLowerCase(), path };
  const [group = '', version = ''] = isCore ? ['', parts[1]] : [parts[1], parts[2]];
  let rest = parts.slice(isCore ? 2 : 3);
  const watchPrefix = rest[0] === 'watch';
  if (watchPrefix) rest = rest.slice(1);
  let namespace = '';
  if (rest[0] === 'namespaces' && rest.length > 2 && !['finalize', 'status'].includes(rest[2] ?? '')) {
    namespace = rest[1] ?? '';
    rest = rest.slice(2);
  }
  const [resourceName = '', name = '', subresource = '', ...more] = rest;
  const wantsWatch = watchPrefix || ['true', '1'].includes(query.watch?.[0] ?? '');
  const verb = (name === '' ? collectionVerbs : objectVerbs)[method];
  return {
    resource: true,
    // Behind /proxy the query is somebody else's.
    verb: wantsWatch && subresource !== 'proxy' && (method === 'GET' || method === 'HEAD') ? 'watch' : verb,
    group,
    version,
    resourceName,
    kind: findResource(group, version, resourceName),
    namespace,
    name,
    subresource,
    rest: more.join('/'),
  };
}

function decodePart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part; // Not percent-encoded after all: taken as it stands.
  }
}
