import { Client, connectApiserver, EventRecorder, LeaderElector } from '@kubelab/client';
import type { ComponentConfig, RunningComponent } from '@kubelab/component';
import type { AuthorityPem } from '@kubelab/pki';
import type { SigningKey } from '@kubelab/pki/tokens';
import { serveWire } from '@kubelab/wire';
import type { Address, World } from '@kubelab/world';
import { type Controller, type ControllerBug, runControllers } from './controller.js';
import { autoscalerController } from './controllers/autoscaler.js';
import { tokenCleaner } from './controllers/bootstrap-tokens.js';
import { certificateApprover, certificateCleaner, certificateSigner } from './controllers/certificates.js';
import { clusterRoleAggregationController } from './controllers/clusterrole-aggregation.js';
import { cronJobController } from './controllers/cronjob.js';
import { daemonSetController } from './controllers/daemonset.js';
import { deploymentController } from './controllers/deployment.js';
import { disruptionController } from './controllers/disruption.js';
import { endpointsController } from './controllers/endpoints.js';
import { endpointSliceController, endpointSliceMirroringController } from './controllers/endpointslice.js';
import { ephemeralVolumeController } from './controllers/ephemeral-volume.js';
import { garbageCollector } from './controllers/garbage-collector.js';
import { jobController } from './controllers/job.js';
import { namespaceController } from './controllers/namespace.js';
import { nodeLifecycleController } from './controllers/node-lifecycle.js';
import { replicaSetController, replicationController } from './controllers/replicaset.js';
import { resourceQuotaController } from './controllers/resource-quota.js';
import { serviceAccountTokenController } from './controllers/service-account-tokens.js';
import { podGarbageCollector, rootCaPublisher, serviceAccountController } from './controllers/small.js';
import { statefulSetController } from './controllers/statefulset.js';
import { claimProtection, volumeProtection } from './controllers/storage-protection.js';
import { taintEvictionController } from './controllers/taint-eviction.js';
import { ttlAfterFinishedController } from './controllers/ttl-after-finished.js';
import { volumeBinderController } from './controllers/volume-binder.js';

/** Every controller, in the order in which a workload meets them. */
export const controllers: readonly Controller[] = [
  deploymentController,
  replicaSetController,
  replicationController,
  statefulSetController,
  daemonSetController,
  jobController,
  cronJobController,
  ttlAfterFinishedController,
  autoscalerController,
  disruptionController,
  endpointsController,
  endpointSliceController,
  endpointSliceMirroringController,
  volumeBinderController,
  claimProtection,
  volumeProtection,
  ephemeralVolumeController,
  nodeLifecycleController,
  taintEvictionController,
  namespaceController,
  garbageCollector,
  podGarbageCollector,
  serviceAccountController,
  rootCaPublisher,
  certificateApprover,
  certificateSigner,
  certificateCleaner,
  resourceQuotaController,
  clusterRoleAggregationController,
  serviceAccountTokenController,
  tokenCleaner,
];

export interface ControllerManagerConfig extends ComponentConfig {
  readonly apiservers: readonly Address[];
  /** Names of controllers to run; `*` for all, `-name` for all but that one. */
  readonly controllers: readonly string[];
  readonly nodeMonitorGraceMs: number;
  readonly localVolumeDir: string;
  /** Signs certificate requests; absent: approved ones wait for another signer. */
  readonly signer?: AuthorityPem | undefined;
  /** Signs the tokens that are kept in Secrets; absent: none are made. */
  readonly tokenKey?: SigningKey | undefined;
  /** Tests only. */
  readonly plantedBug?: ControllerBug | undefined;
}

/** Throws for a name that no controller has, and when none is left. */
export function chooseControllers(words: readonly string[]): readonly Controller[] {
  const names = controllers.map((controller) => controller.name);
  const unknown = words.filter((word) => word !== '*' && !names.includes(word.replace(/^-/, '')));
  const isChosen = (name: string) =>
    !words.includes(`-${name}`) && (words.includes('*') || words.includes(name));
  const chosen = controllers.filter((controller) => isChosen(controller.name));
  if (unknown.length === 0 && chosen.length > 0) return chosen;
  const why = unknown.length === 0 ? 'leaves none' : `has unknown names (${unknown.join(', ')})`;
  throw new Error(`--controllers ${why}; there are: ${names.join(', ')}`);
}

/** Starts a controller-manager; of several, the one that holds the Lease kube-controller-manager works. */
export async function startControllerManager(
  world: World,
  config: ControllerManagerConfig,
): Promise<RunningComponent> {
  const { telemetry, links, tls, name } = config;
  const { log, tracer } = telemetry;
  const context = { world, telemetry, links };
  const chosen = chooseControllers(config.controllers);
  const transport = connectApiserver(context, { addresses: config.apiservers, tls });
  const client = new Client(transport);
  const events = new EventRecorder({ world, log, client, component: 'kube-controller-manager' });
  const { nodeMonitorGraceMs, localVolumeDir, tokenKey, signer, plantedBug } = config;
  const options = { nodeMonitorGraceMs, localVolumeDir, tokenKey, signer, plantedBug, caPem: tls.caPem };
  let reached = false;
  const elector = new LeaderElector({
    world,
    log,
    client,
    name: 'kube-controller-manager',
    identity: name,
    lead: (signal) => runControllers(chosen, { world, log, tracer, client, events, options }, signal),
    observed: () => {
      reached = true;
    },
  });
  const server = await serveWire(context, { address: config.listen, tls, services: [config.debug] });
  elector.start();
  return {
    address: server.address,
    role: () => (elector.isLeader ? 'active' : 'standby'),
    ready: () => reached,
    stop: async () => {
      await elector.stop();
      events.stop();
      await server.close();
      await transport.close();
    },
  };
}
