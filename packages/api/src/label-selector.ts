import type { Requirement } from './selectors.js';
import { statusErrors } from './status-errors.js';
import { labelValueDetails } from './validate/common.js';

/** Texts of what is expected and what is found follow k8s.io/apimachinery pkg/labels. */
type TokenType =
  | 'identifier'
  | 'in'
  | 'notin'
  | '!'
  | '='
  | '=='
  | '!='
  | '<'
  | '>'
  | '('
  | ')'
  | ','
  | 'end';

interface Token {
  readonly type: TokenType;
  readonly text: string;
}

const endToken: Token = { type: 'end', text: '' };
const symbols: readonly TokenType[] = ['==', '!=', '=', '!', '<', '>', '(', ')', ','];
const keyForm = /^([a-z0-9]([-a-z0-9.]*[a-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const operators: Readonly<Partial<Record<TokenType, Requirement['operator']>>> = {
  in: 'In',
  notin: 'NotIn',
  '=': 'In',
  '==': 'In',
  '!=': 'NotIn',
  '>': 'Gt',
  '<': 'Lt',
};

/** `a=b,c!=d,e in (f,g),h notin (i),j,!k,l>5`. Throws ApiError 400 for anything else. */
export function parseLabelSelector(text: string): Requirement[] {
  const parser = new Parser(text);
  const requirements: Requirement[] = [];
  for (;;) {
    const next = parser.peek();
    if (next.type === 'end') return requirements;
    if (next.type !== 'identifier' && next.type !== '!')
      throw statusErrors.badRequest(`${found(next)}, expected: !, identifier, or 'end of string'`);
    requirements.push(parser.requirement());
    const after = parser.take();
    if (after.type === 'end') return requirements;
    if (after.type !== ',')
      throw statusErrors.badRequest(`${found(after)}, expected: ',' or 'end of string'`);
    const following = parser.peek();
    if (following.type !== 'identifier' && following.type !== '!')
      throw statusErrors.badRequest(`${found(following)}, expected: identifier after ','`);
  }
}

function found({ text }: Token): string {
  return `found '${text}'`;
}

function unreadable(why: string): Error {
  return statusErrors.badRequest(`unable to parse requirement: ${why}`);
}

class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(text: string) {
    this.#tokens = tokensOf(text);
  }

  /** `in` and `notin` are words like others but after a key. */
  peek(afterKey = false): Token {
    const token = this.#tokens[this.#at] ?? endToken;
    const isWord = token.type === 'in' || token.type === 'notin';
    return isWord && !afterKey ? { type: 'identifier', text: token.text } : token;
  }

  take(afterKey = false): Token {
    const token = this.peek(afterKey);
    this.#at += 1;
    return token;
  }

  requirement(): Requirement {
    let next = this.take();
    const negated = next.type === '!';
    if (negated) next = this.take();
    if (next.type !== 'identifier') throw unreadable(`${found(next)}, expected: identifier`);
    const key = next.text;
    assertKey(key);
    const end = this.peek();
    if (negated) return { key, operator: 'DoesNotExist', values: [] };
    if (end.type === 'end' || end.type === ',') return { key, operator: 'Exists', values: [] };
    const token = this.take(true);
    const operator = operators[token.type];
    if (operator === undefined) throw unreadable(`${found(token)}, expected: in, notin, =, ==, !=, gt, lt`);
    const values = token.type === 'in' || token.type === 'notin' ? this.#values() : [this.#value()];
    assertValues(key, operator, values);
    return { key, operator, values };
  }

  #value(): string {
    const next = this.peek();
    if (next.type === 'end' || next.type === ',') return '';
    this.#at += 1;
    if (next.type !== 'identifier') throw unreadable(`${found(next)}, expected: identifier`);
    return next.text;
  }

  #values(): string[] {
    const open = this.take();
    if (open.type !== '(') throw unreadable(`${found(open)} expected: '('`);
    const values = new Set<string>();
    // What stands between two commas, or next to a parenthesis, is a value, also when it is empty.
    let pending = '';
    for (;;) {
      const next = this.take();
      if (next.type === ')') return [...values.add(pending)];
      if (next.type === ',') {
        values.add(pending);
        pending = '';
      } else if (next.type !== 'identifier')
        throw unreadable(`${found(next)}, expected: ',', ')' or identifier`);
      else if (pending !== '') throw unreadable(`${found(next)}, expected: ',' or ')'`);
      else pending = next.text;
    }
  }
}

function assertKey(key: string): void {
  if (keyForm.test(key)) return;
  const why =
    "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";
  throw unreadable(`<nil>: Invalid value: ${JSON.stringify(key)}: ${why}`);
}

function assertValues(key: string, operator: Requirement['operator'], values: readonly string[]): void {
  for (const [at, value] of values.entries()) {
    if (operator === 'Gt' || operator === 'Lt') {
      if (/^[-+]?\d+$/.test(value)) continue;
      const why = "for 'Gt', 'Lt' operators, the value must be an integer";
      throw unreadable(`values[${at}]: Invalid value: ${JSON.stringify(value)}: ${why}`);
    }
    const [why] = labelValueDetails(value);
    if (why === undefined) continue;
    throw unreadable(`values[${at}][${key}]: Invalid value: ${JSON.stringify(value)}: ${why}`);
  }
}

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  let rest = text.trimStart();
  while (rest !== '') {
    const token = nextToken(rest);
    tokens.push(token);
    rest = rest.slice(token.text.length).trimStart();
  }
  return tokens;
}

function nextToken(text: string): Token {
  const symbol = symbols.find((one) => text.startsWith(one));
  if (symbol !== undefined) return { type: symbol, text: symbol };
  const [word = ''] = /^[^\s=!(),<>]+/.exec(text) ?? [];
  const type = word === 'in' || word === 'notin' ? word : 'identifier';
  return { type, text: word };
}
