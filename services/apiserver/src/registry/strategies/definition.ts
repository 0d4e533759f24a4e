import { type CustomResourceDefinition, isObject, type KubeObject } from '@kubelab/api';
import type { Strategy } from '../strategy.js';

/** Every version that objects may be stored in stays on record, until somebody has migrated them and says so. */
export const definitionStrategy: Strategy = {
  prepareCreate: (object) => recordStorage(object),
  prepareUpdate: (object) => recordStorage(object),
};

function recordStorage(object: KubeObject): void {
  const { spec } = object as CustomResourceDefinition;
  const stored = spec?.versions?.find(({ storage }) => storage)?.name;
  const status = isObject(object.status) ? object.status : {};
  const before = Array.isArray(status.storedVersions) ? status.storedVersions.map(String) : [];
  if (stored === undefined || before.includes(stored)) return;
  object.status = { ...status, storedVersions: [...before, stored] };
}
