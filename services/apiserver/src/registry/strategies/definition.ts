import {
  type CustomResourceDefinition,
  type FieldError,
  isObject,
  type KubeObject,
  versionSchemas,
} from '@kubelab/api';
import { compileRules } from '../../crd/cel/rules.js';
import { cleanupFinalizer } from '../../crd/custom-resources.js';
import { withCondition } from '../../crd/names.js';
import type { Strategy } from '../strategy.js';

/**
 * Every version that objects may be stored in stays on record, until somebody has migrated them and says so. A
 * definition goes after its objects: a finalizer holds it (crd/custom-resources.ts lets it go).
 */
export const definitionStrategy: Strategy = {
  prepareCreate: (object) => recordStorage(object),
  prepareUpdate: (object) => recordStorage(object),
  validate: (object) => ruleErrors(object as CustomResourceDefinition),
  decideDelete: () => ({ graceSeconds: 0, held: true }),
  markDeleted: (object) => {
    const { metadata } = object;
    const finalizers = metadata.finalizers ?? [];
    if (!finalizers.includes(cleanupFinalizer)) metadata.finalizers = [...finalizers, cleanupFinalizer];
    const status = (object as CustomResourceDefinition).status;
    if (status === undefined) return;
    const terminating = {
      type: 'Terminating',
      status: 'True',
      reason: 'InstanceDeletionPending',
      message: 'CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon',
    };
    const now = metadata.deletionTimestamp ?? '';
    object.status = { ...status, conditions: withCondition(status.conditions ?? [], terminating, now) };
  },
};

/** A rule that does not compile is refused here, so that none is met later. */
function ruleErrors({ spec }: CustomResourceDefinition): FieldError[] {
  return versionSchemas(spec?.versions ?? []).flatMap(({ schema, path }) => [
    ...compileRules(schema, path).errors,
  ]);
}

function recordStorage(object: KubeObject): void {
  const { spec } = object as CustomResourceDefinition;
  const stored = spec?.versions?.find(({ storage }) => storage)?.name;
  const status = isObject(object.status) ? object.status : {};
  const before = Array.isArray(status.storedVersions) ? status.storedVersions.map(String) : [];
  if (stored === undefined || before.includes(stored)) return;
  object.status = { ...status, storedVersions: [...before, stored] };
}
