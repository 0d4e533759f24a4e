import {
  endpointSliceKind,
  findKind,
  type KindInfo,
  type KubeObject,
  podKind,
  serviceKind,
} from '@kubelab/api';
import { type Client, Informer, keyOf } from '@kubelab/client';
import { silentTelemetry } from '@kubelab/telemetry';
import type { World } from '@kubelab/world';
import { Violation } from '../invariants.js';
import type { History } from './history.js';

export const watcherHosts = ['watcher-0', 'watcher-1'] as const;
const watched: readonly (KindInfo | undefined)[] = [
  podKind,
  serviceKind,
  endpointSliceKind,
  findKind({ group: 'apps', version: 'v1', kind: 'StatefulSet' }),
];

/** An informer as a component has it, whose every step is looked at: no object goes back, none comes again, none is missing. */
export class Watcher {
  readonly #name: string;
  readonly #fail: (violation: Violation) => void;
  readonly #informers: { readonly kind: KindInfo; readonly informer: Informer<KubeObject> }[] = [];
  /** The last version seen of each object, also of those that are gone. */
  readonly #versions = new Map<string, number>();
  /** Changes that were seen. */
  seen = 0;

  constructor(parts: { world: World; client: Client }, fail: (violation: Violation) => void) {
    const { world, client } = parts;
    this.#name = world.host;
    this.#fail = fail;
    const { log } = silentTelemetry(world, 'watcher', world.host);
    for (const kind of watched) {
      if (kind === undefined) continue;
      const informer = new Informer<KubeObject>(client, kind, { world, log });
      informer.handle({
        changed: (object) => this.#see(kind, object, 'changed'),
        deleted: (object) => this.#see(kind, object, 'deleted'),
      });
      informer.start();
      this.#informers.push({ kind, informer });
    }
  }

  #see(kind: KindInfo, object: KubeObject, how: 'changed' | 'deleted'): void {
    this.seen += 1;
    const { uid = '', name, resourceVersion } = object.metadata;
    const version = Number(resourceVersion);
    const last = this.#versions.get(uid) ?? 0;
    // A list that lacks the object says that it is gone, in the last version that was known.
    const goesBack = how === 'changed' ? version <= last : version < last;
    if (goesBack)
      this.#fail(
        new Violation('watch', `${this.#name}: ${kind.kind} ${name} ${how} to ${version} after ${last}`),
      );
    this.#versions.set(uid, how === 'deleted' ? Number.POSITIVE_INFINITY : version);
  }

  /** What it has that the store has not, or the other way round. */
  complaints(history: History): string[] {
    return this.#informers.flatMap(({ kind, informer }) => {
      const describe = (object: KubeObject, version: string | number | undefined) =>
        `${keyOf(object)}@${version}`;
      const here = informer.list().map((one) => describe(one, one.metadata.resourceVersion));
      const truth = [...history.entries()]
        .filter(([, object]) => object.kind === kind.kind)
        .map(([key, object]) => describe(object, history.revisionOf(key)));
      const missing = truth.filter((one) => !here.includes(one));
      return missing.length === 0 && here.length === truth.length
        ? []
        : [
            `${this.#name} has ${here.length} ${kind.resource}, the store ${truth.length}; it lacks [${missing}]`,
          ];
    });
  }
}
