import {
  ApiError,
  applyDefaults,
  applyIntent,
  decodeObject,
  deepClone,
  deepEqual,
  type FieldError,
  fieldErrors,
  generateName,
  isObject,
  jsonPatch,
  type KindInfo,
  type KubeObject,
  mergePatch,
  omitEmpty,
  statusErrors,
  strategicMergePatch,
  timestamp,
  trackUpdate,
  validate,
  warningsFor,
} from '@kubelab/api';
import { type Admission, together } from '../admission/admission.js';
import type { Attributes } from '../admission/contract.js';
import { objectKey, textOf } from '../storage/keys.js';
import { noCompanions, RacedError, revisionOf, type Storage, type WriteOptions } from '../storage/storage.js';
import type { RequestScope } from './context.js';
import type { Strategy } from './strategy.js';

const generateNameTries = 8;
const conflictTries = 8;
/** Creations that lose what they reserved (an address, a quota's rest) to others try again so often, after up to so long. */
const createTries = 64;
const raceWaitMsMax = 20;

export interface ObjectRef {
  readonly kind: KindInfo;
  /** '' for cluster scope. */
  readonly namespace: string;
  readonly name: string;
}

export interface DeleteOptions {
  readonly gracePeriodSeconds?: number | undefined;
  readonly propagationPolicy?: 'Orphan' | 'Background' | 'Foreground' | undefined;
  readonly preconditions?: {
    readonly uid?: string | undefined;
    readonly resourceVersion?: string | undefined;
  };
}

export type Patch =
  | {
      readonly type: 'json' | 'merge' | 'strategic';
      readonly patch: unknown;
      /** Told of what the schema does not know; may refuse it. */
      unknownFields(fields: readonly string[], outcome: unknown): void;
    }
  | { readonly type: 'apply'; readonly intent: unknown; readonly force: boolean };

/** What an update may change of an object: all but the status, only the status, ... */
export interface Aspect {
  /** '' for the object itself. */
  readonly subresource: string;
  /** What is written, from what is there and what was sent. */
  readonly merge: (kind: KindInfo, old: KubeObject, sent: KubeObject) => KubeObject;
  /** The server's own change may touch what updates may not: a pod's node, for example. */
  readonly byServer?: boolean;
}

/** The main endpoint: the status is not its business. */
export const mainAspect: Aspect = {
  subresource: '',
  merge: (kind, old, sent) => {
    if (!kind.hasStatus) return sent;
    const { status: _status, ...rest } = sent;
    return old.status === undefined ? rest : { ...rest, status: old.status };
  },
};

/** The /status endpoint: nothing else is. */
export const statusAspect: Aspect = {
  subresource: 'status',
  merge: (_kind, old, sent) => ({
    ...old,
    ...(sent.status === undefined ? {} : { status: sent.status }),
    metadata: { ...old.metadata, managedFields: sent.metadata.managedFields },
  }),
};

/**
 * Create, update, patch and delete for every kind: the order of steps is Kubernetes', what is special
 * is in the strategy.
 */
export class Registry {
  readonly storage: Storage;
  readonly #admission: Admission;
  readonly #strategyOf: (kind: KindInfo) => Strategy;

  constructor(storage: Storage, admission: Admission, strategyOf: (kind: KindInfo) => Strategy) {
    this.storage = storage;
    this.#admission = admission;
    this.#strategyOf = strategyOf;
  }

  async get(ref: ObjectRef): Promise<KubeObject> {
    const found = await this.storage.get(ref.kind, ref.namespace, ref.name);
    if (found === undefined) throw statusErrors.notFound(ref.kind, ref.name);
    return found;
  }

  async create(
    scope: RequestScope,
    kind: KindInfo,
    namespace: string,
    sent: KubeObject,
  ): Promise<KubeObject> {
    if (sent.metadata.resourceVersion !== undefined && sent.metadata.resourceVersion !== '') {
      throw new ApiError({
        kind: 'Status',
        apiVersion: 'v1',
        metadata: {},
        status: 'Failure',
        message: 'resourceVersion should not be set on objects to be created',
        code: 500,
      });
    }
    const generated = sent.metadata.name === '' && (sent.metadata.generateName ?? '') !== '';
    for (let attempt = 1; ; attempt += 1) {
      const object = await this.#prepareCreate(scope, kind, namespace, deepClone(sent));
      try {
        return await this.#storeNew(scope, kind, object);
      } catch (error) {
        if (!(error instanceof RacedError)) throw error;
        const taken = await this.storage.get(kind, namespace, object.metadata.name);
        // Not the name, then: an address was given to another in between. It is drawn anew.
        if (taken === undefined && attempt < createTries) {
          await scope.world.timers.sleep(scope.world.random.int(Math.min(attempt, raceWaitMsMax)));
          continue;
        }
        if (taken === undefined) throw busy();
        if (!generated) throw statusErrors.alreadyExists(kind, object.metadata.name);
        if (attempt >= generateNameTries) throw statusErrors.alreadyExists(kind, object.metadata.name);
      }
    }
  }

  async #prepareCreate(
    scope: RequestScope,
    kind: KindInfo,
    namespace: string,
    object: KubeObject,
  ): Promise<KubeObject> {
    const { metadata } = object;
    const { world } = scope;
    if (metadata.name === '' && metadata.generateName !== undefined)
      metadata.name = generateName(metadata.generateName, world.random);
    if (kind.namespaced) metadata.namespace = namespace;
    else delete metadata.namespace;
    metadata.uid = world.random.uuid();
    metadata.creationTimestamp = timestamp(world.clock.nowMs());
    delete metadata.deletionTimestamp;
    delete metadata.deletionGracePeriodSeconds;
    if (kind.hasGeneration) metadata.generation = 1;
    if (kind.hasStatus) delete object.status;
    applyDefaults(kind, object);
    trackCreate(scope, kind, object);
    const attributes = created(scope, kind, object);
    await this.#admission.admit(attributes);
    this.#strategyOf(kind).prepareCreate?.(object, scope.user);
    throwInvalid(kind, object, this.#findings(kind, object, undefined));
    for (const text of warningsFor(kind, object)) scope.warn(text);
    await this.#admission.validate(attributes);
    if (kind.custom === undefined) omitEmpty(kind.schema, object);
    return object;
  }

  #findings(kind: KindInfo, object: KubeObject, old: KubeObject | undefined): FieldError[] {
    const errors = validate(kind, object, old);
    // What it costs to ask further is spent on what is sound so far.
    return errors.length > 0 ? errors : (this.#strategyOf(kind).validate?.(object) ?? []);
  }

  async #storeNew(scope: RequestScope, kind: KindInfo, object: KubeObject): Promise<KubeObject> {
    const companions = await this.#strategyOf(kind).companions?.(undefined, object);
    return this.#admission.reserved(created(scope, kind, object), async (reserved) => {
      if (scope.dryRun) {
        const { namespace = '', name } = object.metadata;
        if ((await this.storage.get(kind, namespace, name)) === undefined) return object;
        throw statusErrors.alreadyExists(kind, name);
      }
      const all = together(companions ?? noCompanions, reserved);
      return this.storage.create(kind, object, { trace: scope.trace, companions: all });
    });
  }

  /** PUT. Without resourceVersion it wins over whatever is there. */
  async update(
    scope: RequestScope,
    ref: ObjectRef,
    sent: KubeObject,
    aspect: Aspect,
  ): Promise<{ object: KubeObject; created: boolean }> {
    const wanted = sent.metadata.resourceVersion;
    try {
      const object = await this.#change(scope, ref, aspect, (old) => {
        checkPreconditions(ref, old, { uid: sent.metadata.uid, resourceVersion: wanted });
        return deepClone(sent);
      });
      return { object, created: false };
    } catch (error) {
      const absent = error instanceof ApiError && error.reason === 'NotFound';
      if (!absent || !ref.kind.createOnUpdate || (wanted ?? '') !== '') throw error;
      return { object: await this.create(scope, ref.kind, ref.namespace, sent), created: true };
    }
  }

  async patch(
    scope: RequestScope,
    ref: ObjectRef,
    patch: Patch,
    aspect: Aspect,
  ): Promise<{ object: KubeObject; created: boolean }> {
    if (patch.type === 'apply') return this.#apply(scope, ref, patch, aspect);
    const object = await this.#change(scope, ref, aspect, (old) => {
      const changed = patched(ref.kind, old, patch);
      const { object: next, unknownFields } = decodeObject(ref.kind, changed);
      checkNamed(ref, next);
      patch.unknownFields(unknownFields, changed);
      const named = isObject(patch.patch) && isObject(patch.patch.metadata) ? patch.patch.metadata : {};
      if (named.resourceVersion !== undefined || named.uid !== undefined)
        checkPreconditions(ref, old, next.metadata);
      return next;
    });
    return { object, created: false };
  }

  async #apply(
    scope: RequestScope,
    ref: ObjectRef,
    patch: Patch & { type: 'apply' },
    aspect: Aspect,
  ): Promise<{ object: KubeObject; created: boolean }> {
    const { kind } = ref;
    const { object: intent } = decodeObject(kind, patch.intent);
    if ((intent.metadata.managedFields ?? []).length > 0)
      throw statusErrors.badRequest('metadata.managedFields must be nil');
    checkNamed(ref, intent);
    intent.metadata.name = ref.name;
    const nowMs = scope.world.clock.nowMs();
    const context = {
      kind,
      manager: scope.fieldManager,
      subresource: aspect.subresource,
      nowMs,
      force: patch.force,
    };
    const live = await this.storage.get(kind, ref.namespace, ref.name);
    if (live === undefined && aspect.subresource === '') {
      const object = await this.create(scope, kind, ref.namespace, applyIntent(context, undefined, intent));
      return { object, created: true };
    }
    const wanted = intent.metadata.resourceVersion;
    const object = await this.#change(
      scope,
      ref,
      aspect,
      (old) => {
        checkPreconditions(ref, old, { resourceVersion: wanted });
        return applyIntent(context, old, intent);
      },
      { tracked: true },
    );
    return { object, created: false };
  }

  /** Get, change, admit, validate, write; again when somebody wrote in between. Identical is not written. */
  async #change(
    scope: RequestScope,
    ref: ObjectRef,
    aspect: Aspect,
    change: (old: KubeObject) => KubeObject,
    options: { readonly tracked?: boolean } = {},
  ): Promise<KubeObject> {
    const { kind } = ref;
    for (let attempt = 1; ; attempt += 1) {
      const old = await this.get(ref);
      const next = aspect.merge(kind, old, change(deepClone(old)));
      keepIdentity(kind, next, old);
      if (aspect.subresource === '' || kind.custom !== undefined) applyDefaults(kind, next);
      const { subresource } = aspect;
      const attributes: Attributes = { scope, operation: 'UPDATE', kind, subresource, object: next, old };
      await this.#admission.admit(attributes);
      this.#strategyOf(kind).prepareUpdate?.(next, old, aspect.subresource);
      const before = aspect.byServer === true && kind.custom === undefined ? undefined : old;
      throwInvalid(kind, next, [...finalizerErrors(next, old), ...this.#findings(kind, next, before)]);
      if (subresource === '' && attempt === 1)
        for (const text of warningsFor(kind, next, old)) scope.warn(text);
      await this.#admission.validate(attributes);
      if (kind.custom === undefined) omitEmpty(kind.schema, next);
      if (kind.hasGeneration && !deepEqual(desiredState(kind, next), desiredState(kind, old)))
        next.metadata.generation = (old.metadata.generation ?? 0) + 1;
      if (options.tracked !== true) {
        const context = {
          kind,
          manager: scope.fieldManager,
          subresource: aspect.subresource,
          nowMs: scope.world.clock.nowMs(),
        };
        trackUpdate(context, old, next);
      }
      if (deepEqual(next, old)) return old;
      const companions =
        aspect.subresource === '' ? await this.#strategyOf(kind).companions?.(old, next) : undefined;
      try {
        return await this.#admission.reserved(attributes, async (reserved) => {
          if (scope.dryRun) return next;
          const all = together(companions ?? noCompanions, reserved);
          const write: WriteOptions = { trace: scope.trace, companions: all };
          if (isGone(next)) return this.#finishDelete(kind, old, next, write);
          return this.storage.replace(kind, old, next, write);
        });
      } catch (error) {
        if (!(error instanceof RacedError)) throw error;
        if (attempt >= conflictTries) throw statusErrors.modified(kind, ref.name);
      }
    }
  }

  /** The last finalizer is gone from an object that was to be deleted. */
  async #finishDelete(
    kind: KindInfo,
    old: KubeObject,
    next: KubeObject,
    write: WriteOptions,
  ): Promise<KubeObject> {
    const companions = (await this.#strategyOf(kind).companions?.(old, undefined)) ?? noCompanions;
    await this.storage.remove(kind, old, { ...write, companions });
    return next;
  }

  /** Gives the object as it was last, and whether it is gone already. */
  async delete(
    scope: RequestScope,
    ref: ObjectRef,
    options: DeleteOptions,
  ): Promise<{ object: KubeObject; gone: boolean }> {
    const { kind } = ref;
    const strategy = this.#strategyOf(kind);
    for (let attempt = 1; ; attempt += 1) {
      const old = await this.get(ref);
      checkDeletePreconditions(ref, old, options);
      const operation = 'DELETE';
      await this.#admission.validate({ scope, operation, kind, subresource: '', object: old, old });
      const { graceSeconds, held } = strategy.decideDelete?.(old, options.gracePeriodSeconds) ?? {
        graceSeconds: 0,
        held: false,
      };
      const propagation = options.propagationPolicy ?? strategy.defaultPropagation ?? 'Background';
      const next = markDeleted(scope, old, propagation, graceSeconds);
      const stays = held || graceSeconds > 0 || (next.metadata.finalizers ?? []).length > 0;
      strategy.markDeleted?.(next);
      if (scope.dryRun || (stays && deepEqual(next, old))) return { object: next, gone: !stays };
      try {
        if (stays)
          return { object: await this.storage.replace(kind, old, next, { trace: scope.trace }), gone: false };
        const companions = (await strategy.companions?.(old, undefined)) ?? noCompanions;
        const revision = await this.storage.remove(kind, old, { trace: scope.trace, companions });
        return {
          object: { ...old, metadata: { ...old.metadata, resourceVersion: String(revision) } },
          gone: true,
        };
      } catch (error) {
        if (!(error instanceof RacedError)) throw error;
        if (attempt >= conflictTries) throw statusErrors.modified(kind, ref.name);
      }
    }
  }

  /** A change that the server makes for a subresource (binding, scale, ...) or for itself. */
  async mutate(
    scope: RequestScope,
    ref: ObjectRef,
    subresource: string,
    change: (object: KubeObject) => void,
  ): Promise<KubeObject> {
    const aspect: Aspect = { subresource, merge: (_kind, _old, sent) => sent, byServer: true };
    return this.#change(scope, ref, aspect, (old) => {
      change(old);
      return old;
    });
  }
}

/** A patch that names another object is a mistake. */
function checkNamed(ref: ObjectRef, { metadata }: KubeObject): void {
  const { name, namespace = '' } = metadata;
  if (name !== '' && name !== ref.name)
    throw statusErrors.badRequest(
      `the name of the object (${name}) does not match the name on the URL (${ref.name})`,
    );
  if (ref.kind.namespaced && namespace !== '' && namespace !== ref.namespace)
    throw statusErrors.badRequest(
      `the namespace of the object (${namespace}) does not match the namespace on the request (${ref.namespace})`,
    );
}

/** The sender owns what was sent, with its defaults; not what admission and the server add (as in Kubernetes). */
function trackCreate(scope: RequestScope, kind: KindInfo, object: KubeObject): void {
  if ((object.metadata.managedFields ?? []).length > 0) return;
  const nowMs = scope.world.clock.nowMs();
  const { status: _status, ...sent } = object;
  trackUpdate({ kind, manager: scope.fieldManager, subresource: '', nowMs }, undefined, sent);
  object.metadata.managedFields = sent.metadata.managedFields ?? [];
}

function created(scope: RequestScope, kind: KindInfo, object: KubeObject): Attributes {
  return { scope, operation: 'CREATE', kind, subresource: '', object, old: undefined };
}

/** Others were quicker each time: nothing is wrong with the request. */
function busy(): ApiError {
  return statusErrors.tooManyRequests('what the object needs was given to others each time; try again', 1);
}

function patched(kind: KindInfo, old: KubeObject, patch: Exclude<Patch, { type: 'apply' }>): unknown {
  switch (patch.type) {
    case 'json':
      return jsonPatch(old, patch.patch);
    case 'merge':
      return mergePatch(old, patch.patch);
    case 'strategic':
      return strategicMergePatch(kind.schema, old, patch.patch);
    default:
      return patch.type satisfies never;
  }
}

/** What no client may change, whatever it sends. */
function keepIdentity(kind: KindInfo, next: KubeObject, old: KubeObject): void {
  const { metadata } = next;
  const {
    uid,
    creationTimestamp,
    generation,
    deletionTimestamp,
    deletionGracePeriodSeconds,
    resourceVersion,
    name,
    namespace,
  } = old.metadata;
  Object.assign(metadata, { name, uid, creationTimestamp, resourceVersion });
  if (kind.namespaced) metadata.namespace = namespace ?? '';
  const optional = { generation, deletionTimestamp, deletionGracePeriodSeconds };
  for (const [key, value] of Object.entries(optional)) {
    if (value === undefined) Reflect.deleteProperty(metadata, key);
    else Reflect.set(metadata, key, value);
  }
}

/** A custom resource without /status has a status that is a field like any other. */
function desiredState(kind: KindInfo, object: KubeObject): unknown {
  const { metadata: _metadata, status, ...rest } = object;
  return kind.custom === undefined || kind.hasStatus ? rest : { ...rest, status };
}

function throwInvalid(kind: KindInfo, object: KubeObject, errors: ReturnType<typeof validate>): void {
  if (errors.length > 0) throw statusErrors.invalid(kind, object.metadata.name, errors);
}

function finalizerErrors(next: KubeObject, old: KubeObject): ReturnType<typeof validate> {
  if (old.metadata.deletionTimestamp === undefined) return [];
  const before = new Set(old.metadata.finalizers ?? []);
  const added = (next.metadata.finalizers ?? []).filter((finalizer) => !before.has(finalizer));
  if (added.length === 0) return [];
  const list = added.map((one) => JSON.stringify(one)).join(', ');
  const rule = 'no new finalizers can be added if the object is being deleted';
  const text = `${rule}, found new finalizers []string{${list}}`;
  return [fieldErrors.forbidden('metadata.finalizers', text)];
}

/**
 * Deleted, and nothing holds it any more. Pods wait for their kubelet (grace 0), namespaces for their
 * content.
 */
function isGone(object: KubeObject): boolean {
  const { deletionTimestamp, deletionGracePeriodSeconds, finalizers } = object.metadata;
  if (deletionTimestamp === undefined || (finalizers ?? []).length > 0) return false;
  const spec = isObject(object.spec) ? object.spec : {};
  const held =
    object.kind === 'Namespace' &&
    object.apiVersion === 'v1' &&
    Array.isArray(spec.finalizers) &&
    spec.finalizers.length > 0;
  return !held && (deletionGracePeriodSeconds ?? 0) === 0;
}

function markDeleted(
  scope: RequestScope,
  old: KubeObject,
  propagation: NonNullable<DeleteOptions['propagationPolicy']>,
  graceSeconds: number,
): KubeObject {
  const next = deepClone(old);
  const { metadata } = next;
  const atMs = scope.world.clock.nowMs() + graceSeconds * 1000;
  const before = metadata.deletionGracePeriodSeconds;
  // A second delete may shorten what is left, never lengthen it.
  if (metadata.deletionTimestamp === undefined || (before !== undefined && graceSeconds < before)) {
    metadata.deletionTimestamp = timestamp(atMs);
    metadata.deletionGracePeriodSeconds = graceSeconds;
    if (metadata.generation !== undefined && old.metadata.deletionTimestamp === undefined)
      metadata.generation += 1;
  }
  const policy = { Orphan: 'orphan', Foreground: 'foregroundDeletion', Background: undefined }[propagation];
  const finalizers = metadata.finalizers ?? [];
  if (policy !== undefined && !finalizers.includes(policy)) metadata.finalizers = [...finalizers, policy];
  return next;
}

function checkPreconditions(
  ref: ObjectRef,
  old: KubeObject,
  wanted: { uid?: string | undefined; resourceVersion?: string | undefined },
): void {
  if ((wanted.uid ?? '') !== '' && wanted.uid !== old.metadata.uid) {
    const key = textOf(objectKey(ref.kind, ref.namespace, ref.name));
    const why =
      `StorageError: invalid object, Code: 4, Key: ${key}, ResourceVersion: 0, AdditionalErrorMsg: ` +
      `Precondition failed: UID in precondition: ${wanted.uid}, UID in object meta: ${old.metadata.uid}`;
    throw statusErrors.conflict(ref.kind, ref.name, why);
  }
  if ((wanted.resourceVersion ?? '') !== '' && Number(wanted.resourceVersion) !== revisionOf(old))
    throw statusErrors.modified(ref.kind, ref.name);
}

function checkDeletePreconditions(ref: ObjectRef, old: KubeObject, options: DeleteOptions): void {
  const { uid, resourceVersion } = options.preconditions ?? {};
  const { uid: ownUid = '', resourceVersion: own = '' } = old.metadata;
  const because = (what: string, wanted: string, record: string, may: string) =>
    statusErrors.conflict(
      ref.kind,
      ref.name,
      `the ${what} in the precondition (${wanted}) does not match the ${what} in record (${record}). The object might have been ${may}`,
    );
  if (uid !== undefined && uid !== ownUid) throw because('UID', uid, ownUid, 'deleted and then recreated');
  if (resourceVersion !== undefined && resourceVersion !== own)
    throw because('ResourceVersion', resourceVersion, own, 'modified');
}
