import {
  additionalOf,
  deepEqual,
  type FieldError,
  fieldErrors,
  isEmbedded,
  isObject,
  itemsOf,
  oldItem,
  parseFieldPath,
  propertiesOf,
  propertyOf,
  type Schema,
} from '@kubelab/api';
import { Environment, type ParseResult } from '@marcbachmann/cel-js';
import { registerLibrary } from './library.js';
import { BudgetError, Meter, meterComprehensions, replaceFunctions } from './meter.js';
import { type CelType, CelTypes } from './types.js';

/** Steps of one rule, and of all rules for one object: comprehension turns and lengths of texts that functions read. */
const ruleBudget = 100_000;
const objectBudget = 1_000_000;
const expressionBytesMax = 16 * 1024;
const messageBytesMax = 5_120;
const rulesMax = 1_000;

type Rule = NonNullable<Schema['x-kubernetes-validations']>[number];

interface CompiledRule {
  readonly rule: Rule;
  readonly program: ParseResult;
  readonly message: ParseResult | undefined;
  readonly usesOldSelf: boolean;
  /** From the place of the rule, with a dot or bracket in front. */
  readonly fieldPath: string;
}

/** Rules of a schema and of what is in it. */
interface Node {
  readonly schema: Schema;
  readonly type: CelType;
  readonly rules: readonly CompiledRule[];
  readonly properties: ReadonlyMap<string, Node>;
  readonly items: Node | undefined;
  readonly additional: Node | undefined;
}

export interface CompiledRules {
  /** What is wrong with the rules themselves; their definition must not be stored. */
  readonly errors: readonly FieldError[];
  readonly isEmpty: boolean;
  /** What the rules say of an object. `old`: what an update replaces. Never throws. */
  validate(object: unknown, old: unknown): FieldError[];
}

/** Compiles every x-kubernetes-validations of a schema, once per definition. `path` is the schema's place in it. */
export function compileRules(schema: Schema, path: string): CompiledRules {
  const compiler = new Compiler();
  const root = compiler.node(schema, { path, isResource: true, comparable: true });
  const { errors } = compiler;
  if (compiler.count > rulesMax) errors.push(fieldErrors.tooMany(path, compiler.count, rulesMax));
  return {
    errors,
    isEmpty: root === undefined,
    validate: (object, old) => {
      if (root === undefined || errors.length > 0) return [];
      const run = new Run(compiler.meter);
      run.node(root, object, old, '');
      return run.errors;
    },
  };
}

interface Place {
  readonly path: string;
  readonly isResource: boolean;
  /** What was there before an update can be told. */
  readonly comparable: boolean;
}

class Compiler {
  readonly meter = new Meter();
  readonly errors: FieldError[] = [];
  count = 0;

  node(schema: Schema, place: Place): Node | undefined {
    const { path, comparable } = place;
    const inside = comparable && schema['x-kubernetes-map-type'] !== 'atomic';
    const properties = new Map<string, Node>();
    for (const [name, property] of propertiesOf(schema)) {
      const inner = this.node(property, {
        path: `${path}.properties[${name}]`,
        isResource: isEmbedded(property),
        comparable: inside,
      });
      if (inner !== undefined) properties.set(name, inner);
    }
    const items = itemsOf(schema);
    const additional = additionalOf(schema);
    const itemsNode =
      items === undefined
        ? undefined
        : this.node(items, {
            path: `${path}.items`,
            isResource: isEmbedded(items),
            comparable: comparable && schema['x-kubernetes-list-type'] === 'map',
          });
    const additionalNode =
      additional === undefined
        ? undefined
        : this.node(additional, {
            path: `${path}.additionalProperties`,
            isResource: isEmbedded(additional),
            comparable: inside,
          });
    const own = schema['x-kubernetes-validations'] ?? [];
    if (own.length === 0 && properties.size === 0 && itemsNode === undefined && additionalNode === undefined)
      return undefined;
    this.count += own.length;
    const { type, rules } = this.#rules(schema, own, place);
    return { schema, type, rules, properties, items: itemsNode, additional: additionalNode };
  }

  #rules(schema: Schema, own: readonly Rule[], place: Place): { type: CelType; rules: CompiledRule[] } {
    const plain: CelType = { name: 'dyn', toCel: (value) => value };
    if (own.length === 0 || this.count > rulesMax) return { type: plain, rules: [] };
    const environment = new Environment({ enableOptionalTypes: true, homogeneousAggregateLiterals: false });
    registerLibrary(environment, this.meter);
    const type = new CelTypes(environment).of({ ...schema, nullable: false }, place.isResource);
    environment.registerVariable('self', type.name);
    const base = environment;
    const rules = own.flatMap((rule, at) => {
      const field = `${place.path}.x-kubernetes-validations[${at}]`;
      const oldType = rule.optionalOldSelf === true ? `optional<${type.name}>` : type.name;
      const scope = base.clone().registerVariable('oldSelf', oldType);
      return this.#rule(scope, schema, rule, { ...place, path: field });
    });
    return { type, rules };
  }

  #rule(environment: Environment, schema: Schema, rule: Rule, place: Place): CompiledRule[] {
    const { path } = place;
    const before = this.errors.length;
    if (rule.rule.trim() === '') {
      this.errors.push(fieldErrors.required(`${path}.rule`, 'rule is not specified'));
      return [];
    }
    const program = this.#compile(environment, rule.rule, 'bool', `${path}.rule`);
    const message =
      rule.messageExpression === undefined
        ? undefined
        : this.#compile(environment, rule.messageExpression, 'string', `${path}.messageExpression`);
    const usesOldSelf = /\boldSelf\b/.test(withoutTexts(`${rule.rule}\n${rule.messageExpression ?? ''}`));
    this.errors.push(...ruleFieldErrors(schema, rule, place, usesOldSelf));
    if (program === undefined || this.errors.length > before) return [];
    return [{ rule, program, message, usesOldSelf, fieldPath: rule.fieldPath ?? '' }];
  }

  #compile(environment: Environment, text: string, wanted: string, field: string): ParseResult | undefined {
    const refuse = (why: string) => void this.errors.push(fieldErrors.invalid(field, text, why));
    if (Buffer.byteLength(text) > expressionBytesMax) {
      this.errors.push(fieldErrors.tooLong(field, expressionBytesMax));
      return undefined;
    }
    try {
      const program = environment.parse(text);
      replaceFunctions(program.ast);
      const { valid, type, error } = program.check();
      if (!valid) {
        refuse(`compilation failed: ${atCompileTime(error)}`);
        return undefined;
      }
      if (type !== wanted && type !== 'dyn') {
        refuse(
          wanted === 'bool'
            ? 'compilation failed: cel expression must evaluate to a bool'
            : 'compilation failed: messageExpression must evaluate to a string',
        );
        return undefined;
      }
      meterComprehensions(program.ast, this.meter);
      return program;
    } catch (error) {
      refuse(`compilation failed: ${atCompileTime(error)}`);
      return undefined;
    }
  }
}

const reasons = ['FieldValueInvalid', 'FieldValueForbidden', 'FieldValueRequired', 'FieldValueDuplicate'];

function ruleFieldErrors(
  schema: Schema,
  rule: Rule,
  { path, comparable }: Place,
  usesOldSelf: boolean,
): FieldError[] {
  const errors: FieldError[] = [];
  const { message, messageExpression, reason, fieldPath, optionalOldSelf } = rule;
  if (message !== undefined && message.trim() === '' && message !== '')
    errors.push(fieldErrors.invalid(`${path}.message`, message, 'message must be non-empty if specified'));
  if (message !== undefined && /\n/.test(message.trim()))
    errors.push(fieldErrors.invalid(`${path}.message`, message, 'message must not contain line breaks'));
  if (/\n/.test(rule.rule.trim()) && (message ?? '') === '' && (messageExpression ?? '') === '')
    errors.push(
      fieldErrors.required(`${path}.message`, 'message must be specified if rule contains line breaks'),
    );
  if (messageExpression !== undefined && messageExpression.trim() === '')
    errors.push(fieldErrors.required(`${path}.messageExpression`, 'must be non-empty if specified'));
  if (reason !== undefined && !reasons.includes(reason))
    errors.push(fieldErrors.notSupported(`${path}.reason`, reason, reasons));
  if (usesOldSelf && !comparable)
    errors.push(
      fieldErrors.invalid(
        `${path}.rule`,
        rule.rule,
        `oldSelf cannot be used on the uncorrelatable portion of the schema within ${path.replace(/\.x-kubernetes-validations\[\d+\]$/, '')}`,
      ),
    );
  if (optionalOldSelf !== undefined && !usesOldSelf)
    errors.push(
      fieldErrors.invalid(
        `${path}.optionalOldSelf`,
        optionalOldSelf,
        'may not be set if oldSelf is not used in rule',
      ),
    );
  if (fieldPath !== undefined && fieldPath !== '') {
    const found = parseFieldPath(fieldPath)?.reduce<Schema | undefined>(
      (inner, name) => (inner === undefined ? undefined : (propertyOf(inner, name) ?? additionalOf(inner))),
      schema,
    );
    if (found === undefined)
      errors.push(
        fieldErrors.invalid(
          `${path}.fieldPath`,
          fieldPath,
          'fieldPath must be a valid path: does not refer to a valid field',
        ),
      );
  }
  return errors;
}

/** An expression without what stands in quotes: names only. */
function withoutTexts(text: string): string {
  return text.replace(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g, '""');
}

/** The library's findings as cel-go puts them. */
function inCelWords(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const summary: unknown = Reflect.get(error, 'summary');
  const text = typeof summary === 'string' ? summary : (error.message.split('\n')[0] ?? '');
  return text
    .replace(/^No such key: index out of bounds, index (-?\d+).*$/, 'index out of bounds: $1')
    .replace(/^Unknown variable: (.*)$/, "undeclared reference to '$1' (in container '')");
}

function atCompileTime(error: unknown): string {
  return inCelWords(error).replace(/^No such key: (.*)$/, "undefined field '$1'");
}

function atRunTime(error: unknown): string {
  return inCelWords(error).replace(/^No such key: (.*)$/, 'no such key: $1');
}

/* ---------------------------------------------------------------- evaluation */

class Run {
  readonly errors: FieldError[] = [];
  readonly #meter: Meter;
  #left = objectBudget;
  #stopped = false;

  constructor(meter: Meter) {
    this.#meter = meter;
  }

  node(node: Node, value: unknown, old: unknown, path: string): void {
    // A rule on a nullable value is for what is not null.
    if (value === null || value === undefined || this.#stopped) return;
    this.#rules(node, value, old ?? undefined, path);
    const comparable = node.schema['x-kubernetes-map-type'] !== 'atomic';
    if (Array.isArray(value) && node.items !== undefined)
      for (const [at, item] of value.entries())
        this.node(node.items, item, oldItem(node.schema, old, item), `${path}[${at}]`);
    if (!isObject(value)) return;
    const before = comparable && isObject(old) ? old : {};
    for (const [name, item] of Object.entries(value)) {
      const property = node.properties.get(name);
      if (property !== undefined)
        this.node(property, item, before[name], path === '' ? name : `${path}.${name}`);
      else if (node.additional !== undefined && propertyOf(node.schema, name) === undefined)
        this.node(node.additional, item, before[name], `${path}[${name}]`);
    }
  }

  #rules({ rules, type, schema }: Node, value: unknown, old: unknown, path: string): void {
    if (rules.length === 0) return;
    const converted = this.#convert(type, value, old, path);
    if (converted === undefined) return;
    const { self, oldSelf } = converted;
    const unchanged = old !== undefined && deepEqual(value, old);
    for (const compiled of rules) {
      if (this.#stopped) return;
      const { rule, usesOldSelf } = compiled;
      const optional = rule.optionalOldSelf === true;
      if (usesOldSelf && old === undefined && !optional) continue;
      const context = { self, ...(usesOldSelf ? { oldSelf: optional ? optionalOf(oldSelf) : oldSelf } : {}) };
      const before = this.errors.length;
      this.#one(compiled, context, schema.type ?? '', path);
      // What did not change is not held against anybody (KEP-4008); transition rules are.
      if (unchanged && !usesOldSelf && !this.#stopped) this.errors.length = before;
    }
  }

  /** Undefined, with a finding, for what a schema lets pass and CEL cannot hold: a duration of `3 days`. */
  #convert(type: CelType, value: unknown, old: unknown, path: string) {
    try {
      return { self: type.toCel(value), oldSelf: old === undefined ? undefined : type.toCel(old) };
    } catch (error) {
      this.errors.push(fieldErrors.invalid(path === '' ? '<nil>' : path, 'object', inCelWords(error)));
      return undefined;
    }
  }

  #one(compiled: CompiledRule, context: Record<string, unknown>, typeName: string, path: string): void {
    const { rule, program, fieldPath } = compiled;
    const shown = path === '' ? '<nil>' : path;
    const refuse = (why: string) => void this.errors.push(fieldErrors.invalid(shown, typeName, why));
    const named = (rule.message ?? '').trim() === '' ? rule.rule.trim() : (rule.message ?? '').trim();
    try {
      if (this.#evaluate(program, context) === true) return;
    } catch (error) {
      if (this.#left <= 0) {
        refuse(
          'validation failed due to running out of cost budget, no further validation rules will be run',
        );
        this.#stopped = true;
      } else if (isBudget(error)) {
        const why = new BudgetError().message;
        refuse(
          `'${why}': no further validation rules will be run due to call cost exceeds limit for rule: ${named}`,
        );
        this.#stopped = true;
      } else if (inCelWords(error).startsWith('no such overload'))
        refuse(
          `'${inCelWords(error)}': call arguments did not match a supported operator, function or macro signature for rule: ${named}`,
        );
      else refuse(`${atRunTime(error)} evaluating rule: ${named}`);
      return;
    }
    const detail =
      this.#message(compiled, context) ??
      ((rule.message ?? '').trim() === '' ? `failed rule: ${rule.rule.trim()}` : (rule.message ?? '').trim());
    const place = path === '' && fieldPath.startsWith('.') ? fieldPath.slice(1) : `${path}${fieldPath}`;
    this.errors.push(errorFor(rule.reason, place === '' ? '<nil>' : place, typeName, detail));
  }

  /** Undefined when the expression fails, or makes something that is no message. */
  #message({ message }: CompiledRule, context: Record<string, unknown>): string | undefined {
    if (message === undefined) return undefined;
    try {
      const text = String(this.#evaluate(message, context)).trim();
      const fits = text !== '' && !text.includes('\n') && Buffer.byteLength(text) <= messageBytesMax;
      return fits ? text : undefined;
    } catch {
      return undefined; // The rule's own message stands for it, as in Kubernetes.
    }
  }

  #evaluate(program: ParseResult, context: Record<string, unknown>): unknown {
    const allowed = Math.min(ruleBudget, this.#left);
    this.#meter.allow(allowed);
    try {
      this.#meter.charge(1);
      return program(context);
    } finally {
      this.#left -= allowed - Math.max(0, this.#meter.left);
    }
  }
}

/** The library wraps what functions throw. */
function isBudget(error: unknown): boolean {
  if (error instanceof BudgetError) return true;
  return (
    error instanceof Error &&
    (error.cause instanceof BudgetError || error.message.includes(new BudgetError().message))
  );
}

const none: unknown = new Environment({ enableOptionalTypes: true }).parse('optional.none()')({});
const optionalClass: unknown = typeof none === 'object' && none !== null ? none.constructor : undefined;

/** The library gives its optional values only to expressions: their class is that of one that an expression made. */
function optionalOf(value: unknown): unknown {
  if (value === undefined) return none;
  const make: unknown = typeof optionalClass === 'function' ? Reflect.get(optionalClass, 'of') : undefined;
  if (typeof make !== 'function') throw new Error('the evaluator has no optional values');
  return make(value);
}

function errorFor(reason: string | undefined, path: string, typeName: string, detail: string): FieldError {
  switch (reason) {
    case 'FieldValueForbidden':
      return fieldErrors.forbidden(path, detail);
    case 'FieldValueRequired':
      return fieldErrors.required(path, detail);
    case 'FieldValueDuplicate':
      return fieldErrors.duplicate(path, typeName);
    default:
      return fieldErrors.invalid(path, typeName, detail);
  }
}
