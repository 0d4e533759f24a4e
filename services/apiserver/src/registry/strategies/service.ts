import {
  type FieldError,
  fieldErrors,
  type KubeObject,
  type Service,
  serviceKind,
  statusErrors,
} from '@kubelab/api';
import { type Compare, type Operation, prefixEnd, type Store } from '@kubelab/store';
import type { World } from '@kubelab/world';
import { bytesOf, internalPrefix, textOf } from '../../storage/keys.js';
import { type Companions, guarded } from '../../storage/storage.js';

const ipPrefix = `${internalPrefix}/clusterips/`;
const portPrefix = `${internalPrefix}/nodeports/`;
const nodePortMin = 30_000;
const nodePortMax = 32_767;
/** The lowest addresses are for those who ask for a certain one (KEP-3070). */
const staticBand = 16;

/**
 * ClusterIPs and NodePorts. Each given address is a key of the store; it is claimed in the transaction
 * that writes the Service, so that two apiservers
 * cannot give it twice, and freed in the one that removes it.
 */
export class ServiceAllocator {
  readonly #world: World;
  readonly #store: Store;
  readonly #cidr: string;
  readonly #base: number;
  readonly #size: number;

  constructor(world: World, store: Store, cidr: string) {
    this.#world = world;
    this.#store = store;
    this.#cidr = cidr;
    const [address = '', bits = '16'] = cidr.split('/');
    this.#base = toNumber(address);
    this.#size = 2 ** (32 - Number(bits));
  }

  /** The first address of the range: `kubernetes.default`. */
  get firstAddress(): string {
    return toText(this.#base + 1);
  }

  async companions(before: KubeObject | undefined, after: KubeObject | undefined): Promise<Companions> {
    const old = claims(before as Service | undefined);
    if (after !== undefined) await this.#allocate(after as Service, old);
    const now = claims(after as Service | undefined);
    const owner = bytesOf(`${after?.metadata.namespace ?? ''}/${after?.metadata.name ?? ''}`);
    const added = [...now].filter((key) => !old.has(key)).map(bytesOf);
    const dropped = [...old].filter((key) => !now.has(key)).map(bytesOf);
    const compare = added.map((key): Compare => ({ key, target: 'version', result: 'equal', number: 0 }));
    const puts = added.map((key): Operation => ({ type: 'put', key, value: owner }));
    const deletes = dropped.map((key): Operation => ({ type: 'deleteRange', key }));
    return { compare, operations: [...puts, ...deletes] };
  }

  async #allocate(service: Service, held: ReadonlySet<string>): Promise<void> {
    const { spec } = service;
    if (spec === undefined) return;
    if (spec.type === 'ExternalName') {
      delete spec.clusterIP;
      delete spec.clusterIPs;
      return;
    }
    const errors: FieldError[] = [];
    spec.clusterIP =
      spec.clusterIP === undefined || spec.clusterIP === '' ? await this.#freeAddress() : spec.clusterIP;
    if (spec.clusterIP !== 'None') errors.push(...(await this.#addressErrors(spec.clusterIP, held)));
    spec.clusterIPs = [spec.clusterIP];
    const wantsPorts = spec.type === 'NodePort' || spec.type === 'LoadBalancer';
    const chosen = new Set<number>();
    for (const [index, port] of (spec.ports ?? []).entries()) {
      if (!wantsPorts) delete port.nodePort;
      else {
        port.nodePort ??= await this.#freePort(chosen);
        if (chosen.has(port.nodePort))
          errors.push(fieldErrors.duplicate(`spec.ports[${index}].nodePort`, port.nodePort));
        chosen.add(port.nodePort);
        errors.push(...(await this.#portErrors(port.nodePort, `spec.ports[${index}].nodePort`, held)));
      }
    }
    if (errors.length > 0) throw statusErrors.invalid(serviceKind, service.metadata.name, errors);
  }

  async #addressErrors(address: string, held: ReadonlySet<string>): Promise<FieldError[]> {
    const offset = toNumber(address) - this.#base;
    const failed = (why: string) => [
      fieldErrors.invalid('spec.clusterIPs', [address], `failed to allocate IP ${address}: ${why}`),
    ];
    if (!(offset > 0 && offset < this.#size - 1)) {
      return failed(
        `the provided IP (${address}) is not in the valid range. The range of valid IPs is ${this.#cidr}`,
      );
    }
    const key = `${ipPrefix}${address}`;
    return held.has(key) || !(await this.#taken(key)) ? [] : failed('provided IP is already allocated');
  }

  async #portErrors(port: number, field: string, held: ReadonlySet<string>): Promise<FieldError[]> {
    if (port < nodePortMin || port > nodePortMax) {
      const detail = `provided port is not in the valid range. The range of valid ports is ${nodePortMin}-${nodePortMax}`;
      return [fieldErrors.invalid(field, port, detail)];
    }
    const key = `${portPrefix}${port}`;
    return held.has(key) || !(await this.#taken(key))
      ? []
      : [fieldErrors.invalid(field, port, 'provided port is already allocated')];
  }

  async #taken(key: string): Promise<boolean> {
    return (await guarded(this.#store.range({ key: bytesOf(key), countOnly: true }))).count > 0;
  }

  async #all(prefix: string): Promise<Set<string>> {
    const key = bytesOf(prefix);
    const { kvs } = await guarded(this.#store.range({ key, rangeEnd: prefixEnd(key), keysOnly: true }));
    return new Set(kvs.map((kv) => textOf(kv.key).slice(prefix.length)));
  }

  async #freeAddress(): Promise<string> {
    const taken = await this.#all(ipPrefix);
    const first = Math.min(staticBand, this.#size - 2);
    const free = this.#pick(this.#size - 1 - first, (at) => !taken.has(toText(this.#base + first + at)));
    if (free === undefined) throw statusErrors.internal(`failed to allocate a serviceIP: range is full`);
    return toText(this.#base + first + free);
  }

  async #freePort(chosen: ReadonlySet<number>): Promise<number> {
    const taken = await this.#all(portPrefix);
    const free = this.#pick(
      nodePortMax - nodePortMin + 1,
      (at) => !taken.has(String(nodePortMin + at)) && !chosen.has(nodePortMin + at),
    );
    if (free === undefined) throw statusErrors.internal('failed to allocate a nodePort: range is full');
    return nodePortMin + free;
  }

  /** From a random place on, the first that is free. */
  #pick(count: number, isFree: (at: number) => boolean): number | undefined {
    const start = this.#world.random.int(count);
    for (let step = 0; step < count; step += 1) {
      const at = (start + step) % count;
      if (isFree(at)) return at;
    }
    return undefined;
  }
}

/**
 * A PUT that leaves out what was allocated keeps it, unless the Service becomes of a type that has none:
 * node ports are carried over by port number and
 * protocol.
 */
export function keepAllocated(object: KubeObject, old: KubeObject): void {
  const { spec } = object as Service;
  const before = (old as Service).spec;
  if (spec === undefined || before === undefined || spec.type === 'ExternalName') return;
  if ((spec.clusterIP ?? '') === '' && (before.clusterIP ?? '') !== '' && before.type !== 'ExternalName') {
    spec.clusterIP = before.clusterIP;
    spec.clusterIPs = before.clusterIPs;
  }
  if (spec.type !== 'NodePort' && spec.type !== 'LoadBalancer') return;
  for (const port of spec.ports ?? []) {
    const same = (before.ports ?? []).find(
      (one) => one.port === port.port && (one.protocol ?? 'TCP') === (port.protocol ?? 'TCP'),
    );
    if ((port.nodePort ?? 0) === 0 && (same?.nodePort ?? 0) !== 0) port.nodePort = same?.nodePort;
  }
}

/** Keys of what a Service has been given. */
function claims(service: Service | undefined): Set<string> {
  const { clusterIP, ports } = service?.spec ?? {};
  const address =
    clusterIP === undefined || clusterIP === '' || clusterIP === 'None' ? [] : [`${ipPrefix}${clusterIP}`];
  const nodePorts = (ports ?? []).flatMap((port) =>
    port.nodePort === undefined || port.nodePort === 0 ? [] : [`${portPrefix}${port.nodePort}`],
  );
  return new Set([...address, ...nodePorts]);
}

function toNumber(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}

function toText(value: number): string {
  return [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join('.');
}
