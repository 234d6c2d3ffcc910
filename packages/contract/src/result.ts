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

/** `replicas: expected an integer of at least 1, found 0; namespace: expected a string, found nothing` */
export function formatProblems(problems: readonly Problem[]): string {
  return problems.map(formatProblem).join('; ');
}

function formatProblem({ path, expected, found }: Problem): string {
  return `${path === '' ? '' : `${path}: `}expected ${expected}, found ${found}`;
}

/** The value out of a Result, for callers that have nothing to add; throws one line with every problem. */
export function unwrap<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw new Error(formatProblems(result.problems));
}
