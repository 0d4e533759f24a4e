import type { AdmissionPlugin, PluginParts } from '../contract.js';
import { certificateApproval, certificateSigning, certificateSubjectRestriction } from './certificates.js';
import { persistentVolumeClaimResize } from './claim-resize.js';
import { defaultIngressClass, defaultStorageClass } from './class-defaults.js';
import { defaultTolerationSeconds } from './default-tolerations.js';
import { limitRanger } from './limit-ranger.js';
import { namespaceLifecycle } from './namespace-lifecycle.js';
import { nodeRestriction } from './node-restriction.js';
import { podSecurity } from './pod-security.js';
import { priority } from './priority.js';
import { resourceQuota } from './resource-quota.js';
import { roleEscalation } from './role-escalation.js';
import { runtimeClass } from './runtime-class.js';
import { serviceAccount } from './service-account.js';
import { storageObjectInUseProtection } from './storage-protection.js';
import { taintNodesByCondition } from './taint-nodes.js';

/** Every plugin, in Kubernetes' order; webhooks would stand before ResourceQuota, which is last. */
export function admissionPlugins(parts: PluginParts): readonly AdmissionPlugin[] {
  return [
    namespaceLifecycle(parts),
    limitRanger(parts),
    serviceAccount(parts),
    nodeRestriction(parts),
    roleEscalation(parts),
    taintNodesByCondition,
    podSecurity(parts),
    priority(parts),
    defaultTolerationSeconds(parts),
    defaultStorageClass(parts),
    storageObjectInUseProtection,
    persistentVolumeClaimResize(parts),
    runtimeClass(parts),
    certificateApproval(parts),
    certificateSigning(parts),
    certificateSubjectRestriction,
    defaultIngressClass(parts),
    resourceQuota(parts),
  ];
}
