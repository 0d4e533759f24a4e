export type * from './contract.js';
export { formatLogLine } from './format.js';
export { createMessageCollector } from './message-collector.js';
export { Metrics } from './metrics.js';
export { processMetrics } from './process-metrics.adapter.js';
export { createTelemetry, type LogLevel, silentTelemetry, type TelemetryOptions } from './telemetry.js';
export { childTraceparent, newTraceparent, parseTraceparent, traceIdOf } from './trace-context.js';
