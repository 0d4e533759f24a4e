export { type ControllerManagerConfig, controllers, startControllerManager } from './start.js';
