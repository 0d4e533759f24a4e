export { defineSchemaTypes } from './apply-types.js';
export { applySchemaDefaults } from './defaulting.js';
export { versionSchemas } from './definition.js';
export { embeddedErrors } from './embedded.js';
export { isIP } from './ip.js';
export { listTypeErrors } from './list-types.js';
export {
  additionalOf,
  isEmbedded,
  isIntOrString,
  itemsOf,
  oldItem,
  preservesUnknown,
  propertiesOf,
  propertyOf,
  type Schema,
} from './model.js';
export { parseFieldPath } from './path.js';
export { prune } from './prune.js';
export { jsonTypeOf, schemaValueErrors } from './value.js';
