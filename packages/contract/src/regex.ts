import { RE2JS } from 're2js';

/** A Go regular expression (RE2), compiled. Throws with the parser's reason when it is none. */
export function compileRegex(pattern: string): { test(text: string): boolean } {
  const compiled = RE2JS.compile(pattern);
  // As Go's MatchString: a match anywhere counts, unless the pattern anchors itself.
  return { test: (text) => compiled.test(text) };
}

/** Why a pattern is no RE2, or undefined when it is one. */
export function regexFault(pattern: string): string | undefined {
  try {
    RE2JS.compile(pattern);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message.replace(/^error parsing regexp: /, '') : String(error);
  }
}
