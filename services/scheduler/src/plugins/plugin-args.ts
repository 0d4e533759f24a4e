import type { NodeAffinity, NodeSelectorRequirement, NodeSelectorTerm } from '@kubelab/api';
import type { Reader } from '../config/reader.js';
import type { PreemptionArgs } from './default-preemption.js';
import type { InterPodAffinityArgs } from './inter-pod-affinity.js';
import type { ResourceWeight } from './resource-shares.js';
import type { ResourcesFitArgs, ScoringStrategy } from './resources-fit.js';
import type { TopologySpreadArgs } from './topology-spread.js';
import type { VolumeBindingArgs } from './volume-binding.js';

/** pluginConfig[].args of a plugin. */
export type Args = Reader | undefined;

const typeFields = ['apiVersion', 'kind'] as const;
const operators = ['In', 'NotIn', 'Exists', 'DoesNotExist', 'Gt', 'Lt'] as const;

function resourceWeights(reader: Reader): ResourceWeight[] {
  return reader.list().map((item) => ({
    name: item.allow('name', 'weight').field('name').string(),
    weight: item.field('weight').optional((weight) => weight.int(1, 100)) ?? 1,
  }));
}

export function resourcesFitArgs(args: Args): ResourcesFitArgs {
  if (args === undefined) return {};
  args.allow(...typeFields, 'ignoredResources', 'ignoredResourceGroups', 'scoringStrategy');
  return {
    ignoredResources: args.field('ignoredResources').strings(),
    ignoredResourceGroups: args.field('ignoredResourceGroups').strings(),
    scoringStrategy: args.field('scoringStrategy').optional(scoringStrategy),
  };
}

function scoringStrategy(reader: Reader): ScoringStrategy {
  reader.allow('type', 'resources', 'requestedToCapacityRatio');
  const shape = reader.field('requestedToCapacityRatio').field('shape');
  const type = reader.field('type').oneOf(['LeastAllocated', 'MostAllocated', 'RequestedToCapacityRatio']);
  const points = shape.list().map((point) => ({
    utilization: point.field('utilization').int(0, 100),
    score: point.field('score').int(0, 10),
  }));
  if (type === 'RequestedToCapacityRatio' && points.length === 0) shape.fail('at least one point is needed');
  const sorted = points.every((point, at) => point.utilization > (points[at - 1]?.utilization ?? -1));
  if (!sorted) shape.fail('utilization values must be sorted in increasing order');
  return {
    type,
    resources: reader.field('resources').optional(resourceWeights),
    shape: points.length === 0 ? undefined : points,
  };
}

export function balancedAllocationArgs(args: Args): { readonly resources?: readonly ResourceWeight[] } {
  const resources = args
    ?.allow(...typeFields, 'resources')
    .field('resources')
    .optional(resourceWeights);
  return resources === undefined ? {} : { resources };
}

export function nodeAffinityArgs(args: Args): { readonly addedAffinity?: NodeAffinity } {
  const added = args?.allow(...typeFields, 'addedAffinity').field('addedAffinity');
  if (added === undefined || added.isAbsent) return {};
  const required = added.field('requiredDuringSchedulingIgnoredDuringExecution');
  const preferred = added.field('preferredDuringSchedulingIgnoredDuringExecution');
  return {
    addedAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: required.optional((one) => ({
        nodeSelectorTerms: one.field('nodeSelectorTerms').list().map(nodeSelectorTerm),
      })),
      preferredDuringSchedulingIgnoredDuringExecution: preferred.list().map((term) => ({
        weight: term.field('weight').int(1, 100),
        preference: nodeSelectorTerm(term.field('preference')),
      })),
    },
  };
}

function nodeSelectorTerm(reader: Reader): NodeSelectorTerm {
  const requirements = (list: Reader) =>
    list.list().map(
      (one): NodeSelectorRequirement => ({
        key: one.field('key').string(),
        operator: one.field('operator').oneOf(operators),
        values: one.field('values').strings(),
      }),
    );
  return {
    matchExpressions: requirements(reader.field('matchExpressions')),
    matchFields: requirements(reader.field('matchFields')),
  };
}

export function interPodAffinityArgs(args: Args): InterPodAffinityArgs {
  if (args === undefined) return {};
  args.allow(...typeFields, 'hardPodAffinityWeight', 'ignorePreferredTermsOfExistingPods');
  return {
    hardPodAffinityWeight: args.field('hardPodAffinityWeight').optional((one) => one.int(0, 100)),
    ignorePreferredTermsOfExistingPods: args
      .field('ignorePreferredTermsOfExistingPods')
      .optional((one) => one.boolean()),
  };
}

export function topologySpreadArgs(args: Args): TopologySpreadArgs {
  if (args === undefined) return {};
  args.allow(...typeFields, 'defaultConstraints', 'defaultingType');
  const list = args.field('defaultConstraints');
  const constraints = list.list().map((one) => ({
    maxSkew: one.field('maxSkew').int(1, 2 ** 31 - 1),
    topologyKey: one.field('topologyKey').string(),
    whenUnsatisfiable: one.field('whenUnsatisfiable').oneOf(['DoNotSchedule', 'ScheduleAnyway']),
  }));
  const type =
    args.field('defaultingType').optional((one) => one.oneOf(['System', 'List'] as const)) ??
    ('System' as const);
  if (type === 'System' && constraints.length > 0)
    list.fail('defaultingType List is needed with constraints');
  return { defaultingType: type, defaultConstraints: constraints };
}

export function preemptionArgs(args: Args): PreemptionArgs {
  if (args === undefined) return {};
  args.allow(...typeFields, 'minCandidateNodesPercentage', 'minCandidateNodesAbsolute');
  return {
    minCandidateNodesPercentage: args.field('minCandidateNodesPercentage').optional((one) => one.int(0, 100)),
    minCandidateNodesAbsolute: args
      .field('minCandidateNodesAbsolute')
      .optional((one) => one.int(0, 2 ** 31 - 1)),
  };
}

export function volumeBindingArgs(args: Args): VolumeBindingArgs {
  const seconds = args
    ?.allow(...typeFields, 'bindTimeoutSeconds', 'shape')
    .field('bindTimeoutSeconds')
    .optional((one) => one.int(0, 86_400));
  return seconds === undefined ? {} : { bindTimeoutSeconds: seconds };
}
