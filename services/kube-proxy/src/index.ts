export { type EndpointConfig, type Forward, parseForward, startEndpoint } from './endpoint.js';
export { TcpProxy, type TcpProxyOptions } from './proxy/tcp-proxy.adapter.js';
export { type Backend, type DesiredListener, desiredListeners, type RulesInput } from './rules/rules.js';
export { type KubeProxyConfig, startKubeProxy } from './start.js';
