import type { World } from '@kubelab/world';

/** Addresses of one cluster on the loopback network (docs/architecture.md, "Ports and addresses"): S of 0 to 30. */
const subnetCount = 31;
const inUse = new Set<number>();

export interface Subnet {
  node(index: number): string;
  podCidr(index: number): string;
  readonly serviceCidr: string;
  readonly kubernetesService: string;
  release(): void;
}

/**
 * Clusters of this process do not share a subnet as long as there are free ones; others of the machine may have the same, which
 * matters only to pods that listen on the same port of the same address.
 */
export function takeSubnet({ random }: Pick<World, 'random'>): Subnet {
  const first = random.int(subnetCount);
  const order = Array.from({ length: subnetCount }, (_, step) => (first + step) % subnetCount);
  const subnet = order.find((one) => !inUse.has(one)) ?? first;
  const isMine = !inUse.has(subnet);
  inUse.add(subnet);
  return {
    node: (index) => `127.32.${subnet}.${index}`,
    podCidr: (index) => `127.${64 + subnet}.${index}.0/24`,
    serviceCidr: `127.${96 + subnet}.0.0/16`,
    kubernetesService: `127.${96 + subnet}.0.1`,
    release: () => {
      if (isMine) inUse.delete(subnet);
    },
  };
}
