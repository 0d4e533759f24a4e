import type { Model } from './model.js';

/** undefined: the key is absent. */
export type Value = string | undefined;

/* ------------------------------------------------------------------ register: one key, read, written and swapped */

export type RegisterOperation =
  | { readonly type: 'read'; readonly key: string; readonly found: Value }
  | { readonly type: 'write'; readonly key: string; readonly value: Value }
  /** `swapped` undefined: the answer was lost. `found`: what stood there when it was refused, where that was read. */
  | {
      readonly type: 'compareAndSwap';
      readonly key: string;
      readonly expected: Value;
      readonly value: string;
      readonly swapped: boolean | undefined;
      readonly found?: Value;
      /** Whether `found` was read (it may be undefined: an absent key). */
      readonly read?: boolean;
    };

/** The state is the value; null: the key is absent. */
export const registerModel: Model<string | null, RegisterOperation> = {
  name: 'register',
  initial: null,
  step: stepRegister,
  stateKey: (state) => (state === null ? '-' : `+${state}`),
  partition: (operation) => operation.key,
  changes: (operation) =>
    operation.type === 'write' || (operation.type === 'compareAndSwap' && operation.swapped !== false),
  observes: (observer, operation) => {
    if (operation.type === 'read' || observer.key !== operation.key) return false;
    switch (observer.type) {
      case 'read':
        return observer.found === operation.value;
      case 'write':
        return false;
      case 'compareAndSwap':
        if (observer.swapped === false)
          return observer.read === true ? observer.found === operation.value : true;
        return observer.expected === operation.value;
      default:
        return observer satisfies never;
    }
  },
  describe: (operation) => {
    switch (operation.type) {
      case 'read':
        return { call: `read ${operation.key}`, answer: text(operation.found) };
      case 'write':
        return operation.value === undefined
          ? { call: `delete ${operation.key}`, answer: 'ok' }
          : { call: `write ${operation.key} = ${operation.value}`, answer: 'ok' };
      case 'compareAndSwap':
        return {
          call: `swap ${operation.key}: ${text(operation.expected)} for ${operation.value}`,
          answer: swapAnswer(operation),
        };
      default:
        return operation satisfies never;
    }
  },
  describeState: (state) => state ?? 'nothing',
};

function stepRegister(state: string | null, operation: RegisterOperation): string | null | undefined {
  const value = state ?? undefined;
  switch (operation.type) {
    case 'read':
      return operation.found === value ? state : undefined;
    case 'write':
      return operation.value ?? null;
    case 'compareAndSwap': {
      const { swapped, read, found } = operation;
      const fits = operation.expected === value;
      if (swapped !== undefined && swapped !== fits) return undefined;
      if (swapped === false && read === true && found !== value) return undefined;
      return fits ? operation.value : state;
    }
    default:
      return operation satisfies never;
  }
}

function swapAnswer(operation: { swapped: boolean | undefined; found?: Value; read?: boolean }): string {
  if (operation.swapped === undefined) return '?';
  if (operation.swapped) return 'swapped';
  return operation.read === true ? `refused, found ${text(operation.found)}` : 'refused';
}

function text(value: Value): string {
  return value ?? 'nothing';
}

/* ------------------------------------------------------------------ set: elements come, go and are listed */

export type SetOperation =
  | { readonly type: 'add' | 'remove'; readonly set: string; readonly element: string }
  | { readonly type: 'list'; readonly set: string; readonly found: readonly string[] };

/** The state is the elements, sorted. */
export const setModel: Model<readonly string[], SetOperation> = {
  name: 'set',
  initial: [],
  step: (state, operation) => {
    if (operation.type === 'list')
      return operation.found.length === state.length &&
        [...operation.found].sort().every((e, at) => e === state[at])
        ? state
        : undefined;
    const has = state.includes(operation.element);
    if (operation.type === 'add') return has ? state : [...state, operation.element].sort();
    return has ? state.filter((element) => element !== operation.element) : state;
  },
  stateKey: (state) => state.join('\u0000'),
  partition: (operation) => operation.set,
  changes: (operation) => operation.type !== 'list',
  observes: (observer, operation) => {
    if (observer.type !== 'list' || operation.type === 'list' || observer.set !== operation.set) return false;
    return observer.found.includes(operation.element) === (operation.type === 'add');
  },
  describe: (operation) =>
    operation.type === 'list'
      ? { call: `list ${operation.set}`, answer: `{${operation.found.join(', ')}}` }
      : {
          call: `${operation.type} ${operation.element} ${operation.type === 'add' ? 'to' : 'from'} ${operation.set}`,
          answer: 'ok',
        },
  describeState: (state) => `{${state.join(', ')}}`,
};

/* ------------------------------------------------------------------ txn: compare and swap over several keys */

type Pairs = readonly (readonly [key: string, value: Value])[];

export interface TxnOperation {
  readonly type: 'txn';
  /** Keys of different groups are never named in one transaction. */
  readonly group: string;
  /** All must hold for `puts` to be done. Empty with empty `puts`: a read of `found` in one transaction. */
  readonly compare: Pairs;
  readonly puts: Pairs;
  /** undefined: the answer was lost. */
  readonly succeeded: boolean | undefined;
  /** Read in the same transaction, before its puts. */
  readonly found: Pairs;
}

/** The state is what is there, by key. A transaction ties the keys of its group together: no finer partition. */
export const txnModel: Model<ReadonlyMap<string, string>, TxnOperation> = {
  name: 'txn',
  initial: new Map(),
  step: (state, operation) => {
    const fits = operation.compare.every(([key, value]) => state.get(key) === value);
    if (operation.succeeded !== undefined && operation.succeeded !== fits) return undefined;
    if (operation.found.some(([key, value]) => state.get(key) !== value)) return undefined;
    if (!fits || operation.puts.length === 0) return state;
    const after = new Map(state);
    for (const [key, value] of operation.puts) {
      if (value === undefined) after.delete(key);
      else after.set(key, value);
    }
    return after;
  },
  stateKey: (state) =>
    [...state]
      .map(([key, value]) => `${key}=${value}`)
      .sort()
      .join('\u0000'),
  partition: (operation) => operation.group,
  changes: (operation) => operation.puts.length > 0 && operation.succeeded !== false,
  observes: (observer, operation) => {
    if (observer.group !== operation.group) return false;
    const seen = (key: string, value: Value) =>
      [...observer.found, ...(observer.succeeded === false ? [] : observer.compare)].some(
        ([known, found]) => known === key && found === value,
      );
    const blind = observer.succeeded === false && observer.found.length < observer.compare.length;
    return operation.puts.some(
      ([key, value]) => seen(key, value) || (blind && observer.compare.some(([known]) => known === key)),
    );
  },
  describe: (operation) => {
    const list = (pairs: Pairs) => pairs.map(([key, value]) => `${key}=${text(value)}`).join(' ');
    if (operation.puts.length === 0) return { call: 'read together', answer: list(operation.found) };
    const answers = { true: 'done', false: `refused, found ${list(operation.found)}`, undefined: '?' };
    return {
      call: `if ${list(operation.compare)} then ${list(operation.puts)}`,
      answer: answers[`${operation.succeeded}`],
    };
  },
  describeState: (state) =>
    [...state]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, value]) => `${key}=${value}`)
      .join(' ') || 'nothing',
};
