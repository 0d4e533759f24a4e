import {
  type ApiHandler,
  createInProcessTransport,
  ownTokenConfig,
  type RunningApiserver,
  serveApiserver,
} from '@kubelab/apiserver';
import type { ComponentConfig, RunningComponent } from '@kubelab/component';
import { controllers, startControllerManager } from '@kubelab/controller-manager';
import { openSoloStore } from '@kubelab/etcd-raft/solo';
import { groups } from '@kubelab/pki';
import { generateSigningKeyPem, type ServiceAccountKeys, serviceAccountKeys } from '@kubelab/pki/tokens';
import { startScheduler } from '@kubelab/scheduler';
import { createTelemetry } from '@kubelab/telemetry';
import { createLinks } from '@kubelab/wire';
import type { Address, TlsMaterial, World } from '@kubelab/world';
import type { Cluster } from './contract.js';
import { admin, Credentials } from './kubeconfigs.js';
import { type CheckedOptions, checkOptions, checkUser, type StartOptions } from './options.js';
import { type Subnet, takeSubnet } from './subnets.js';

const host = '127.0.0.1';
const readyPollMs = 2;
/** Of the `kubernetes` Service, where nothing in the cluster runs pods either. */
const nodeMonitorGraceMs = 6_000;
const defaultTolerationSeconds = 5;

/** Where a cluster runs: its own World, and what of this process it may use. */
export interface Host {
  readonly world: World;
  /** Absolute, there, and empty; removed by stop(). */
  readonly directory: string;
  readonly imageDirectory: string;
  readonly writeLog: (line: string) => void;
  /** Called last: the world is not used any more. */
  readonly released: () => void;
}

/** What every component of this cluster is started with. */
export type ComponentOf = (component: string, name: string, tls: TlsMaterial) => ComponentConfig;

export function checkStartOptions(options: StartOptions): CheckedOptions {
  return checkOptions(
    options,
    controllers.map(({ name }) => name),
  );
}

/**
 * The real components over the World: apiserver, controller-manager and scheduler, each by its own start function, on a network
 * that is inside of this process; only HTTPS is a socket. What fails on the way takes the rest with it.
 */
export async function runCluster(place: Host, options: CheckedOptions): Promise<Cluster> {
  const { world, directory } = place;
  const running: RunningComponent[] = [];
  const subnet = takeSubnet(world);
  let stopped: Promise<void> | undefined;
  const stopAll = async () => {
    // In reverse: who is asked last of all goes last. Nodes and controllers say goodbye to the apiserver.
    const [apiserver, ...others] = running;
    await Promise.all(others.reverse().map((component) => component.stop()));
    await apiserver?.stop();
    subnet.release();
    await world.disk.remove(directory);
    place.released();
  };
  const stop = () => {
    stopped ??= stopAll();
    return stopped;
  };
  try {
    const credentials = await Credentials.create(world);
    const tokenKeys = serviceAccountKeys(generateSigningKeyPem(), '');
    const started = { ...place, options, credentials, tokenKeys, subnet, running };
    const { server, handler } = await startControlPlane(started);
    const kubeconfigFor: Cluster['kubeconfigFor'] = async (who) =>
      credentials.kubeconfig({ cluster: options.name, server, directory, ...checkUser(who) });
    const kubeconfig = await kubeconfigFor(admin);
    await untilReady(started);
    await untilUsable(started, handler);
    return {
      ...{ name: options.name, url: server, kubeconfig, caPem: credentials.caPem, kubeconfigFor, stop },
      [Symbol.asyncDispose]: stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

interface Starting extends Host {
  readonly options: CheckedOptions;
  readonly credentials: Credentials;
  /** Of service accounts' tokens. */
  readonly tokenKeys: ServiceAccountKeys;
  readonly subnet: Subnet;
  /** The apiserver first; each is added when it runs. */
  readonly running: RunningComponent[];
}

async function startControlPlane(
  starting: Starting,
): Promise<{ readonly server: string; readonly handler: ApiHandler }> {
  const { world, credentials, options, running } = starting;
  const componentOf = componentsOf(starting);
  const apiserver = await startApi(starting, componentOf);
  running.push(apiserver);
  const { port } = apiserver.secureAddress;
  // Components that come too early are refused, and would wait for their next try.
  await untilReady(starting);
  const common = { apiservers: [apiserver.address] };
  if (options.controllers.length > 0)
    running.push(
      await startControllerManager(world, {
        ...componentOf(
          'controller-manager',
          'controller-manager-0',
          credentials.named('system:kube-controller-manager'),
        ),
        ...common,
        ...{ controllers: options.controllers, nodeMonitorGraceMs, tokenKey: starting.tokenKeys.signingKey },
        localVolumeDir: `${starting.directory}/volumes`,
      }),
    );
  if (options.scheduler)
    running.push(
      await startScheduler(world, {
        ...componentOf('scheduler', 'scheduler-0', credentials.named('system:kube-scheduler')),
        ...common,
      }),
    );
  await startNodes(starting, componentOf, apiserver.address);
  return { server: `https://${host}:${port}`, handler: apiserver.handler };
}

async function startApi(starting: Starting, componentOf: ComponentOf): Promise<RunningApiserver> {
  const { world, credentials, options, subnet } = starting;
  const name = 'apiserver-0';
  const names = ['localhost', host, 'kubernetes', 'kubernetes.default', 'kubernetes.default.svc'];
  const tls = await credentials.issue({ commonName: name, organizations: [groups.apiservers] }, [
    ...names,
    'kubernetes.default.svc.cluster.local',
    subnet.kubernetesService,
  ]);
  const config = componentOf('apiserver', name, tls);
  const store = openSoloStore(world, config.telemetry);
  const secureListen = { host, port: options.port };
  return serveApiserver(
    world,
    {
      ...config,
      ...{ secureListen, advertise: secureListen, serviceCidr: subnet.serviceCidr, defaultTolerationSeconds },
      tokens: ownTokenConfig(starting.tokenKeys),
    },
    store,
  ).catch(async (error: unknown) => {
    await store.close();
    throw error;
  });
}

/** What the first test relies on: the namespace `default` has its service account, when the controller that makes it runs. */
async function untilUsable({ world, options }: Starting, handler: ApiHandler): Promise<void> {
  const made = options.controllers.some((name) => name === '*' || name === 'serviceaccount');
  if (!made) return;
  const user = { name: 'system:apiserver', groups: ['system:masters', 'system:authenticated'] };
  const transport = createInProcessTransport(world, handler, user);
  const path = '/api/v1/namespaces/default/serviceaccounts/default';
  await until(world, options, async () => {
    const { code } = await transport.request({ method: 'GET', path });
    return code === 200;
  });
}

/** Loaded only where there are any. */
async function startNodes(starting: Starting, componentOf: ComponentOf, apiserver: Address): Promise<void> {
  const { nodes } = starting.options;
  if (nodes === 0) return;
  const { startNode } = await import('./nodes.js');
  for (let index = 1; index <= nodes; index += 1)
    starting.running.push(await startNode({ ...starting, componentOf, apiserver }, index));
}

function componentsOf({ world, options, writeLog }: Starting): ComponentOf {
  return (component, name, tls) => ({
    ...{ name, tls, links: createLinks(), debug: {} },
    listen: { host: name, port: 0 },
    telemetry: createTelemetry({
      ...{ component, instance: name, world, level: options.logLevel },
      destination: { write: writeLog },
    }),
  });
}

function untilReady({ world, options, running }: Starting): Promise<void> {
  return until(world, options, async () => running.every((component) => component.ready()));
}

async function until(world: World, { readyTimeoutMs }: CheckedOptions, holds: () => Promise<boolean>) {
  const untilMs = world.clock.monotonicMs() + readyTimeoutMs;
  while (!(await holds())) {
    if (world.clock.monotonicMs() > untilMs)
      throw new Error(
        `the cluster was not ready after ${readyTimeoutMs} ms (readyTimeoutMs); logLevel: 'info' tells why`,
      );
    await world.timers.sleep(readyPollMs);
  }
}
