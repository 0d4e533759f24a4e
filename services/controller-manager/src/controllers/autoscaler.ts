import {
  ApiError,
  deepEqual,
  type HorizontalPodAutoscaler,
  type HorizontalPodAutoscalerStatus,
  type MetricStatus,
  matchesAll,
  type Pod,
  podKind,
  quantityValue,
  timestamp,
} from '@kubelab/api';
import { type CallContext, keyOf } from '@kubelab/client';
import { withCondition } from '../common/conditions.js';
import type { Controller, ControllerContext } from '../controller.js';
import { autoscalerKind } from '../kinds.js';
import { decideReplicas, type History, newHistory, noteScaling } from './autoscaler-behavior.js';
import { type Proposal, proposeReplicas, readPodMetrics, toleranceDefault } from './autoscaler-metrics.js';
import { getScale, type ScaleTarget } from './scale-target.js';

const syncEveryMs = 15_000;
type Autoscaler = HorizontalPodAutoscaler;
type Conditions = NonNullable<HorizontalPodAutoscalerStatus['conditions']>;

/** Sizes what has a scale by the use of resources (metrics.k8s.io), every 15 s. */
export const autoscalerController: Controller = {
  name: 'horizontalpodautoscaling',
  eventSource: 'horizontal-pod-autoscaler',
  workers: 2,
  start: (context, queue) => {
    const histories = new Map<string, History>();
    context.informer<Pod>(podKind);
    context.informer<Autoscaler>(autoscalerKind).handle({
      // Its own status is written every time: only a new object is looked at before its turn.
      changed: (one, old, trace) =>
        (old === undefined || !deepEqual(old.spec, one.spec)) && queue.add(keyOf(one), trace),
      deleted: (one) => histories.delete(keyOf(one)),
    });
    return async (key, call) => {
      const autoscaler = context.informer<Autoscaler>(autoscalerKind).get(key);
      if (autoscaler?.spec === undefined) return undefined;
      const history = histories.get(key) ?? newHistory();
      histories.set(key, history);
      await new Look(context, autoscaler, history, call).run();
      return { requeueAfterMs: syncEveryMs };
    };
  },
};

/** One look at one autoscaler. */
class Look {
  readonly #context: ControllerContext;
  readonly #autoscaler: Autoscaler;
  readonly #history: History;
  readonly #call: CallContext;
  readonly #nowMs: number;
  #conditions: Conditions;

  constructor(context: ControllerContext, autoscaler: Autoscaler, history: History, call: CallContext) {
    this.#context = context;
    this.#autoscaler = autoscaler;
    this.#history = history;
    this.#call = call;
    this.#nowMs = context.world.clock.nowMs();
    this.#conditions = autoscaler.status?.conditions ?? [];
  }

  async run(): Promise<void> {
    const { spec, metadata } = this.#autoscaler;
    if (spec === undefined) return;
    const reference = spec.scaleTargetRef;
    let target: ScaleTarget | undefined;
    try {
      target = await getScale(this.#context, { ...reference, namespace: metadata.namespace }, this.#call);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      await this.#cannot(
        'AbleToScale',
        'FailedGetScale',
        `the HPA controller was unable to get the target's current scale: ${error.message}`,
      );
      return;
    }
    if (target === undefined) {
      await this.#cannot(
        'AbleToScale',
        'FailedGetScale',
        `the HPA controller was unable to get the target's current scale: ${reference.kind} has none`,
      );
      return;
    }
    this.#set(
      'AbleToScale',
      'True',
      'SucceededGetScale',
      "the HPA controller was able to get the target's current scale",
    );
    if (target.selector === undefined) {
      await this.#cannot('ScalingActive', 'InvalidSelector', "the HPA target's scale is missing a selector");
      return;
    }
    await this.#scaleBy(target);
  }

  async #scaleBy(target: ScaleTarget): Promise<void> {
    const { spec } = this.#autoscaler;
    if (spec === undefined) return;
    const current = target.replicas;
    const min = spec.minReplicas ?? 1;
    if (current === 0 && min !== 0) {
      await this.#cannot(
        'ScalingActive',
        'ScalingDisabled',
        'scaling is disabled since the replica count of the target is zero',
        0,
      );
      return;
    }
    if (current > spec.maxReplicas)
      return this.#scale(target, spec.maxReplicas, 'Current number of replicas above Spec.MaxReplicas', []);
    if (current < min)
      return this.#scale(target, min, 'Current number of replicas below Spec.MinReplicas', []);
    const { proposals, failure } = await this.#proposals(target);
    const best = [...proposals].sort((a, b) => b.replicas - a.replicas)[0];
    if (failure !== undefined && (best === undefined || best.replicas < current)) {
      // With a metric unknown it may go up by those that are known, never down.
      await this.#cannot(
        'ScalingActive',
        failure.reason,
        `the HPA was unable to compute the replica count: ${failure.message}`,
        current,
      );
      return;
    }
    if (best === undefined) return;
    this.#set(
      'ScalingActive',
      'True',
      'ValidMetricFound',
      `the HPA was able to successfully calculate a replica count from ${best.what}`,
    );
    const decision = decideReplicas(spec, this.#history, {
      current,
      desired: best.replicas,
      nowMs: this.#nowMs,
    });
    const [able, why] = decision.stabilized ?? ['ReadyForNewScale', 'recommended size matches current size'];
    this.#set('AbleToScale', 'True', able, why);
    const [limit, text] = decision.limited ?? [
      'DesiredWithinRange',
      'the desired count is within the acceptable range',
    ];
    this.#set('ScalingLimited', decision.limited === undefined ? 'False' : 'True', limit, text);
    const statuses = proposals.map((proposal) => proposal.status);
    const reason = decision.replicas > current ? `${best.what} above target` : 'All metrics below target';
    await this.#scale(target, decision.replicas, reason, statuses);
  }

  async #proposals(
    target: ScaleTarget,
  ): Promise<{ proposals: Proposal[]; failure: { reason: string; message: string } | undefined }> {
    const { spec, metadata } = this.#autoscaler;
    const pods = this.#context
      .informer<Pod>(podKind)
      .inNamespace(metadata.namespace)
      .filter((pod) => matchesAll(target.selector ?? [], pod.metadata.labels));
    const proposals: Proposal[] = [];
    let failure: { reason: string; message: string } | undefined;
    const tolerance = {
      up: toleranceOf(spec?.behavior?.scaleUp?.tolerance),
      down: toleranceOf(spec?.behavior?.scaleDown?.tolerance),
    };
    for (const metric of spec?.metrics ?? []) {
      const source = metric.type === 'Resource' ? metric.resource : metric.containerResource;
      const reason =
        metric.type === 'ContainerResource'
          ? 'FailedGetContainerResourceMetric'
          : `FailedGet${metric.type}Metric`;
      if (source === undefined) {
        failure ??= { reason, message: `no custom metrics API serves metrics of type ${metric.type}` };
        continue;
      }
      try {
        const list = await this.#context.client.podMetrics(
          metadata.namespace ?? '',
          target.scale.status?.selector ?? '',
          this.#call,
        );
        const usage = readPodMetrics(list, source.name);
        const proposal = proposeReplicas({
          spec: metric,
          pods,
          usage,
          currentReplicas: target.replicas,
          nowMs: this.#nowMs,
          tolerance,
        });
        if (typeof proposal === 'string')
          failure ??= { reason, message: `failed to get ${source.name} utilization: ${proposal}` };
        else proposals.push(proposal);
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        failure ??= {
          reason,
          message: `unable to get metrics for resource ${source.name}: ${error.message}`,
        };
      }
    }
    return { proposals, failure };
  }

  async #scale(
    target: ScaleTarget,
    replicas: number,
    reason: string,
    metrics: MetricStatus[],
  ): Promise<void> {
    const current = target.replicas;
    const context = this.#context;
    if (replicas !== current) {
      try {
        await context.client.writeScale(target.kind, { ...target.scale, spec: { replicas } }, this.#call);
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        const message = `New size: ${replicas}; reason: ${reason}; error: ${error.message}`;
        this.#say('Warning', 'FailedRescale', message);
        await this.#cannot(
          'AbleToScale',
          'FailedUpdateScale',
          `the HPA controller was unable to update the target scale: ${error.message}`,
          current,
        );
        return;
      }
      noteScaling(this.#history, current, replicas, this.#nowMs);
      this.#set(
        'AbleToScale',
        'True',
        'SucceededRescale',
        `the HPA controller was able to update the target scale to ${replicas}`,
      );
      this.#say('Normal', 'SuccessfulRescale', `New size: ${replicas}; reason: ${reason}`);
    }
    await this.#write({
      currentReplicas: current,
      desiredReplicas: replicas,
      metrics,
      scaled: replicas !== current,
    });
  }

  #set(type: string, status: string, reason: string, message: string): void {
    this.#conditions = withCondition(this.#conditions, { type, status, reason, message }, this.#nowMs);
  }

  #say(type: 'Normal' | 'Warning', reason: string, message: string): void {
    this.#context.events.record(this.#autoscaler, { type, reason, message, trace: this.#call.trace });
  }

  async #cannot(type: string, reason: string, message: string, currentReplicas?: number): Promise<void> {
    this.#set(type, 'False', reason, message);
    if (reason !== 'ScalingDisabled') this.#say('Warning', reason, message);
    const { status } = this.#autoscaler;
    const current = currentReplicas ?? status?.currentReplicas ?? 0;
    await this.#write({
      currentReplicas: current,
      desiredReplicas: reason === 'ScalingDisabled' ? 0 : (status?.desiredReplicas ?? 0),
      metrics: status?.currentMetrics ?? [],
      scaled: false,
    });
  }

  async #write(seen: {
    currentReplicas: number;
    desiredReplicas: number;
    metrics: MetricStatus[];
    scaled: boolean;
  }): Promise<void> {
    const before = this.#autoscaler.status;
    const lastScaleTime = seen.scaled ? timestamp(this.#nowMs) : before?.lastScaleTime;
    const { generation } = this.#autoscaler.metadata;
    const status: HorizontalPodAutoscalerStatus = {
      ...(generation === undefined ? {} : { observedGeneration: generation }),
      ...(lastScaleTime === undefined ? {} : { lastScaleTime }),
      currentReplicas: seen.currentReplicas,
      desiredReplicas: seen.desiredReplicas,
      ...(seen.metrics.length === 0 ? {} : { currentMetrics: seen.metrics }),
      conditions: this.#conditions,
    };
    if (deepEqual(status, before)) return;
    await this.#context.client
      .for<Autoscaler>(autoscalerKind)
      .updateStatus({ ...this.#autoscaler, status }, this.#call);
  }
}

function toleranceOf(text: string | undefined): number {
  return text === undefined ? toleranceDefault : quantityValue(text);
}
