import type { KindInfo, KubeObject } from '@kubelab/api';
import type { Authorizer } from '../auth/authorize.js';
import type { RequestScope } from '../registry/context.js';
import type { Companions, Storage } from '../storage/storage.js';

/** What admission is asked about: one write, as far as it has come. */
export interface Attributes {
  readonly scope: RequestScope;
  readonly operation: 'CREATE' | 'UPDATE' | 'DELETE';
  readonly kind: KindInfo;
  /** '' for the object itself. */
  readonly subresource: string;
  /** As it is to become; of a deletion, what goes. */
  readonly object: KubeObject;
  /** What an update replaces. */
  readonly old: KubeObject | undefined;
}

/**
 * A plugin, in Kubernetes' sense (https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/).
 * Whatever it refuses it throws as a Status.
 *
 * All plugins' `admit`, then the kind's own preparation and validation, then all plugins' `validate`, then all plugins'
 * `reserve`. A write that raced goes through all of it again, so each must come to the same on its own result.
 */
export interface AdmissionPlugin {
  readonly name: string;
  /** May change the object, in place. Not asked about deletions. */
  admit?(attributes: Attributes): void | Promise<void>;
  /** Changes nothing. */
  validate?(attributes: Attributes): void | Promise<void>;
  /**
   * What must hold, and be written, in the transaction that writes the object: nothing is reserved by a write that
   * does not happen. Undefined when there is nothing to reserve.
   */
  reserve?(attributes: Attributes): Promise<Companions | undefined>;
  /** Writes of one key take turns within this server: they would race for the same reservation. Undefined: no turn. */
  turn?(attributes: Attributes): Promise<string | undefined>;
}

export interface AdmissionOptions {
  readonly authorizer: Authorizer;
  /** How long a pod stays bound to a node that is not ready or not reachable. Kubernetes: 300. */
  readonly defaultTolerationSeconds: number;
}

/** What plugins are made from. */
export interface PluginParts extends AdmissionOptions {
  readonly storage: Storage;
}
