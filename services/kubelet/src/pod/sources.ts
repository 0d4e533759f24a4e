import {
  type ConfigMap,
  configMapKind,
  type PersistentVolume,
  type PersistentVolumeClaim,
  type Pod,
  type Secret,
  type Service,
  secretKind,
} from '@kubelab/api';
import { type Client, type Informer, isNotFound } from '@kubelab/client';
import type { PodSandbox } from '../runtime/cri.js';
import type { Allocatable, EnvSources } from './env.js';
import type { ServiceAccountTokens } from './service-account-tokens.js';
import { claimKind, persistentVolumeKind } from './volumes.js';

/** Where a pod's environment and volumes get their values. */
export function envSources(
  from: {
    readonly client: Client;
    readonly services: Pick<Informer<Service>, 'list'>;
    readonly nodeIp: string;
    readonly tokens: ServiceAccountTokens;
    readonly allocatable: Allocatable;
  },
  pod: Pod,
  sandbox: PodSandbox,
): EnvSources {
  const { client, services, nodeIp, tokens } = from;
  const { namespace } = pod.metadata;
  return {
    configMap: (name) =>
      orAbsent(
        client
          .for<ConfigMap>(configMapKind)
          .get(namespace, name)
          .then((map) => map.data ?? {}),
      ),
    secret: (name) =>
      orAbsent(
        client
          .for<Secret>(secretKind)
          .get(namespace, name)
          .then((secret) => decoded(secret.data ?? {})),
      ),
    files: (kind, name) =>
      orAbsent(
        kind === 'configmap'
          ? client
              .for<ConfigMap>(configMapKind)
              .get(namespace, name)
              .then(({ data = {}, binaryData = {} }) => ({
                ...bytesOf(data, 'utf8'),
                ...bytesOf(binaryData, 'base64'),
              }))
          : client
              .for<Secret>(secretKind)
              .get(namespace, name)
              .then(({ data = {} }) => bytesOf(data, 'base64')),
      ),
    claim: (name) => orAbsent(client.for<PersistentVolumeClaim>(claimKind).get(namespace, name)),
    persistentVolume: (name) =>
      orAbsent(client.for<PersistentVolume>(persistentVolumeKind).get(undefined, name)),
    allocatable: from.allocatable,
    serviceAccountToken: (source) => tokens.get(pod, source),
    services: services.list(),
    podIp: sandbox.ip,
    hostIp: nodeIp,
  };
}

async function orAbsent<T>(value: Promise<T>): Promise<T | undefined> {
  try {
    return await value;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

function decoded(data: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]),
  );
}

function bytesOf(
  data: Readonly<Record<string, string>>,
  encoding: 'utf8' | 'base64',
): Record<string, Uint8Array> {
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => [key, new Uint8Array(Buffer.from(value, encoding))]),
  );
}
