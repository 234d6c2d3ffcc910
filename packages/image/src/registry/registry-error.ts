/** A call to a registry that failed for good. `status` is 0 when no answer came. */
export class RegistryError extends Error {
  readonly status: number;

  constructor(registry: string, call: { method: string; path: string }, status: number, reason: string) {
    // The query may hold an upload's state, signed.
    const path = call.path.replace(/^https?:\/\/[^/]*/, '').replace(/\?.*$/, '');
    const hint =
      status === 401 || status === 403
        ? `; run docker login ${registry}, or check what that account may do`
        : '';
    super(
      `${registry}: expected ${call.method} ${path} to be done, found ${status || 'no answer'} ${reason}`.trim() +
        hint,
    );
    this.name = 'RegistryError';
    this.status = status;
  }
}
