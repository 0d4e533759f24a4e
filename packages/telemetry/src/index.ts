export type * from './contract.js';
export { formatLogLine } from './format.js';
export { createMessageCollector } from './message-collector.js';
export { Metrics } from './metrics.js';
export { exportSpans } from './otlp-exporter.adapter.js';
export { processMetrics } from './process-metrics.adapter.js';
export { createTelemetry, type LogLevel, silentTelemetry, type TelemetryOptions } from './telemetry.js';
export {
  childTraceparent,
  isSampled,
  newTraceparent,
  parseTraceparent,
  rootTraceparent,
  traceIdOf,
} from './trace-context.js';
export { joinTrace, type TraceNode } from './trace-tree.js';
export { createTracer } from './tracer.js';
