export { type SchedulerConfig, startScheduler } from './start.js';
