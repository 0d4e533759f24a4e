export { stopAllPods } from './cleanup.js';
