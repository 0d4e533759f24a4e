import { type ReplicaSet, type ReplicationController, replicaSetKind } from '@kubelab/api';
import { replicationControllerKind } from '../kinds.js';
import { replicasController } from './replicas.js';

export const replicaSetController = replicasController<ReplicaSet>({
  name: 'replicaset',
  kind: replicaSetKind,
  selectorOf: (set) => set.spec?.selector ?? {},
});

/** The same with its selector as a plain map, which defaults to the template's labels. */
export const replicationController = replicasController<ReplicationController>({
  name: 'replicationcontroller',
  kind: replicationControllerKind,
  selectorOf: ({ spec }) => ({ matchLabels: spec?.selector ?? spec?.template?.metadata?.labels ?? {} }),
});
