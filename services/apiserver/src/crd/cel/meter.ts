/**
 * Bounds what a rule may cost. The evaluator has no such limit of its own, so every comprehension of a compiled
 * expression is made to ask here before it begins and before each turn, and functions that work on long texts
 * charge for them.
 */
export class Meter {
  #left = 0;

  /** Before an evaluation. */
  allow(units: number): void {
    this.#left = units;
  }

  get left(): number {
    return this.#left;
  }

  /** Throws BudgetError once the budget is spent, and on every further call. */
  charge(units: number): void {
    this.#left -= units;
    if (this.#left < 0) throw new BudgetError();
  }
}

/** In cel-go's words. */
export class BudgetError extends Error {
  override readonly name = 'BudgetError';
  constructor() {
    super('operation cancelled: actual cost limit exceeded');
  }
}

/** Kubernetes' regular expressions are RE2; the library's own would backtrack. */
const renamed: ReadonlyMap<string, string> = new Map([['matches', 'matchesRe2']]);

/** Before the expression is checked: functions that are replaced by ours. */
export function replaceFunctions(ast: unknown): void {
  walk(ast, (node) => {
    const args = Reflect.get(node, 'args');
    const op = Reflect.get(node, 'op');
    if ((op !== 'rcall' && op !== 'call') || !Array.isArray(args)) return;
    const other = typeof args[0] === 'string' ? renamed.get(args[0]) : undefined;
    if (other !== undefined) args[0] = other;
  });
}

/** After it was checked. The number of comprehensions that are metered now. */
export function meterComprehensions(ast: unknown, meter: Meter): number {
  const found: object[] = [];
  walk(ast, (node) => {
    if (Reflect.get(node, 'op') === 'comprehension') found.push(node);
  });
  for (const node of found) {
    const args: unknown = Reflect.get(node, 'args');
    if (typeof args !== 'object' || args === null) throw new Error('a comprehension without its parts');
    for (const part of ['iterable', 'step']) Reflect.set(args, part, metered(Reflect.get(args, part), meter));
  }
  return found.length;
}

type Evaluate = (evaluator: unknown, node: unknown, context: unknown) => unknown;

function metered(node: unknown, meter: Meter): object {
  if (typeof node !== 'object' || node === null) throw new Error('a comprehension without its parts');
  return {
    checkedType: Reflect.get(node, 'checkedType'),
    maybeAsync: false,
    evaluate: (evaluator: unknown, _node: unknown, context: unknown): unknown => {
      meter.charge(1);
      const evaluate: Evaluate = Reflect.get(node, 'evaluate');
      return evaluate.call(node, evaluator, node, context);
    },
  };
}

/** Every node of an expression, what macros were expanded to included. */
function walk(root: unknown, visit: (node: object) => void): void {
  const seen = new Set<object>();
  const pending: unknown[] = [root];
  while (pending.length > 0) {
    const value = pending.pop();
    if (typeof value !== 'object' || value === null || seen.has(value)) continue;
    seen.add(value);
    if (Array.isArray(value)) pending.push(...value);
    else if ('op' in value || 'typeCheck' in value || 'iterVarName' in value) {
      if ('op' in value) visit(value);
      pending.push(...childrenOf(value));
    }
  }
}

function childrenOf(node: object): unknown[] {
  const meta: unknown = Reflect.get(node, 'meta');
  const more =
    typeof meta === 'object' && meta !== null
      ? [Reflect.get(meta, 'alternate'), Reflect.get(meta, 'macro')]
      : [];
  const names = ['args', 'ast', 'val', 'exp', 'iterable', 'init', 'step', 'receiver'];
  return [...more, ...names.map((name): unknown => Reflect.get(node, name))];
}
