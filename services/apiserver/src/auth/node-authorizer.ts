import type { UserInfo } from '../registry/context.js';
import { type Attributes, type Decision, noOpinion, type ResourceAttributes } from './attributes.js';
import type { NodeGraph, Vertex } from './node-graph.js';
import { ruleAllows } from './rbac.js';
import { nodeRules } from './roles/cluster-roles.js';
import { ruleOf } from './roles/rules.js';

const userPrefix = 'system:node:';
const rules = nodeRules.map(ruleOf);
const allowed: Decision = { allowed: true, reason: '' };
const silent = (reason: string): Decision => ({ allowed: false, reason });
const leaseNamespace = 'kube-node-lease';

/** The node that a user is the kubelet of; '' when they are of the group and named otherwise; undefined for all others. */
export function nodeNameOf(user: UserInfo): string | undefined {
  if (!user.groups.includes('system:nodes')) return undefined;
  return user.name.startsWith(userPrefix) ? user.name.slice(userPrefix.length) : '';
}

/**
 * What a kubelet may: objects that its own pods lead to, its own Node, Lease and CSINode, the pods bound to it, and for all else
 * what the role `system:node` says (https://kubernetes.io/docs/reference/access-authn-authz/node/). What of these is written
 * is judged further by the admission plugin NodeRestriction, which sees the object.
 */
export class NodeAuthorizer {
  readonly #graph: NodeGraph;

  constructor(graph: NodeGraph) {
    this.#graph = graph;
  }

  authorize(user: UserInfo, attributes: Attributes): Decision {
    const node = nodeNameOf(user);
    if (node === undefined) return noOpinion;
    if (node === '') return silent(`unknown node for user "${user.name}"`);
    const judged = 'path' in attributes ? undefined : this.#subdivided(node, attributes);
    return judged ?? (rules.some((rule) => ruleAllows(rule, attributes)) ? allowed : noOpinion);
  }

  /** Of what is not the same for all nodes; undefined for the rest. */
  #subdivided(node: string, asked: ResourceAttributes): Decision | undefined {
    switch (`${asked.group}/${asked.resource}`) {
      case '/secrets':
        return this.#read(node, 'secrets', asked);
      case '/configmaps':
        return this.#read(node, 'configmaps', asked);
      case '/persistentvolumeclaims':
        return asked.subresource === 'status'
          ? this.#updateStatus(node, 'persistentvolumeclaims', asked)
          : this.#get(node, 'persistentvolumeclaims', asked);
      case '/persistentvolumes':
        return this.#get(node, 'persistentvolumes', { ...asked, namespace: '' });
      case 'resource.k8s.io/resourceclaims':
        return this.#get(node, 'resourceclaims', asked);
      case 'storage.k8s.io/volumeattachments':
        return this.#get(node, 'volumeattachments', asked);
      case '/serviceaccounts':
        return this.#createToken(node, asked);
      case 'coordination.k8s.io/leases':
        return lease(node, asked);
      case 'storage.k8s.io/csinodes':
        return csiNode(node, asked);
      case '/nodes':
        return ownNode(node, asked);
      case '/pods':
        return this.#pods(node, asked);
      default:
        return undefined;
    }
  }

  #read(node: string, vertex: Vertex, asked: ResourceAttributes): Decision {
    if (!['get', 'list', 'watch'].includes(asked.verb)) return silent('can only read resources of this type');
    if (asked.subresource !== '') return silent('cannot read subresource');
    if (asked.namespace === '') return silent('can only read namespaced object of this type');
    return this.#related(node, vertex, asked);
  }

  #get(node: string, vertex: Vertex, asked: ResourceAttributes): Decision {
    if (asked.verb !== 'get') return silent('can only get individual resources of this type');
    if (asked.subresource !== '') return silent('cannot get subresource');
    return this.#related(node, vertex, asked);
  }

  #updateStatus(node: string, vertex: Vertex, asked: ResourceAttributes): Decision {
    if (asked.verb !== 'update' && asked.verb !== 'patch')
      return silent('can only get/update/patch this type');
    return this.#related(node, vertex, asked);
  }

  #createToken(node: string, asked: ResourceAttributes): Decision {
    if (asked.verb !== 'create' || asked.name === '')
      return silent('can only create tokens for individual service accounts');
    if (asked.subresource !== 'token') return silent('can only create token subresource of serviceaccount');
    return this.#related(node, 'serviceaccounts', asked);
  }

  #pods(node: string, asked: ResourceAttributes): Decision {
    const { verb, subresource, name, fieldSelector = [] } = asked;
    if (subresource === 'status') return verb === 'update' || verb === 'patch' ? allowed : noOpinion;
    if (subresource === 'eviction') return verb === 'create' ? allowed : noOpinion;
    if (subresource !== '') return noOpinion;
    if (verb === 'create' || verb === 'delete') return allowed;
    if (verb === 'get') return this.#get(node, 'pods', asked);
    if (verb !== 'list' && verb !== 'watch') return noOpinion;
    if (fieldSelector.some((one) => one.field === 'spec.nodeName' && one.equal && one.value === node))
      return allowed;
    if (name !== '') return this.#related(node, 'pods', asked);
    return silent('can only list/watch pods with spec.nodeName field selector');
  }

  #related(node: string, vertex: Vertex, { namespace, name }: ResourceAttributes): Decision {
    if (name === '') return silent('No Object name found');
    if (this.#graph.leads(node, { vertex, namespace, name })) return allowed;
    return silent(`no relationship found between node '${node}' and this object`);
  }
}

const ownVerbs = ['get', 'create', 'update', 'patch', 'delete'];

function lease(node: string, { verb, namespace, name }: ResourceAttributes): Decision {
  if (!ownVerbs.includes(verb)) return silent('can only get, create, update, patch, or delete a node lease');
  if (namespace !== leaseNamespace)
    return silent(`can only access leases in the "${leaseNamespace}" system namespace`);
  // The name of what is created is not known yet; NodeRestriction sees it.
  if (verb !== 'create' && name !== node)
    return silent('can only access node lease with the same name as the requesting node');
  return allowed;
}

function csiNode(node: string, { verb, subresource, name }: ResourceAttributes): Decision {
  if (!ownVerbs.includes(verb)) return silent('can only get, create, update, patch, or delete a CSINode');
  if (subresource !== '') return silent('cannot authorize CSINode subresources');
  if (verb !== 'create' && name !== node)
    return silent('can only access CSINode with the same name as the requesting node');
  return allowed;
}

function ownNode(node: string, { verb, subresource, name }: ResourceAttributes): Decision {
  if (subresource === 'status') return verb === 'update' || verb === 'patch' ? allowed : noOpinion;
  if (subresource !== '') return noOpinion;
  if (verb === 'create' || verb === 'update' || verb === 'patch') return allowed;
  if (!['get', 'list', 'watch'].includes(verb)) return noOpinion;
  if (name === node) return allowed;
  return silent(
    name === ''
      ? `node '${node}' cannot read all nodes, only its own Node object`
      : `node '${node}' cannot read '${name}', only its own Node object`,
  );
}
