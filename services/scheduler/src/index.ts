export { defaultConfiguration } from './config/configuration.js';
export { MemoryApi } from './memory-api.js';
export type { DecisionRecord } from './record/decision-record.js';
export { Scheduler } from './scheduler.js';
export { type SchedulerConfig, startScheduler } from './start.js';
