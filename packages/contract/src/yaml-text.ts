import { Composer, type Document, isAlias, isMap, isScalar, Lexer, Parser, visit } from 'yaml';
import { found } from './found.ts';
import { DEPTH_LIMIT, YAML_ALIAS_LIMIT, YAML_LIMIT } from './limits.ts';
import { fail, type Problem, type Result, succeed } from './result.ts';

/** Keys, values and marks in a text: bounds the time that composing takes (about a second). */
const LEXEME_LIMIT = 250_000;
const ERRORS_TOLD = 5;

/**
 * The one document in a YAML text, as JSON would carry it. Hostile texts are refused before they cost time: too long,
 * too deep, too many parts, aliases that multiply. A key that repeats in its map is a problem.
 */
export function readYaml(text: string): Result<unknown> {
  const bytes = text.length > YAML_LIMIT ? text.length : new TextEncoder().encode(text).length;
  if (bytes > YAML_LIMIT) return refused(`at most ${YAML_LIMIT} bytes of YAML`, `${bytes}`);
  try {
    return compose(text);
  } catch (error) {
    return refused('YAML', error instanceof Error ? found(error.message) : 'something else');
  }
}

function compose(text: string): Result<unknown> {
  const tokens = parse(text);
  if (!tokens) {
    return refused(`YAML of at most ${DEPTH_LIMIT} levels and ${LEXEME_LIMIT} parts`, 'more');
  }
  // Not uniqueKeys: it compares each key with all before it (16k keys took 17 s). Ours is below.
  const composer = new Composer({ uniqueKeys: false, prettyErrors: false, version: '1.2', schema: 'core' });
  const documents: Document.Parsed[] = [];
  for (const document of composer.compose(tokens, true, text.length)) {
    if (document.errors.length > 0) return fail(...document.errors.slice(0, ERRORS_TOLD).map(told(text)));
    if (document.contents !== null && !isEmpty(document)) documents.push(document);
  }
  if (documents.length !== 1)
    return refused('one YAML document', documents.length === 0 ? 'none' : `${documents.length}`);
  const document = documents[0]!;
  const problems = mapProblems(document);
  if (problems.length > 0) return fail(...problems);
  const value: unknown = document.toJS({ maxAliasCount: YAML_ALIAS_LIMIT });
  return succeed(value);
}

function parse(text: string) {
  const parser = new Parser();
  const tokens: ReturnType<Parser['next']> extends Generator<infer T> ? T[] : never = [];
  let lexemes = 0;
  for (const lexeme of new Lexer().lex(text)) {
    for (const token of parser.next(lexeme)) tokens.push(token);
    lexemes += 1;
    if (lexemes > LEXEME_LIMIT || parser.stack.length > DEPTH_LIMIT) return undefined;
  }
  tokens.push(...parser.end());
  return tokens;
}

/** Nothing but comments, as after a last `---`; a written `null` is something. */
function isEmpty({ contents }: Document.Parsed): boolean {
  return (
    isScalar(contents) && contents.value === null && !contents.source && !contents.tag && !contents.anchor
  );
}

function told(text: string) {
  return (error: { message: string; pos: [number, number] }): Problem => {
    const before = text.slice(0, error.pos[0]).split('\n');
    const place = `line ${before.length}, column ${before.at(-1)!.length + 1}`;
    return { path: place, expected: 'YAML', found: found(error.message) };
  };
}

function mapProblems(document: Document.Parsed): Problem[] {
  const problems: Problem[] = [];
  visit(document, {
    Map(_, map) {
      const keys = new Set<string>();
      for (const { key } of map.items) {
        const name = isScalar(key) ? String(key.value) : undefined;
        if (name === undefined)
          add('plain keys', isMap(key) || isAlias(key) ? `one that is none` : found(key));
        else if (name === '<<' && isScalar(key) && key.type === 'PLAIN') add('no merge key', '<<');
        else if (keys.has(name)) add(`the key ${found(name)} once in its map`, 'it again');
        else keys.add(name);
      }
    },
    Scalar(_, { value }) {
      if (typeof value === 'number' && !Number.isFinite(value)) add('numbers that JSON has', String(value));
    },
  });
  return problems;

  function add(expected: string, what: string) {
    if (problems.length < ERRORS_TOLD) problems.push({ path: '', expected, found: what });
  }
}

function refused(expected: string, what: string) {
  return fail({ path: '', expected, found: what });
}
