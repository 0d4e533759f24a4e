import type { Address } from '@kubelab/world';
import { encodeMemberFacts, initialClusterId, initialMemberId } from '../state/members.js';
import type { MemberRecord } from './data-directory.js';
import type { Bootstrap } from './recovery.js';

export const initialClusterTokenDefault = 'etcd-cluster';

export interface NewCluster {
  /** This member's. */
  readonly name: string;
  /** All members, this one too. */
  readonly initialCluster: Readonly<Record<string, Address>>;
  /** What tells clusters with the same members apart. */
  readonly initialClusterToken?: string | undefined;
}

/** Each of the first members computes the same. */
export function newCluster(config: NewCluster): MemberRecord {
  const token = config.initialClusterToken ?? initialClusterTokenDefault;
  const initialMembers = Object.entries(config.initialCluster).map(([name, address]) => {
    const peerUrls = [urlOf(address)];
    return { id: initialMemberId(token, name, peerUrls), name, peerUrls };
  });
  const clusterId = initialClusterId(
    token,
    initialMembers.map(({ id }) => id),
  );
  const id = initialMembers.find(({ name }) => name === config.name)?.id ?? '';
  return { name: config.name, id, clusterId, initialMembers };
}

export function bootstrapOf({ initialMembers }: MemberRecord): Bootstrap | undefined {
  if (initialMembers.length === 0) return undefined;
  const ordered = [...initialMembers].sort((a, b) => (a.id < b.id ? -1 : 1));
  const voters = ordered.map(({ id }) => id);
  return {
    configuration: { voters, votersOutgoing: [], learners: [] },
    context: encodeMemberFacts(ordered),
  };
}

export function urlOf({ host, port }: Address): string {
  return `https://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

export function addressOf(url: string): Address | undefined {
  const [, host, port] = /^https?:\/\/\[?([^/]+?)\]?:(\d{1,5})$/.exec(url) ?? [];
  return host === undefined ? undefined : { host, port: Number(port) };
}
