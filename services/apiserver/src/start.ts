import type { ComponentConfig, RunningComponent } from '@kubelab/component';
import type { Store } from '@kubelab/store';
import { Metrics } from '@kubelab/telemetry';
import { serveWire, type WireContext } from '@kubelab/wire';
import type { Address, World } from '@kubelab/world';
import { Admission } from './admission/admission.js';
import { authenticate } from './auth/authenticate.js';
import { Authorizer } from './auth/authorize.js';
import { ownTokenConfig, type TokenConfig, Tokens } from './auth/tokens/index.js';
import { CustomResources } from './crd/custom-resources.js';
import type { ApiHandler } from './endpoints/contract.js';
import { FlowControl, flowLimits } from './endpoints/flow-control.js';
import { GateMetrics } from './endpoints/gate-metrics.js';
import { createHandler } from './endpoints/handler.js';
import type { HealthCheck } from './endpoints/health.js';
import { ApiMetrics, lookedUpMetrics, meteredStore } from './endpoints/metrics.js';
import { MetricsApi } from './endpoints/metrics-api.js';
import { Bootstrap } from './registry/bootstrap.js';
import { Registry } from './registry/registry.js';
import { ServiceAllocator } from './registry/strategies/service.js';
import { strategies } from './registry/strategy.js';
import { Storage } from './storage/storage.js';
import { tracedStore } from './storage/traced-store.js';
import { openStore, type StoreConfig } from './store-config.js';
import { serveHttps } from './transport/https.adapter.js';
import { wireService } from './transport/wire.js';

export interface ApiserverConfig extends ComponentConfig {
  /** Where HTTPS is served, for kubectl and Kubernetes clients. */
  readonly secureListen: Address;
  readonly serviceCidr: string;
  /** How other machines reach secureListen: endpoint of the `kubernetes` Service. Port 0: as secureListen, where that was 0 too. */
  readonly advertise: Address;
  /** Seconds that pods stay bound to a node that went away (DefaultTolerationSeconds). */
  readonly defaultTolerationSeconds: number;
  /** What /metrics tells beside the apiserver's own: of the process. */
  readonly metrics?: Metrics;
  /** Keys and names of tokens; absent: keys of this instance's own, for one that is alone. */
  readonly tokens?: TokenConfig;
  /** Serves kubectl on secureListen; absent: real HTTPS. A simulated world has none. */
  readonly serveSecure?: typeof serveHttps;
}

const version = {
  major: '1',
  minor: '33',
  gitVersion: 'v1.33.0+kubelab',
  gitCommit: '',
  gitTreeState: 'clean',
  buildDate: '1970-01-01T00:00:00Z',
  goVersion: 'none',
  compiler: 'tsc',
  platform: 'node/any',
};

export interface RunningApiserver extends RunningComponent {
  /** Where HTTPS is served. */
  readonly secureAddress: Address;
  /** For calls from the same process; see createInProcessTransport. */
  readonly handler: ApiHandler;
}

/**
 * Starts an apiserver. It serves at once; while the store is away it says so (503, 504) and goes on by
 * itself when it is back.
 */
export async function startApiserver(
  world: World,
  config: ApiserverConfig & { readonly store: StoreConfig },
): Promise<RunningApiserver> {
  const { telemetry, links } = config;
  return serveApiserver(world, config, openStore({ world, telemetry, links }, config.store));
}

/** The objects, and what counts requests and answers. */
function measuredStorage(world: World, config: ApiserverConfig, store: Store) {
  const metrics = config.metrics ?? new Metrics();
  const storage = new Storage(
    world,
    tracedStore(meteredStore(store, world, metrics), config.telemetry.tracer),
    config.telemetry.log,
  );
  const flow = new FlowControl(flowLimits);
  lookedUpMetrics(metrics, flow, storage);
  return { metrics, storage, flow };
}

const always = (name: string): HealthCheck => ({ name, holds: () => true });

/** The same over any store; `stop` closes it. */
export async function serveApiserver(
  world: World,
  config: ApiserverConfig,
  store: Store,
): Promise<RunningApiserver> {
  const { telemetry, links, tls, name } = config;
  const { log } = telemetry;
  const context: WireContext = { world, telemetry, links };
  const { metrics, storage, flow } = measuredStorage(world, config, store);
  const services = new ServiceAllocator(world, store, config.serviceCidr);
  const gates = new GateMetrics(world, metrics);
  const authorizer = new Authorizer(storage, (by) => gates.allowed(by));
  const tokens = new Tokens(world, storage, config.tokens ?? ownTokenConfig());
  const { defaultTolerationSeconds } = config;
  const admission = new Admission(storage, { authorizer, defaultTolerationSeconds }, gates.timed);
  const registry = new Registry(storage, admission, strategies({ services }));
  const custom = new CustomResources(world, registry, log);
  const bootstrap = new Bootstrap({
    world,
    registry,
    log,
    name,
    get advertise() {
      return config.advertise.port === 0 ? https.address : config.advertise;
    },
    serviceAddress: services.firstAddress,
  });
  let stopping = false;
  const ping = always('ping');
  const storeAnswers = () => storage.ready && bootstrap.storeAnswers;
  const ready = () => storeAnswers() && bootstrap.done && !stopping;
  const handler = createHandler({
    ...{ context, tls, registry, custom, authorizer, flow, metrics, tokens },
    apiMetrics: new ApiMetrics(metrics),
    usage: new MetricsApi(context, tls),
    externalHost: `${config.advertise.host}:${config.advertise.port}`,
    log,
    version,
    health: {
      live: [ping, always('log')],
      ready: [
        ping,
        { name: 'etcd', holds: storeAnswers },
        { name: 'poststarthook/bootstrap', holds: () => bootstrap.done },
        { name: 'shutdown', holds: () => !stopping },
      ],
    },
  });
  const https = await (config.serveSecure ?? serveHttps)({
    world,
    address: config.secureListen,
    tls,
    name,
    messages: telemetry.messages,
    tracer: telemetry.tracer,
    authenticate: (credentials) => gates.authenticated(authenticate(tokens, credentials)),
    log,
    handler,
  });
  const wire = await serveWire(context, {
    address: config.listen,
    tls,
    services: [wireService(world, handler, telemetry.tracer), config.debug],
  });
  storage.start();
  void storage.loadRest();
  bootstrap.start();
  custom.start();
  let stopped: Promise<void> | undefined;
  const stop = async () => {
    stopping = true;
    custom.stop();
    await bootstrap.stop();
    await Promise.all([https.close(), wire.close()]);
    storage.stop();
    await store.close();
  };
  return {
    address: wire.address,
    secureAddress: https.address,
    handler,
    role: () => 'serving',
    ready,
    stop: () => {
      stopped ??= stop();
      return stopped;
    },
  };
}
