import type { Metrics } from '@kubelab/telemetry';
import type { World } from '@kubelab/world';
import type { AdmissionPlugin, Attributes } from '../admission/contract.js';
import type { UserInfo } from '../registry/context.js';

const admissionBuckets = [0.005, 0.025, 0.1, 0.5, 1, 2.5, 10];

/**
 * What authentication, authorization and admission decide, under kube-apiserver's names
 * (https://kubernetes.io/docs/reference/instrumentation/metrics/).
 */
export class GateMetrics {
  readonly #clock: World['clock'];
  readonly #attempts;
  readonly #decisions;
  readonly #admission;

  constructor({ clock }: Pick<World, 'clock'>, metrics: Metrics) {
    this.#clock = clock;
    this.#attempts = metrics.counter('authentication_attempts', 'Who was asked to show who they are.', [
      'result',
    ]);
    this.#decisions = metrics.counter(
      'apiserver_authorization_decisions_total',
      'Requests that an authorizer decided; who has no opinion is not counted.',
      ['type', 'name', 'decision'],
    );
    this.#admission = metrics.histogram(
      'apiserver_admission_controller_admission_duration_seconds',
      'Time of each admission plugin.',
      ['name', 'type', 'operation', 'rejected'],
      admissionBuckets,
    );
  }

  /** Passes on what authentication says. */
  async authenticated(asked: Promise<UserInfo | undefined>): Promise<UserInfo | undefined> {
    try {
      const user = await asked;
      this.#attempts.add({ result: user === undefined ? 'failure' : 'success' });
      return user;
    } catch (error) {
      this.#attempts.add({ result: 'error' });
      throw error;
    }
  }

  /** Nobody here denies: an authorizer allows, or has no opinion. */
  allowed(by: 'Node' | 'RBAC'): void {
    this.#decisions.add({ type: by, name: by.toLowerCase(), decision: 'allowed' });
  }

  /** The same plugin, with the time that it takes. */
  readonly timed = (plugin: AdmissionPlugin): AdmissionPlugin => {
    const { name } = plugin;
    return {
      name,
      ...(plugin.admit && { admit: (one) => this.#time(name, 'admit', one, () => plugin.admit?.(one)) }),
      ...(plugin.validate && {
        validate: (one) => this.#time(name, 'validate', one, () => plugin.validate?.(one)),
      }),
      ...(plugin.reserve && { reserve: async (one) => plugin.reserve?.(one) }),
      ...(plugin.turn && { turn: async (one) => plugin.turn?.(one) }),
    };
  };

  async #time(
    name: string,
    type: 'admit' | 'validate',
    { operation }: Attributes,
    work: () => void | Promise<void>,
  ): Promise<void> {
    const startedMs = this.#clock.monotonicMs();
    let rejected = 'true';
    try {
      await work();
      rejected = 'false';
    } finally {
      const seconds = (this.#clock.monotonicMs() - startedMs) / 1000;
      this.#admission.observe({ name, type, operation, rejected }, seconds);
    }
  }
}
