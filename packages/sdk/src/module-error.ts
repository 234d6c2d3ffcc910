/**
 * Why a verb could not do what it was asked, in words that are safe to show to anyone who may read the Module's
 * Events: no secret, no stack. The runtime puts `<module> <verb>: ` in front and squeezes it to one line.
 *
 * ```ts
 * throw new ModuleError({ expected: 'a Deployment web in shop', found: 'none', todo: 'set config.deployment', cause });
 * ```
 */
export class ModuleError extends Error {
  override readonly name = 'ModuleError';
  readonly expected: string;
  readonly found: string;

  constructor(facts: { expected: string; found: string; todo?: string; cause?: unknown }) {
    const { expected, found, todo, cause } = facts;
    super(
      `expected ${expected}, found ${found}${todo ? `; ${todo}` : ''}`,
      cause === undefined ? undefined : { cause },
    );
    this.expected = expected;
    this.found = found;
  }
}
