import {
  ApiError,
  type CustomResourceDefinition,
  definitionKind,
  groupVersions,
  type KindInfo,
  statusErrors,
  timestamp,
} from '@kubelab/api';
import { StoreError } from '@kubelab/store';
import { type Logger, newTraceparent } from '@kubelab/telemetry';
import type { World } from '@kubelab/world';
import type { Document } from '../openapi/documents.js';
import type { RequestScope } from '../registry/context.js';
import type { Registry } from '../registry/registry.js';
import type { WatchCache } from '../storage/watch-cache.js';
import { type ScalePaths, type ServedVersion, serveVersion } from './custom-kind.js';
import { decideNames, isTrue } from './names.js';
import { customDocument } from './openapi.js';
import { compareVersions } from './version-order.js';

export const cleanupFinalizer = 'customresourcecleanup.apiextensions.k8s.io';
const againMs = 500;

interface Entry {
  /** Of all that its versions were made of. */
  readonly state: string;
  readonly definition: CustomResourceDefinition;
  /** In the order of the definition; those that are not served too: their objects must be found when it goes. */
  readonly versions: readonly ServedVersion[];
}

export interface GroupVersion {
  readonly group: string;
  readonly version: string;
  readonly kinds: readonly KindInfo[];
}

/**
 * Serves what CustomResourceDefinitions say. Every instance follows the definitions in its own cache: their kinds
 * are there as soon as the cache hears of them, without restart, and go with them. Every instance also does what
 * Kubernetes' controllers of definitions do (names, establishing, cleaning up); all it writes is decided by what is
 * in the store, so that several instances come to the same.
 */
export class CustomResources {
  readonly #world: World;
  readonly #registry: Registry;
  readonly #log: Logger;
  readonly #entries = new Map<string, Entry>();
  #byResource = new Map<string, ServedVersion>();
  #groupVersions: readonly GroupVersion[] = groupVersions();
  #documents: ReadonlyMap<string, Document> | undefined;
  #stopped = false;
  #began: () => void = () => {};
  /** The definitions were read once. */
  readonly #begun: Promise<void>;
  #unsubscribe = () => {};
  readonly #working = new Set<string>();

  constructor(world: World, registry: Registry, log: Logger) {
    this.#world = world;
    this.#registry = registry;
    this.#log = log;
    this.#begun = new Promise((resolve) => {
      this.#began = resolve;
    });
  }

  start(): void {
    void this.#follow();
  }

  stop(): void {
    this.#stopped = true;
    this.#unsubscribe();
  }

  /** Of what is served now; a group that this instance knows nothing of may just have been made through another. */
  async find(group: string, version: string, resource: string): Promise<KindInfo | undefined> {
    const known = this.#byResource.get(`${group}/${version}/${resource}`);
    if (known !== undefined || !group.includes('.')) return known?.kind;
    await this.#cache.waitFor(await this.#registry.storage.currentRevision());
    await this.#begun;
    return this.#byResource.get(`${group}/${version}/${resource}`)?.kind;
  }

  scalePaths(kind: KindInfo): ScalePaths | undefined {
    return this.#served(kind)?.scale;
  }

  /** While a definition goes nothing new is made of it. */
  assertCreatable(kind: KindInfo): void {
    const entry = this.#entries.get(`${kind.resource}.${kind.group}`);
    if (entry?.definition.metadata.deletionTimestamp === undefined) return;
    const text = 'create not allowed while custom resource definition is terminating';
    throw new ApiError({ ...statusErrors.methodNotAllowed(kind, 'create').status, message: text });
  }

  /** Undefined for a version that is not deprecated. */
  deprecation(kind: KindInfo): string | undefined {
    const version = this.#served(kind)?.version;
    if (version?.deprecated !== true) return undefined;
    return version.deprecationWarning ?? `${kind.group}/${kind.version} ${kind.kind} is deprecated`;
  }

  /** Built-in ones and custom ones, in the order of discovery. */
  groupVersions(): readonly GroupVersion[] {
    return this.#groupVersions;
  }

  /** OpenAPI v3 by name: `apis/stable.example.com/v1`. Made when somebody asks. */
  documents(): ReadonlyMap<string, Document> {
    this.#documents ??= new Map(
      this.#customGroupVersions().map(({ group, version, served }) => [
        `apis/${group}/${version}`,
        customDocument(group, version, served),
      ]),
    );
    return this.#documents;
  }

  get #cache(): WatchCache {
    return this.#registry.storage.cache(definitionKind);
  }

  #served({ group, version, resource }: KindInfo): ServedVersion | undefined {
    return this.#byResource.get(`${group}/${version}/${resource}`);
  }

  async #follow(): Promise<void> {
    const cache = this.#cache;
    while (!this.#stopped && !cache.loaded) await this.#world.timers.sleep(20);
    if (this.#stopped) return;
    this.#unsubscribe = cache.subscribe(cache.revision, {
      event: () => this.#sync(),
      gone: () => {
        this.#unsubscribe();
        // Once the cache has finished loading anew.
        this.#world.timers.setImmediate(() => void this.#follow());
      },
    });
    this.#sync();
    this.#began();
  }

  #definitions(): CustomResourceDefinition[] {
    return this.#cache.all().map(({ object }) => object as CustomResourceDefinition);
  }

  /** Takes over what changed in the cache, then sees to what is to be written. */
  #sync(): void {
    if (this.#stopped) return;
    const found = new Map(this.#definitions().map((one) => [one.metadata.name, one]));
    let changed = false;
    for (const [name, entry] of this.#entries) {
      const definition = found.get(name);
      if (definition !== undefined && stateOf(definition) === entry.state) {
        this.#entries.set(name, { ...entry, definition });
        continue;
      }
      this.#drop(entry);
      this.#entries.delete(name);
      changed = true;
    }
    for (const [name, definition] of found) {
      if (!this.#entries.has(name) && isTrue(definition, 'Established')) {
        this.#entries.set(name, this.#serve(definition));
        changed = true;
      }
      void this.#reconcile(name);
    }
    if (changed) this.#publish();
  }

  #serve(definition: CustomResourceDefinition): Entry {
    const versions = (definition.spec?.versions ?? []).map((version) => serveVersion(definition, version));
    for (const { kind } of versions) this.#registry.storage.addKind(kind);
    return { state: stateOf(definition), definition, versions };
  }

  #drop(entry: Entry): void {
    for (const { kind, dispose } of entry.versions) {
      void this.#registry.storage.removeKind(kind).then(dispose);
    }
  }

  #publish(): void {
    const served = [...this.#entries.values()].flatMap(({ versions }) =>
      versions.filter(({ version }) => version.served),
    );
    this.#byResource = new Map(
      served.map((one) => [`${one.kind.group}/${one.kind.version}/${one.kind.resource}`, one]),
    );
    this.#groupVersions = [
      ...groupVersions(),
      ...this.#customGroupVersions().map(({ group, version, served: kinds }) => ({
        group,
        version,
        kinds: kinds.map(({ kind }) => kind),
      })),
    ];
    this.#documents = undefined;
  }

  #customGroupVersions(): { group: string; version: string; served: ServedVersion[] }[] {
    const found = new Map<string, { group: string; version: string; served: ServedVersion[] }>();
    for (const one of this.#byResource.values()) {
      const { group, version } = one.kind;
      const entry = found.get(`${group}/${version}`) ?? { group, version, served: [] };
      entry.served.push(one);
      found.set(`${group}/${version}`, entry);
    }
    const byName = (a: ServedVersion, b: ServedVersion) => (a.kind.resource < b.kind.resource ? -1 : 1);
    for (const { served } of found.values()) served.sort(byName);
    return [...found.values()].sort((a, b) =>
      a.group === b.group ? compareVersions(a.version, b.version) : a.group < b.group ? -1 : 1,
    );
  }

  /* -------------------------------------------------------------- what controllers of definitions do */

  /** One at a time for each definition; tried again while the store or somebody else is in the way. */
  async #reconcile(name: string): Promise<void> {
    if (this.#working.has(name)) return;
    this.#working.add(name);
    try {
      while (!this.#stopped && !(await this.#attempt(name))) await this.#world.timers.sleep(againMs);
    } finally {
      this.#working.delete(name);
    }
  }

  /** Whether nothing is left to do. */
  async #attempt(name: string): Promise<boolean> {
    try {
      const definition = this.#definitions().find((one) => one.metadata.name === name);
      if (definition === undefined) return true;
      if (definition.metadata.deletionTimestamp !== undefined) return await this.#cleanUp(definition);
      await this.#decide(definition);
      return true;
    } catch (error) {
      if (!(error instanceof ApiError) && !(error instanceof StoreError)) throw error;
      if (error instanceof ApiError && error.reason === 'NotFound') return true;
      this.#log.warn({ definition: name, error: error.message }, 'the definition is seen to later');
      return false;
    }
  }

  async #decide(definition: CustomResourceDefinition): Promise<void> {
    const now = () => timestamp(this.#world.clock.nowMs());
    const wanted = decideNames(definition, this.#definitions(), now());
    if (sameStatus(wanted, definition.status)) return;
    // Who decides must know every definition that there is.
    await this.#cache.waitFor(await this.#registry.storage.currentRevision());
    const { name } = definition.metadata;
    const ref = { kind: definitionKind, namespace: '', name };
    await this.#registry.mutate(this.#scope(), ref, 'status', (object) => {
      object.status = decideNames(object as CustomResourceDefinition, this.#definitions(), now());
    });
  }

  /** Every object goes before its definition does. */
  async #cleanUp(definition: CustomResourceDefinition): Promise<boolean> {
    const { name, finalizers = [] } = definition.metadata;
    if (!finalizers.includes(cleanupFinalizer)) return true;
    const storage = this.#entries.get(name)?.versions.find(({ version }) => version.storage);
    const left = storage === undefined ? 0 : await this.#deleteAll(storage.kind);
    if (left > 0) return false;
    const ref = { kind: definitionKind, namespace: '', name };
    await this.#registry.mutate(this.#scope(), ref, 'status', ({ metadata }) => {
      metadata.finalizers = (metadata.finalizers ?? []).filter((one) => one !== cleanupFinalizer);
    });
    return true;
  }

  /** How many are still there: finalizers of their own hold them. */
  async #deleteAll(kind: KindInfo): Promise<number> {
    const { storage } = this.#registry;
    const list = async () => {
      const all = { namespace: '', after: '', revision: await storage.currentRevision(), limit: 0 };
      return (await storage.pageAt(kind, all)).objects;
    };
    for (const { object } of await list()) {
      const { namespace = '', name, deletionTimestamp } = object.metadata;
      if (deletionTimestamp !== undefined) continue;
      await this.#quietly(this.#registry.delete(this.#scope(), { kind, namespace, name }, {}));
    }
    return (await list()).length;
  }

  async #quietly(work: Promise<unknown>): Promise<void> {
    try {
      await work;
    } catch (error) {
      if (!(error instanceof ApiError) || error.reason !== 'NotFound') throw error; // Gone: that was the wish.
    }
  }

  #scope(): RequestScope {
    const world = this.#world;
    return {
      world,
      user: { name: 'system:apiserver', groups: ['system:masters'] },
      trace: newTraceparent(world.random),
      fieldManager: 'kube-apiserver',
      dryRun: false,
      signal: undefined,
      warn: () => undefined,
    };
  }
}

/** The cache's objects are never changed: what was made of one holds as long as it is there. */
const states = new WeakMap<CustomResourceDefinition, string>();

/** What of a definition its served kinds depend on. */
function stateOf(definition: CustomResourceDefinition): string {
  const known = states.get(definition);
  if (known !== undefined) return known;
  const { metadata, spec, status } = definition;
  const state = JSON.stringify([metadata.uid, spec, status?.acceptedNames]);
  states.set(definition, state);
  return state;
}

function sameStatus(a: CustomResourceDefinition['status'], b: CustomResourceDefinition['status']): boolean {
  const essence = (status: CustomResourceDefinition['status']) =>
    JSON.stringify([
      [...(status?.conditions ?? [])]
        .map(({ type, status: is, reason, message }) => [type, is, reason, message])
        .sort(),
      Object.entries(status?.acceptedNames ?? {}).sort(([one], [other]) => (one < other ? -1 : 1)),
    ]);
  return essence(a) === essence(b);
}
