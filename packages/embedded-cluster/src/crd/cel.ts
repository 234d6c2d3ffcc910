/**
 * A small part of the Common Expression Language: literals, fields, indices, `has`, comparison, logic, arithmetic,
 * `in`, the ternary, `size`, the string tests and the macros `all`, `exists`, `exists_one`, `map`, `filter`.
 * Anything else is a CelError when the definition is created, so that no rule is silently left out.
 */

import { same } from '../store/freeze.ts';
import { pattern } from './pattern.ts';

export class CelError extends Error {}

type Scope = Record<string, unknown>;
export type Expression = (scope: Scope) => unknown;

const TOKEN =
  /\s*(?:(\d+\.\d+(?:[eE][+-]?\d+)?)|(\d+)u?|r?"((?:[^"\\]|\\.)*)"|r?'((?:[^'\\]|\\.)*)'|([A-Za-z_][A-Za-z0-9_]*)|(&&|\|\||==|!=|<=|>=|[-+*/%<>!?:.,()[\]{}]))/y;

interface Token {
  kind: 'number' | 'string' | 'name' | 'symbol' | 'end';
  text: string;
}

function tokens(source: string): Token[] {
  const found: Token[] = [];
  let at = 0;
  while (at < source.trimEnd().length) {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(source);
    if (!match) throw new CelError(`expected an expression, found ${JSON.stringify(source.slice(at))}`);
    const [whole, float, int, double, single, name, symbol] = match;
    const raw = /^\s*r/.test(whole);
    if (float !== undefined || int !== undefined) found.push({ kind: 'number', text: (float ?? int)! });
    else if (double !== undefined || single !== undefined) {
      const text = (double ?? single)!;
      found.push({
        kind: 'string',
        text: raw ? text : text.replace(/\\(.)/g, (_, c) => ({ n: '\n', t: '\t', r: '\r' })[c as 'n'] ?? c),
      });
    } else if (name !== undefined) found.push({ kind: 'name', text: name });
    else found.push({ kind: 'symbol', text: symbol! });
    at += whole.length;
  }
  found.push({ kind: 'end', text: '' });
  return found;
}

export function evaluate(expression: Expression, scope: Scope): unknown {
  return expression(scope);
}

export function parseCel(source: string): Expression {
  const list = tokens(source);
  let at = 0;
  const peek = (): Token => list[at]!;
  const is = (text: string): boolean => peek().kind === 'symbol' && peek().text === text;
  const take = (text: string): boolean => {
    if (!is(text)) return false;
    at++;
    return true;
  };
  const expect = (text: string): void => {
    if (!take(text))
      throw new CelError(`expected ${text}, found ${JSON.stringify(peek().text)} in ${source}`);
  };

  const ternary = (): Expression => {
    const condition = or();
    if (!take('?')) return condition;
    const yes = ternary();
    expect(':');
    const no = ternary();
    return (scope) => (truth(condition(scope)) ? yes(scope) : no(scope));
  };
  const or = (): Expression => {
    let left = and();
    while (take('||')) left = either(left, and(), true);
    return left;
  };
  const and = (): Expression => {
    let left = relation();
    while (take('&&')) left = either(left, relation(), false);
    return left;
  };
  const relation = (): Expression => {
    let left = sum();
    for (;;) {
      const operator = ['==', '!=', '<=', '>=', '<', '>'].find(is);
      const within = peek().kind === 'name' && peek().text === 'in';
      if (!operator && !within) return left;
      at++;
      const l = left;
      const r = sum();
      left = within
        ? (scope) => contains(r(scope), l(scope))
        : (scope) => compare(operator!, l(scope), r(scope));
    }
  };
  const sum = (): Expression => {
    let left = product();
    for (;;) {
      const operator = ['+', '-'].find(is);
      if (!operator) return left;
      at++;
      const l = left;
      const r = product();
      left = (scope) => arithmetic(operator, l(scope), r(scope));
    }
  };
  const product = (): Expression => {
    let left = unary();
    for (;;) {
      const operator = ['*', '/', '%'].find(is);
      if (!operator) return left;
      at++;
      const l = left;
      const r = unary();
      left = (scope) => arithmetic(operator, l(scope), r(scope));
    }
  };
  const unary = (): Expression => {
    if (take('!')) {
      const inner = unary();
      return (scope) => !truth(inner(scope));
    }
    if (take('-')) {
      const inner = unary();
      return (scope) => -(inner(scope) as number);
    }
    return member();
  };
  const member = (): Expression => {
    let value = primary();
    for (;;) {
      if (take('.')) {
        const name = peek().text;
        if (peek().kind !== 'name')
          throw new CelError(`expected a field, found ${JSON.stringify(name)} in ${source}`);
        at++;
        value = take('(') ? method(value, name) : field(value, name);
      } else if (take('[')) {
        const target = value;
        const key = ternary();
        expect(']');
        value = (scope) => index(target(scope), key(scope));
      } else return value;
    }
  };
  const field = (target: Expression, name: string): Expression => {
    const get: Expression & { has?: Expression } = (scope) => index(target(scope), name);
    get.has = (scope) => {
      const holder = target(scope);
      return typeof holder === 'object' && holder !== null && (holder as Scope)[name] !== undefined;
    };
    return get;
  };
  const list_ = (end: string): Expression[] => {
    const items: Expression[] = [];
    if (take(end)) return items;
    do items.push(ternary());
    while (take(','));
    expect(end);
    return items;
  };
  const method = (target: Expression, name: string): Expression => {
    if (['all', 'exists', 'exists_one', 'map', 'filter'].includes(name)) {
      const variable = peek().text;
      at++;
      expect(',');
      const body = ternary();
      expect(')');
      return (scope) => macro(name, target(scope), (item) => body({ ...scope, [variable]: item }));
    }
    const args = list_(')');
    const known = METHODS[name];
    if (!known) throw new CelError(`the function ${name} is not known here (in ${source})`);
    return (scope) => known(target(scope), ...args.map((arg) => arg(scope)));
  };
  const primary = (): Expression => {
    const token = peek();
    if (take('(')) {
      const inner = ternary();
      expect(')');
      return inner;
    }
    if (take('[')) {
      const items = list_(']');
      return (scope) => items.map((item) => item(scope));
    }
    at++;
    if (token.kind === 'number') return () => Number(token.text);
    if (token.kind === 'string') return () => token.text;
    if (token.kind !== 'name')
      throw new CelError(`expected a value, found ${JSON.stringify(token.text)} in ${source}`);
    if (token.text === 'true' || token.text === 'false') return () => token.text === 'true';
    if (token.text === 'null') return () => null;
    if (!take('(')) {
      return (scope) => {
        if (!(token.text in scope)) throw new CelError(`undeclared reference to '${token.text}'`);
        return scope[token.text];
      };
    }
    const args = list_(')');
    const [first] = args as [Expression & { has?: Expression }];
    switch (token.text) {
      case 'has':
        if (args.length !== 1 || !first.has) throw new CelError(`has() takes a field, in ${source}`);
        return first.has;
      case 'size':
        return (scope) => METHODS.size!(first(scope));
      case 'int':
      case 'double':
        return (scope) => (token.text === 'int' ? Math.trunc(Number(first(scope))) : Number(first(scope)));
      case 'string':
        return (scope) => String(first(scope));
      default:
        throw new CelError(`the function ${token.text} is not known here (in ${source})`);
    }
  };
  const whole = ternary();
  if (peek().kind !== 'end')
    throw new CelError(`expected the end, found ${JSON.stringify(peek().text)} in ${source}`);
  // Names are checked now, so that a typing error is not found with the first object.
  for (const [position, token] of list.entries()) {
    const before = list[position - 1];
    if (token.kind === 'name' && token.text === 'authorizer' && before?.text !== '.') {
      throw new CelError(`authorizer is not known here (in ${source})`);
    }
  }
  return whole;
}

/** Errors on one side do not count when the other side decides. */
function either(left: Expression, right: Expression, deciding: boolean): Expression {
  return (scope) => {
    try {
      if (truth(left(scope)) === deciding) return deciding;
    } catch (error) {
      if (truth(right(scope)) === deciding) return deciding;
      throw error;
    }
    return truth(right(scope));
  };
}

function truth(value: unknown): boolean {
  if (typeof value !== 'boolean') throw new CelError('no such overload');
  return value;
}

function index(target: unknown, key: unknown): unknown {
  const found = typeof target === 'object' && target !== null ? (target as Scope)[key as string] : undefined;
  if (found === undefined) throw new CelError(`no such key: ${String(key)}`);
  return found;
}

function compare(operator: string, left: unknown, right: unknown): boolean {
  if (operator === '==') return same(left, right);
  if (operator === '!=') return !same(left, right);
  if (typeof left !== typeof right || (typeof left !== 'number' && typeof left !== 'string')) {
    throw new CelError('no such overload');
  }
  const [l, r] = [left as number, right as number];
  return operator === '<' ? l < r : operator === '<=' ? l <= r : operator === '>' ? l > r : l >= r;
}

function arithmetic(operator: string, left: unknown, right: unknown): unknown {
  if (operator === '+' && typeof left === 'string' && typeof right === 'string') return left + right;
  if (operator === '+' && Array.isArray(left) && Array.isArray(right)) return [...left, ...right];
  if (typeof left !== 'number' || typeof right !== 'number') throw new CelError('no such overload');
  const whole = Number.isInteger(left) && Number.isInteger(right);
  if ((operator === '/' || operator === '%') && right === 0 && whole) throw new CelError('division by zero');
  const result = {
    '+': left + right,
    '-': left - right,
    '*': left * right,
    '/': left / right,
    '%': left % right,
  }[operator]!;
  return whole ? Math.trunc(result) : result;
}

function contains(collection: unknown, item: unknown): boolean {
  if (Array.isArray(collection)) return collection.some((each) => same(each, item));
  if (typeof collection === 'object' && collection !== null) return Object.hasOwn(collection, String(item));
  throw new CelError('no such overload');
}

function macro(name: string, target: unknown, body: (item: unknown) => unknown): unknown {
  if (typeof target !== 'object' || target === null) throw new CelError('no such overload');
  const items = Array.isArray(target) ? target : Object.keys(target);
  switch (name) {
    case 'all':
      return items.every((item) => truth(body(item)));
    case 'exists':
      return items.some((item) => truth(body(item)));
    case 'exists_one':
      return items.filter((item) => truth(body(item))).length === 1;
    case 'map':
      return items.map(body);
    default:
      return items.filter((item) => truth(body(item)));
  }
}

const text = (value: unknown): string => {
  if (typeof value !== 'string') throw new CelError('no such overload');
  return value;
};

const METHODS: Record<string, (target: unknown, ...args: unknown[]) => unknown> = {
  size: (target) =>
    typeof target === 'string'
      ? [...target].length
      : Array.isArray(target)
        ? target.length
        : Object.keys(target as object).length,
  startsWith: (target, prefix) => text(target).startsWith(text(prefix)),
  endsWith: (target, suffix) => text(target).endsWith(text(suffix)),
  contains: (target, part) => text(target).includes(text(part)),
  matches: (target, source) => pattern(text(source)).test(text(target)),
  lowerAscii: (target) => text(target).toLowerCase(),
  upperAscii: (target) => text(target).toUpperCase(),
  trim: (target) => text(target).trim(),
  split: (target, by) => text(target).split(text(by)),
};
