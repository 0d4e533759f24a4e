export { aggregatedRules } from './aggregation.js';
export * from './contract.js';
export { fromStored, toStored } from './convert.js';
export { type Decoded, decodeAs, decodeObject } from './decode.js';
export { applyDefaults, qosClass } from './defaults.js';
export { fieldDescription, typeDescription } from './descriptions.js';
export type * from './generated/types.js';
export * from './json.js';
export * from './kinds.js';
export { parseLabelSelector } from './label-selector.js';
export { formatAge, generateName, microTimestamp, stableHash, timestamp } from './names.js';
export * from './node-selection.js';
export { omitEmpty } from './omit-empty.js';
export { undeclaredFields } from './patch/declared.js';
export { jsonPatch } from './patch/json-patch.js';
export { applyIntent, trackUpdate, type WriteContext } from './patch/managed-fields.js';
export { mergePatch } from './patch/merge-patch.js';
export { strategicMergePatch } from './patch/strategic.js';
export {
  addQuantities,
  compareQuantities,
  parseQuantity,
  type Quantity,
  quantityValue,
  subtractQuantities,
} from './quantity.js';
export {
  addResources,
  countedBy,
  matchesQuotaScopes,
  missingOfQuota,
  quotaUsage,
  type Resources,
  subtractResources,
} from './quota.js';
export { compilePattern } from './regex.js';
export { rulesOf } from './rules/index.js';
export { type Field, type FieldType, hasType, objectType } from './schema.js';
export * from './schema-structural/index.js';
export * from './selectors.js';
export { apiError, fieldErrors, statusErrors } from './status-errors.js';
export * from './streams.js';
export { validate } from './validate/index.js';
export { warningsFor } from './warnings.js';
export { isKubeObject, parseManifests, parseYaml } from './yaml.js';
