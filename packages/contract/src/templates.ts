import { found, isObject, own } from './found.ts';
import { DEPTH_LIMIT } from './limits.ts';
import { fail, type Problem, type Result, succeed } from './result.ts';
import { join } from './shape.ts';

export interface TemplateData {
  config: Readonly<Record<string, unknown>>;
}

export interface TemplateOptions {
  /** Fills an array with random bytes; default `crypto.getRandomValues`. */
  random?: (bytes: Uint8Array<ArrayBuffer>) => void;
}

/**
 * Renders every string in `spec` that holds `{{`, at whatever depth, as the era-3 operator does with Go's
 * text/template: `{{ .config.name }}`, `{{ randBase62 8 }}`, constants, comments and trimmed white space. The rendered
 * text is read again as JSON, so that "1.0" becomes 1; text that is no JSON stays text. Strings without `{{` and all
 * keys stay as they are. A value that is not there (Go would print
 * `<no value>`), and whatever else Go's templates know, is a problem that names it.
 */
export function renderTemplates(
  spec: unknown,
  data: TemplateData,
  options: TemplateOptions = {},
): Result<unknown> {
  const problems: Problem[] = [];
  const value = renderValue(spec, '', 0);
  return problems.length > 0 ? fail(...problems) : succeed(value);

  function renderValue(node: unknown, path: string, depth: number): unknown {
    if (depth > DEPTH_LIMIT) {
      problems.push({ path: '', expected: `at most ${DEPTH_LIMIT} levels`, found: 'more' });
      return undefined;
    }
    if (typeof node === 'string') return renderString(node, path);
    if (Array.isArray(node)) {
      return node.map((item, index) => renderValue(item, `${path}[${index}]`, depth + 1));
    }
    if (!isObject(node)) return node;
    return Object.fromEntries(
      Object.entries(node).map(([key, item]) => [key, renderValue(item, join(path, key), depth + 1)]),
    );
  }

  function renderString(text: string, path: string): unknown {
    if (!text.includes('{{')) return text;
    try {
      return readAgain(renderTemplate(text, data, options));
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error;
      problems.push({ path, expected: error.expected, found: error.found });
      return undefined;
    }
  }
}

class TemplateError extends Error {
  readonly expected: string;
  readonly found: string;
  constructor(expected: string, what: string) {
    super(`expected ${expected}, found ${what}`);
    this.expected = expected;
    this.found = what;
  }
}

/** One template to text, without reading the text again. */
function renderTemplate(template: string, data: TemplateData, options: TemplateOptions): string {
  return tokens(template)
    .map((token) => (typeof token === 'string' ? token : evaluate(token.action, data, options)))
    .join('');
}

type Token = string | { action: string };

const SPACES = ' \t\r\n';

/** Text and actions. Go trims with `{{- ` and ` -}}`, and takes the first `}}` outside of quotes for the end. */
function tokens(template: string): Token[] {
  const found: Token[] = [];
  let rest = template;
  let trim = false;
  for (;;) {
    const start = rest.indexOf('{{');
    let text = start < 0 ? rest : rest.slice(0, start);
    if (trim) text = trimStart(text);
    if (start < 0) {
      found.push(text);
      return found;
    }
    rest = rest.slice(start + 2);
    if (rest[0] === '-' && SPACES.includes(rest[1] ?? 'x')) {
      text = trimEnd(text);
      rest = rest.slice(1);
    }
    found.push(text);
    const action = /^\s*\/\*/.test(rest) ? comment(rest) : actionAt(rest);
    rest = rest.slice(action.length);
    trim = /[ \t\r\n]-\}\}$/.test(action);
    const body = action.slice(0, trim ? -4 : -2);
    if (!/^\s*\/\*/.test(body)) found.push({ action: trimStart(trimEnd(body)) });
  }
}

// Loops, since a regular expression anchored at the end is quadratic in a run of spaces.
function trimStart(text: string): string {
  let start = 0;
  while (start < text.length && SPACES.includes(text[start]!)) start += 1;
  return text.slice(start);
}

function trimEnd(text: string): string {
  let end = text.length;
  while (end > 0 && SPACES.includes(text[end - 1]!)) end -= 1;
  return text.slice(0, end);
}

const COMMENT = /^[ \t\r\n]?\/\*[\s\S]*?\*\/([ \t\r\n]-)?\}\}/;

function comment(rest: string): string {
  const match = COMMENT.exec(rest);
  if (!match) throw new TemplateError('a comment as in {{/* text */}}', found(`{{${rest}`));
  return match[0];
}

const ACTION_LIMIT = 1000;
const QUOTED = /^(?:"(?:[^"\\\n]|\\.)*"|`[^`]*`|'(?:[^'\\\n]|\\.)*')/;

function actionAt(rest: string): string {
  for (let at = 0; at < Math.min(rest.length, ACTION_LIMIT); at++) {
    if (rest.startsWith('}}', at)) return rest.slice(0, at + 2);
    if ('"`\''.includes(rest[at]!)) {
      const quoted = QUOTED.exec(rest.slice(at));
      if (!quoted) break;
      at += quoted[0].length - 1;
    }
  }
  throw new TemplateError('}} after {{', found(`{{${rest}`));
}

const FIELD = /^(?:\.[\p{L}_][\p{L}\p{Nd}_]*)+$/u;
const RANDOM = /^randBase62[ \t\r\n]+(\S+)$/;
const WHAT_IS_SUPPORTED = '{{ .config.name }} or {{ randBase62 N }}';

function evaluate(action: string, data: TemplateData, options: TemplateOptions): string {
  if (FIELD.test(action)) return printed(lookUp(action, data), action);
  const random = RANDOM.exec(action);
  if (random && !/[|()"'`.$]/.test(random[1]!)) return randomText(random[1]!, options);
  if (/^"(?:[^"\\\n]|\\.)*"$/.test(action)) return unquote(action);
  if (/^`[^`]*`$/.test(action)) return action.slice(1, -1).replaceAll('\r', '');
  if (/^(?:true|false|0|-?[1-9][0-9]{0,14})$/.test(action)) return action;
  throw new TemplateError(WHAT_IS_SUPPORTED, unsupported(action));
}

function unquote(literal: string): string {
  try {
    return JSON.parse(literal);
  } catch {
    throw new TemplateError('a constant with the escapes that JSON has', found(literal));
  }
}

/** The first thing in an action that is not supported, by the name that Go's documentation gives it. */
function unsupported(action: string): string {
  const whole = found(`{{ ${action} }}`);
  const bare = action.replace(/"(?:[^"\\\n]|\\.)*"|`[^`]*`/g, '""');
  if (action === '') return 'an empty action {{ }}';
  if (/^\$|[ (]\$/.test(bare)) return `a variable in ${whole}`;
  const keyword = /^(if|else|end|range|with|define|template|block|break|continue|nil)\b/.exec(bare);
  if (keyword) return `${keyword[1]} in ${whole}`;
  if (bare.includes('|')) return `a pipe in ${whole}`;
  if (bare.includes('(')) return `parentheses in ${whole}`;
  const name = /^([\p{L}_][\p{L}\p{Nd}_]*)/u.exec(bare);
  if (name && name[1] !== 'randBase62') return `the function ${name[1]} in ${whole}`;
  return whole;
}

function lookUp(path: string, data: TemplateData): unknown {
  const keys = path.slice(1).split('.');
  if (keys[0] !== 'config') throw new TemplateError('.config, the only data there is', `.${keys[0]}`);
  let value: unknown = data;
  for (const [index, key] of keys.entries()) {
    const next = isObject(value) ? own(value, key) : undefined;
    if (next === undefined || next === null) {
      const missing = `.${keys.slice(0, index + 1).join('.')}`;
      throw new TemplateError(`a value for ${missing} in the config`, next === null ? 'null' : 'nothing');
    }
    value = next;
  }
  return value;
}

function printed(value: unknown, path: string): string {
  switch (typeof value) {
    case 'string':
      return value;
    case 'boolean':
      return String(value);
    case 'number':
      return goNumber(value);
    default:
      throw new TemplateError(
        `${path} to be a string, a number or true/false`,
        Array.isArray(value) ? 'a list' : 'an object',
      );
  }
}

/** A float64 as Go prints it (`%v`): 1e+06 from a million on, and below 0.0001. A number alone is read again anyway. */
function goNumber(value: number): string {
  const [digits = '', exponent = '0'] = value.toExponential().split('e');
  const power = Number(exponent);
  if (power < -4 || power >= 6) {
    const sign = power < 0 ? '-' : '+';
    return `${digits}e${sign}${String(Math.abs(power)).padStart(2, '0')}`;
  }
  if (Object.is(value, -0)) return '-0';
  return power >= 0
    ? String(value)
    : value.toFixed(Math.min(100, digits.replace(/[-.]/g, '').length - 1 - power));
}

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const RANDOM_LIMIT = 1024;

function randomText(
  length: string,
  { random = crypto.getRandomValues.bind(crypto) }: TemplateOptions,
): string {
  const count = /^[0-9]{1,5}$/.test(length) ? Number(length) : Number.NaN;
  if (!(count <= RANDOM_LIMIT)) {
    throw new TemplateError(`randBase62 with a count up to ${RANDOM_LIMIT}`, found(length));
  }
  let text = '';
  const bytes = new Uint8Array(64);
  while (text.length < count) {
    random(bytes);
    // 248 is four times 62: the bytes above would make some characters likelier than others.
    for (const byte of bytes) if (byte < 248 && text.length < count) text += BASE62[byte % 62];
  }
  return text;
}

// Go reads a number that no float64 holds as an error, and the text stays; JavaScript makes it Infinity.
function readAgain(text: string): unknown {
  try {
    let finite = true;
    const value: unknown = JSON.parse(text, (_, item) => {
      if (typeof item === 'number' && !Number.isFinite(item)) finite = false;
      return item;
    });
    return finite ? value : text;
  } catch {
    return text;
  }
}
