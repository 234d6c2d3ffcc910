import { badRequest } from './status.ts';

export type Labels = Readonly<Record<string, string>>;
export type Requirement = {
  key: string;
  operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist' | 'Gt' | 'Lt';
  values: string[];
};

const NAME = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;
const PREFIX = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

/** Reads `a=b,c!=d,e in (f,g),h,!i,j>1`. Throws 400 with the real server's words. */
export function parseLabelSelector(text: string): Requirement[] {
  const tokens =
    text.match(/\s+|,|\(|\)|==|!=|=|!|<|>|[^\s,()=!<>]+/g)?.filter((token) => token.trim() !== '') ?? [];
  let at = 0;
  const next = (): string => tokens[at++] ?? '';
  const fail = (why: string): never => {
    throw badRequest(`unable to parse requirement: ${why}`);
  };
  const requirements: Requirement[] = [];
  if (tokens.length === 0) return requirements;
  for (;;) {
    let token = next();
    const negated = token === '!';
    if (negated) token = next();
    if (token === '' || /^[,()=!<>]/.test(token))
      throw badRequest(`found '${token}', expected: !, identifier, or 'end of string'`);
    const key = token;
    checkKey(key, fail);
    const operator = tokens[at] ?? '';
    if (negated) requirements.push({ key, operator: 'DoesNotExist', values: [] });
    else if (operator === '' || operator === ',') requirements.push({ key, operator: 'Exists', values: [] });
    else {
      at++;
      if (operator === '=' || operator === '==')
        requirements.push({ key, operator: 'In', values: [value()] });
      else if (operator === '!=') requirements.push({ key, operator: 'NotIn', values: [value()] });
      else if (operator === '<' || operator === '>') {
        const bound = value();
        if (!/^-?\d+$/.test(bound))
          fail(
            `values[0]: Invalid value: ${JSON.stringify(bound)}: for 'Gt', 'Lt' operators, the value must be an integer`,
          );
        requirements.push({ key, operator: operator === '>' ? 'Gt' : 'Lt', values: [bound] });
      } else if (operator === 'in' || operator === 'notin') {
        requirements.push({ key, operator: operator === 'in' ? 'In' : 'NotIn', values: values() });
      } else fail(`found '${operator}', expected: in, notin, =, ==, !=, gt, lt`);
    }
    const after = next();
    if (after === '') return requirements;
    if (after !== ',') throw badRequest(`found '${after}', expected: ',' or 'end of string'`);
    if (tokens[at] === undefined) throw badRequest(`found '', expected: identifier after ','`);
  }

  function value(): string {
    const token = tokens[at] ?? '';
    if (token === '' || token === ',') return '';
    if (/^[()=!<>]/.test(token)) fail(`found '${token}', expected: identifier`);
    at++;
    checkValue(token, fail);
    return token;
  }

  function values(): string[] {
    if (next() !== '(') fail(`found '${tokens[at - 1] ?? ''}' expected: '('`);
    const found: string[] = [];
    for (;;) {
      const token = next();
      if (token === ')') return found.length === 0 ? [''] : found;
      if (token === ',') continue;
      if (token === '' || /^[(=!<>]/.test(token)) fail(`found '${token}', expected: ',' or ')'`);
      checkValue(token, fail);
      found.push(token);
    }
  }
}

function checkKey(key: string, fail: (why: string) => never): void {
  const slash = key.indexOf('/');
  const name = slash < 0 ? key : key.slice(slash + 1);
  if (!NAME.test(name) || name.length > 63 || (slash >= 0 && !PREFIX.test(key.slice(0, slash)))) {
    fail(
      `key: Invalid value: ${JSON.stringify(key)}: name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')`,
    );
  }
}

function checkValue(value: string, fail: (why: string) => never): void {
  if (!NAME.test(value) || value.length > 63) {
    fail(
      `values[0][key]: Invalid value: ${JSON.stringify(value)}: a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')`,
    );
  }
}

export function matchesLabels(requirements: readonly Requirement[], labels: Labels | undefined): boolean {
  return requirements.every(({ key, operator, values }) => {
    const value = labels !== undefined && Object.hasOwn(labels, key) ? labels[key] : undefined;
    switch (operator) {
      case 'In':
        return value !== undefined && values.includes(value);
      case 'NotIn':
        return value === undefined || !values.includes(value);
      case 'Exists':
        return value !== undefined;
      case 'DoesNotExist':
        return value === undefined;
      case 'Gt':
        return value !== undefined && /^-?\d+$/.test(value) && BigInt(value) > BigInt(values[0] ?? '0');
      default:
        return value !== undefined && /^-?\d+$/.test(value) && BigInt(value) < BigInt(values[0] ?? '0');
    }
  });
}

/** A LabelSelector object ({matchLabels, matchExpressions}) as requirements. Null selects nothing, {} everything. */
export function requirementsOf(selector: {
  matchLabels?: Labels;
  matchExpressions?: { key: string; operator: string; values?: string[] }[];
}): Requirement[] {
  return [
    ...Object.entries(selector.matchLabels ?? {}).map(
      ([key, value]): Requirement => ({ key, operator: 'In', values: [value] }),
    ),
    ...(selector.matchExpressions ?? []).map(
      ({ key, operator, values }): Requirement => ({
        key,
        operator: operator as Requirement['operator'],
        values: values ?? [],
      }),
    ),
  ];
}

/** The same as text, as Scale objects carry it: sorted by key. */
export function labelSelectorText(requirements: readonly Requirement[]): string {
  return [...requirements]
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(({ key, operator, values }) => {
      const list = [...values].sort().join(',');
      switch (operator) {
        case 'In':
          return values.length === 1 ? `${key}=${list}` : `${key} in (${list})`;
        case 'NotIn':
          return values.length === 1 ? `${key}!=${list}` : `${key} notin (${list})`;
        case 'Exists':
          return key;
        case 'DoesNotExist':
          return `!${key}`;
        default:
          return `${key}${operator === 'Gt' ? '>' : '<'}${list}`;
      }
    })
    .join(',');
}

export interface FieldRequirement {
  field: string;
  value: string;
  equals: boolean;
}

/** Reads `metadata.name=a,status.phase!=Running`, with backslash escapes. */
export function parseFieldSelector(text: string): FieldRequirement[] {
  return text
    .split(/(?<!\\),/)
    .filter((term) => term !== '')
    .map((term) => {
      const match = /^(.*?)(!=|==|=)(.*)$/s.exec(term);
      if (!match) throw badRequest(`invalid selector: '${text}'; can't understand '${term}'`);
      return { field: match[1]!, value: match[3]!.replace(/\\([\\,=])/g, '$1'), equals: match[2] !== '!=' };
    });
}
