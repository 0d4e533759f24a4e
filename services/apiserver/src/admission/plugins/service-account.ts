import {
  type LocalObjectReference,
  type Pod,
  type PodSpec,
  podKind,
  type ServiceAccount,
  serviceAccountKind,
  statusErrors,
} from '@kubelab/api';
import type { Timers } from '@kubelab/world';
import type { AdmissionPlugin, PluginParts } from '../contract.js';
import { Lookup } from '../lookup.js';
import { mountToken } from './token-volume.js';

const defaultAccount = 'default';
/** A new namespace's account is made by a controller: worth a moment's wait, at most so often. */
const defaultAccountTries = 10;
const defaultAccountWaitMs = 100;
const mirrorAnnotation = 'kubernetes.io/config.mirror';
const enforceAnnotation = 'kubernetes.io/enforce-mountable-secrets';

/** Every pod runs as an account that exists, pulls with that account's secrets unless it names its own, and has a token of it. */
export function serviceAccount({ storage }: PluginParts): AdmissionPlugin {
  const lookup = new Lookup(storage);
  const find = async (timers: Timers, namespace: string, name: string) => {
    for (let attempt = 1; ; attempt += 1) {
      const found = await lookup.one<ServiceAccount>(serviceAccountKind, namespace, name);
      if (found !== undefined || name !== defaultAccount || attempt >= defaultAccountTries) return found;
      await timers.sleep(defaultAccountWaitMs);
    }
  };
  return {
    name: 'ServiceAccount',
    admit: async ({ scope, operation, kind, object, subresource }) => {
      if (kind !== podKind || subresource !== '' || operation !== 'CREATE') return;
      const { metadata, spec } = object as Pod;
      if (spec === undefined) return;
      const { namespace = '', name } = metadata;
      if (metadata.annotations?.[mirrorAnnotation] !== undefined) {
        if ((spec.serviceAccountName ?? '') !== '')
          throw statusErrors.forbidden(kind, name, 'a mirror pod may not reference service accounts');
        return;
      }
      if ((spec.serviceAccountName ?? '') === '') spec.serviceAccountName = defaultAccount;
      const wanted = spec.serviceAccountName ?? defaultAccount;
      spec.serviceAccount = wanted;
      const account = await find(scope.world.timers, namespace, wanted);
      if (account === undefined) {
        const why = `error looking up service account ${namespace}/${wanted}: serviceaccount "${wanted}" not found`;
        throw statusErrors.forbidden(kind, name, why);
      }
      if (account.metadata.annotations?.[enforceAnnotation] === 'true') {
        const why = unmountable(spec, account);
        if (why !== undefined) throw statusErrors.forbidden(kind, name, why);
      }
      if ((spec.imagePullSecrets ?? []).length === 0 && (account.imagePullSecrets ?? []).length > 0)
        spec.imagePullSecrets = account.imagePullSecrets?.map((one) => ({ ...one }));
      mountToken(spec, account, scope.world.random);
    },
  };
}

/** The first secret that the account does not list. */
function unmountable(spec: PodSpec, account: ServiceAccount): string | undefined {
  const names = new Set((account.secrets ?? []).map((one) => one.name));
  const pulls = new Set((account.imagePullSecrets ?? []).map((one: LocalObjectReference) => one.name));
  const wanted = `is not referenced by ServiceAccount ${account.metadata.name}`;
  for (const { name, secret } of spec.volumes ?? []) {
    const used = secret?.secretName ?? '';
    if (secret !== undefined && !names.has(used))
      return `volume with secret.secretName="${used}" is not allowed because service account ${account.metadata.name} does not reference that secret: volume ${name}`;
  }
  // Nothing has been validated yet.
  const { containers = [], initContainers = [] } = spec;
  for (const container of [...initContainers, ...containers]) {
    for (const { name, valueFrom } of container.env ?? []) {
      const used = valueFrom?.secretKeyRef?.name;
      if (used !== undefined && !names.has(used))
        return `container ${container.name} with envVar ${name} referencing secret.secretName="${used}" is not allowed because service account ${account.metadata.name} does not reference that secret`;
    }
    for (const { secretRef } of container.envFrom ?? []) {
      const used = secretRef?.name;
      if (used !== undefined && !names.has(used))
        return `container ${container.name} with envFrom referencing secret.secretName="${used}" is not allowed because service account ${account.metadata.name} does not reference that secret`;
    }
  }
  const pull = (spec.imagePullSecrets ?? []).find(({ name }) => !pulls.has(name));
  return pull === undefined
    ? undefined
    : `imagePullSecret "${pull.name ?? ''}" is not allowed because it ${wanted}`;
}
