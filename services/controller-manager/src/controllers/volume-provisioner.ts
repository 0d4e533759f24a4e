import {
  ApiError,
  type Node,
  nodeKind,
  type PersistentVolume,
  type PersistentVolumeClaim,
  type StorageClass,
} from '@kubelab/api';
import type { CallContext } from '@kubelab/client';
import { isTrue } from '../common/conditions.js';
import type { ControllerContext } from '../controller.js';
import { persistentVolumeClaimKind, persistentVolumeKind } from '../kinds.js';

/** StorageClasses of this provisioner have folders on a node made for their claims. */
export const localProvisioner = 'kubelab.dev/local';
export const provisionedByAnnotation = 'pv.kubernetes.io/provisioned-by';
const hostnameLabel = 'kubernetes.io/hostname';

/** The node that the scheduler chose, or for Immediate binding the ready one with the fewest volumes. */
function nodeFor(context: ControllerContext, selected: string | undefined): Node | undefined {
  const nodes = context.informer<Node>(nodeKind);
  if (selected !== undefined) return nodes.get(selected);
  const volumes = context.informer<PersistentVolume>(persistentVolumeKind).list();
  const count = (node: Node) =>
    volumes.filter((volume) =>
      JSON.stringify(volume.spec?.nodeAffinity ?? '').includes(JSON.stringify(hostnameOf(node))),
    ).length;
  const ready = nodes
    .list()
    .filter((node) => isTrue(node.status?.conditions, 'Ready') && node.spec?.unschedulable !== true);
  return ready.sort((a, b) => count(a) - count(b) || (a.metadata.name < b.metadata.name ? -1 : 1))[0];
}

const hostnameOf = ({ metadata }: Node): string => metadata.labels?.[hostnameLabel] ?? metadata.name;

/** Makes a volume for a claim: the kubelet of its node makes the folder when a pod first mounts it. */
export async function provision(
  context: ControllerContext,
  claim: PersistentVolumeClaim,
  storageClass: StorageClass,
  selected: string | undefined,
  call: CallContext,
): Promise<void> {
  const say = (type: 'Normal' | 'Warning', reason: string, message: string) =>
    context.events.record(claim, { type, reason, message, trace: call.trace });
  const node = nodeFor(context, selected);
  const title = `volume with StorageClass ${JSON.stringify(storageClass.metadata.name)}`;
  if (node === undefined) {
    say('Warning', 'ProvisioningFailed', `failed to provision ${title}: no node is ready to hold it`);
    return;
  }
  const name = `pvc-${claim.metadata.uid}`;
  const root = storageClass.parameters?.path ?? context.options.localVolumeDir;
  const { namespace, uid } = claim.metadata;
  const volume: PersistentVolume = {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name, annotations: { [provisionedByAnnotation]: localProvisioner } },
    spec: {
      capacity: { storage: claim.spec?.resources?.requests?.storage ?? '0' },
      accessModes: [...(claim.spec?.accessModes ?? [])],
      volumeMode: claim.spec?.volumeMode ?? 'Filesystem',
      storageClassName: storageClass.metadata.name,
      persistentVolumeReclaimPolicy: storageClass.reclaimPolicy ?? 'Delete',
      claimRef: {
        apiVersion: 'v1',
        kind: persistentVolumeClaimKind.kind,
        name: claim.metadata.name,
        ...(namespace === undefined ? {} : { namespace }),
        ...(uid === undefined ? {} : { uid }),
      },
      hostPath: { path: `${root}/${name}`, type: 'DirectoryOrCreate' },
      nodeAffinity: {
        required: {
          nodeSelectorTerms: [
            { matchExpressions: [{ key: hostnameLabel, operator: 'In', values: [hostnameOf(node)] }] },
          ],
        },
      },
    },
  };
  try {
    await context.client.for<PersistentVolume>(persistentVolumeKind).create(volume, call);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.reason === 'AlreadyExists') return;
    say('Warning', 'ProvisioningFailed', `failed to provision ${title}: ${error.message}`);
    throw error;
  }
  say('Normal', 'ProvisioningSucceeded', `Successfully provisioned volume ${name}`);
}

/**
 * Removes what a released volume kept. Only folders that this provisioner named, below its own root; they are reached
 * where nodes share this machine (docs/divergence.md). Gives why not, when it cannot.
 */
export async function removeData(
  context: ControllerContext,
  volume: PersistentVolume,
): Promise<string | undefined> {
  const { annotations, name } = volume.metadata;
  if (annotations?.[provisionedByAnnotation] !== localProvisioner)
    return 'error getting deleter volume plugin for volume: no volume plugin matched';
  const path = volume.spec?.hostPath?.path ?? '';
  if (!/^pvc-[0-9a-f-]{36}$/.test(name) || !path.endsWith(`/${name}`))
    return `the folder ${path} is not one of ${localProvisioner}`;
  await context.world.disk.remove(path);
  return undefined;
}
