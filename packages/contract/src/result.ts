/** One thing wrong with what was given. `found` is safe to show: shortened, on one line, never a secret. */
export interface Problem {
  /** Where: `spec.config.replicas`, `config[2].alias`; empty for the whole. */
  path: string;
  expected: string;
  found: string;
}

export type Result<T> = { ok: true; value: T } | { ok: false; problems: Problem[] };

export function succeed<T>(value: T): Result<T> {
  return { ok: true, value };
}

export function fail(...problems: Problem[]): { ok: false; problems: Problem[] } {
  return { ok: false, problems };
}

/**
 * `replicas: expected an integer of at least 1, found 0; namespace: expected a string, found nothing`
 *
 * @param room bytes of UTF-8: those problems that do not fit are told by their path alone, `also wrong: size, tier`
 */
export function formatProblems(problems: readonly Problem[], room = Number.POSITIVE_INFINITY): string {
  const paths = problems.map(({ path }) => path);
  const whole = new Set<Problem>();
  const text = () => {
    const told = problems.filter((each) => whole.has(each)).map(formatProblem);
    const others = paths.filter((_, index) => !whole.has(problems[index]!)).join(', ');
    return [...told, ...(others === '' ? [] : [`also wrong: ${others}`])].join('; ');
  };
  for (const problem of problems) {
    whole.add(problem);
    if (room !== Number.POSITIVE_INFINITY && new TextEncoder().encode(text()).length > room)
      whole.delete(problem);
  }
  return whole.size > 0 ? text() : problems.map(formatProblem).join('; ');
}

function formatProblem({ path, expected, found }: Problem): string {
  return `${path === '' ? '' : `${path}: `}expected ${expected}, found ${found}`;
}

/** The value out of a Result, for callers that have nothing to add; throws one line with every problem. */
export function unwrap<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw new Error(formatProblems(result.problems));
}
