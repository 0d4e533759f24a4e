import type { Plugin } from './contract.js';

export const extensionPoints = [
  'preEnqueue',
  'queueSort',
  'preFilter',
  'filter',
  'postFilter',
  'preScore',
  'score',
  'reserve',
  'permit',
  'preBind',
  'bind',
  'postBind',
] as const;
export type ExtensionPoint = (typeof extensionPoints)[number];

/** One schedulerName's plugins, at each extension point in the order in which they run. */
export interface Profile {
  readonly schedulerName: string;
  /** Percent; undefined: Kubernetes' formula. */
  readonly percentageOfNodesToScore: number | undefined;
  readonly plugins: Readonly<Record<ExtensionPoint, readonly Plugin[]>>;
  /** How often a plugin's score counts. */
  readonly weights: ReadonlyMap<string, number>;
}
