import { createRequire } from 'node:module';

interface Pattern {
  test(text: string): boolean;
}

const known = new Map<string, Pattern | Error>();
let compile: ((pattern: string) => Pattern) | undefined;

/** A pattern in RE2's syntax, as Go has it; matches anywhere in the text. Throws when it is none. */
export function pattern(source: string): Pattern {
  let found = known.get(source);
  if (!found) {
    try {
      // Loaded with the first pattern: most clusters never see one.
      compile ??= createRequire(import.meta.url)('re2js').RE2JS.compile as (pattern: string) => Pattern;
      const compiled = compile(source) as unknown as { matcher(text: string): { find(): boolean } };
      found = { test: (text) => compiled.matcher(text).find() };
    } catch (error) {
      found = error as Error;
    }
    known.set(source, found);
  }
  if (found instanceof Error) throw found;
  return found;
}
