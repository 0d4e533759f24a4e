export { type ApiserverConfig, startApiserver } from './start.js';
