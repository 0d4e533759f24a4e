import { createHash } from 'node:crypto';
import {
  ApiException,
  AppsV1Api,
  CoreV1Api,
  type Informer,
  type KubeConfig,
  makeInformer,
  type V1ConfigMap,
  type V1Deployment,
} from '@kubernetes/client-node';

/** A ConfigMap with this label is a site: its keys are the pages. */
export const siteLabel = 'example.com/site';
/** How many servers it wants; 1 when absent. */
export const replicasAnnotation = 'example.com/replicas';
/** Written by the operator: `2 wanted`, or what is wrong. */
export const statusAnnotation = 'example.com/status';
const contentAnnotation = 'example.com/content';
const selector = `${siteLabel}=true`;
const retryMs = 1_000;

/**
 * The Deployment that a site wants; pure. Its pods' template names the content, so that new pages roll new pods out.
 *
 * @throws {RangeError} when the ConfigMap asks for what makes no sense
 */
export function deploymentFor(site: V1ConfigMap): V1Deployment {
  const { name = '', namespace = '', uid = '' } = site.metadata ?? {};
  const wanted = site.metadata?.annotations?.[replicasAnnotation] ?? '1';
  if (!/^\d{1,2}$/.test(wanted)) throw new RangeError(`${replicasAnnotation} is 0 to 99, not '${wanted}'`);
  const labels = { 'app.kubernetes.io/name': name, 'app.kubernetes.io/managed-by': 'site-operator' };
  const content = createHash('sha256')
    .update(JSON.stringify(Object.entries(site.data ?? {}).sort()))
    .digest('hex');
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      name,
      namespace,
      labels,
      // Whoever deletes the ConfigMap deletes the site: the garbage collector does it.
      ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', name, uid, controller: true }],
    },
    spec: {
      replicas: Number(wanted),
      selector: { matchLabels: labels },
      template: {
        metadata: { labels, annotations: { [contentAnnotation]: content } },
        spec: {
          containers: [
            {
              name: 'web',
              image: 'busybox',
              command: ['httpd', '-f', '-p', '8080', '-h', '/site'],
              volumeMounts: [{ name: 'pages', mountPath: '/site' }],
            },
          ],
          volumes: [{ name: 'pages', configMap: { name } }],
        },
      },
    },
  };
}

/**
 * Keeps a Deployment for each site of a namespace. Level-triggered: what changed only says which site is to be looked at; what is to
 * be done follows from how things are.
 */
export class SiteOperator {
  readonly #core: CoreV1Api;
  readonly #apps: AppsV1Api;
  readonly #namespace: string;
  readonly #sites: Informer<V1ConfigMap> & { get(name: string, namespace: string): V1ConfigMap | undefined };
  readonly #deployments: Informer<V1Deployment>;
  readonly #queue = new Set<string>();
  #working: Promise<void> | undefined;
  #retries = new Set<NodeJS.Timeout>();
  #stopped = false;

  constructor(config: KubeConfig, namespace: string) {
    this.#core = config.makeApiClient(CoreV1Api);
    this.#apps = config.makeApiClient(AppsV1Api);
    this.#namespace = namespace;
    this.#sites = makeInformer<V1ConfigMap>(
      config,
      `/api/v1/namespaces/${namespace}/configmaps`,
      () => this.#core.listNamespacedConfigMap({ namespace, labelSelector: selector }),
      selector,
    );
    this.#deployments = makeInformer<V1Deployment>(
      config,
      `/apis/apps/v1/namespaces/${namespace}/deployments`,
      () => this.#apps.listNamespacedDeployment({ namespace }),
    );
    this.#follow(this.#sites);
    this.#follow(this.#deployments);
  }

  async start(): Promise<void> {
    await this.#sites.start();
    await this.#deployments.start();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    for (const timer of this.#retries) clearTimeout(timer);
    await Promise.all([this.#sites.stop(), this.#deployments.stop()]);
    await this.#working;
  }

  #follow<T extends V1ConfigMap | V1Deployment>(informer: Informer<T>): void {
    for (const event of ['add', 'update', 'delete'] as const)
      informer.on(event, (object) => this.#look(object));
    informer.on('error', () => this.#later(() => void informer.start()));
  }

  /** A Deployment has its site's name. */
  #look(object: V1ConfigMap | V1Deployment): void {
    this.#queue.add(object.metadata?.name ?? '');
    this.#working ??= this.#work().finally(() => {
      this.#working = undefined;
    });
  }

  async #work(): Promise<void> {
    for (const name of this.#queue) {
      if (this.#stopped) return;
      this.#queue.delete(name);
      try {
        await this.#reconcile(name);
      } catch (error) {
        if (!(error instanceof ApiException)) throw error;
        this.#later(() => this.#look({ metadata: { name } }));
      }
    }
  }

  async #reconcile(name: string): Promise<void> {
    const site = this.#sites.get(name, this.#namespace);
    if (site === undefined) return;
    let status: string;
    try {
      const wanted = deploymentFor(site);
      await this.#apply(name, wanted);
      status = `${wanted.spec?.replicas} wanted`;
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      status = error.message;
    }
    if (site.metadata?.annotations?.[statusAnnotation] === status) return;
    await this.#core.patchNamespacedConfigMap({
      name,
      namespace: this.#namespace,
      body: [
        ...(site.metadata?.annotations === undefined
          ? [{ op: 'add', path: '/metadata/annotations', value: {} }]
          : []),
        {
          op: 'add',
          path: `/metadata/annotations/${statusAnnotation.replaceAll('/', '~1')}`,
          value: status,
        },
      ],
    });
  }

  async #apply(name: string, wanted: V1Deployment): Promise<void> {
    const namespace = this.#namespace;
    try {
      const found = await this.#apps.readNamespacedDeployment({ name, namespace });
      if (isAsWanted(found, wanted)) return;
      const { resourceVersion } = found.metadata ?? {};
      const metadata = { ...wanted.metadata, ...(resourceVersion === undefined ? {} : { resourceVersion }) };
      await this.#apps.replaceNamespacedDeployment({ name, namespace, body: { ...wanted, metadata } });
    } catch (error) {
      if (!(error instanceof ApiException) || error.code !== 404) throw error;
      await this.#apps.createNamespacedDeployment({ namespace, body: wanted });
    }
  }

  #later(work: () => void): void {
    if (this.#stopped) return;
    const timer = setTimeout(() => {
      this.#retries.delete(timer);
      work();
    }, retryMs);
    this.#retries.add(timer);
  }
}

function isAsWanted(found: V1Deployment, wanted: V1Deployment): boolean {
  const content = (deployment: V1Deployment) =>
    deployment.spec?.template.metadata?.annotations?.[contentAnnotation];
  return found.spec?.replicas === wanted.spec?.replicas && content(found) === content(wanted);
}
