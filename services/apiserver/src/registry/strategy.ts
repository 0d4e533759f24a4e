import type { FieldError, KindInfo, KubeObject } from '@kubelab/api';
import type { Companions } from '../storage/storage.js';
import type { UserInfo } from './context.js';
import { certificateStrategy } from './strategies/certificate.js';
import { definitionStrategy } from './strategies/definition.js';
import { jobStrategy } from './strategies/job.js';
import { namespaceStrategy } from './strategies/namespace.js';
import { podStrategy } from './strategies/pod.js';
import { keepAllocated, type ServiceAllocator } from './strategies/service.js';

export interface DeleteDecision {
  /** Seconds until the object goes; 0 for at once. */
  readonly graceSeconds: number;
  /** Something other than metadata.finalizers holds it back. */
  readonly held: boolean;
}

/** What is special about a kind; everything absent is as for all kinds. */
export interface Strategy {
  /** Sets what clients may not. In place. */
  prepareCreate?(object: KubeObject, user: UserInfo): void;
  /** Findings beyond those of the tables. */
  validate?(object: KubeObject): FieldError[];
  prepareUpdate?(object: KubeObject, old: KubeObject, subresource: string): void;
  /** How an object goes when it is deleted. Absent: at once. */
  decideDelete?(object: KubeObject, requestedGraceSeconds: number | undefined): DeleteDecision;
  /** What becomes of dependents when the client does not say; Background unless named. */
  readonly defaultPropagation?: 'Orphan';
  /** Further marks of an object that is on its way out. In place. */
  markDeleted?(object: KubeObject): void;
  /**
   * Conditions and writes that belong into the same transaction; may allocate into the object, in
   * place. `undefined` stands for absent.
   */
  companions?(before: KubeObject | undefined, after: KubeObject | undefined): Promise<Companions>;
}

const plain: Strategy = {};

/** The table of special kinds. */
export function strategies(parts: { readonly services: ServiceAllocator }): (kind: KindInfo) => Strategy {
  const table: Readonly<Record<string, Strategy>> = {
    '/Pod': podStrategy,
    '/Namespace': namespaceStrategy,
    '/ReplicationController': { defaultPropagation: 'Orphan' },
    'batch/Job': jobStrategy,
    'certificates.k8s.io/CertificateSigningRequest': certificateStrategy,
    'apiextensions.k8s.io/CustomResourceDefinition': definitionStrategy,
    '/Service': {
      prepareUpdate: keepAllocated,
      companions: (before, after) => parts.services.companions(before, after),
    },
  };
  return (kind) => table[`${kind.group}/${kind.kind}`] ?? plain;
}
