export type { ControllerBug } from './controller.js';
export { type ControllerManagerConfig, controllers, startControllerManager } from './start.js';
