import { credentialsIn } from '@forkspacer/kube';

/** Keys of a Secret that hold names and addresses: redacting `postgres` everywhere would leave no readable line. */
const PUBLIC_KEYS = new Set([
  'username',
  'user',
  'host',
  'port',
  'dbname',
  'database',
  'namespace',
  'ca.crt',
  'tls.crt',
]);

/** Shorter ones of a Secret could be any word. */
const SHORTEST = 8;

/** A service account's token (three base64url parts, the first a JSON header), or whatever follows `Bearer`. */
const TOKEN = /\beyJ[\w-]+\.[\w-]+\.[\w-]*|(?<=\bBearer )[\w.~+/=-]{8,}/g;

/** What must not be shown, as it becomes known in the course of a call, and texts made safe of it. */
export class Secrets {
  readonly #values = new Set<string>();
  #pattern: RegExp | undefined;

  /** A value that is declared secret, however short. */
  add(value: string): void {
    if (value === '' || this.#values.has(value)) return;
    this.#values.add(value);
    // In a line of JSON it stands escaped, in JSON that is logged as a text twice, and in a URL in its own way.
    const inJson = escapedAsJson(value);
    for (const form of [inJson, escapedAsJson(inJson), encodeURIComponent(value.toWellFormed())]) {
      this.#values.add(form);
    }
    if (value.length >= SHORTEST) this.#values.add(Buffer.from(value).toString('base64'));
    this.#pattern = undefined;
  }

  /** Takes note of the Secrets in what is sent to a cluster or comes from it. */
  learn(json: unknown): void {
    if (typeof json !== 'object' || json === null) return;
    const { kind, items, data, stringData } = json as Record<string, unknown>;
    if (kind === 'SecretList' && Array.isArray(items)) {
      for (const item of items) this.learn({ ...item, kind: 'Secret' });
    }
    if (kind !== 'Secret') return;
    for (const [key, value] of [...Object.entries(data ?? {}), ...Object.entries(stringData ?? {})]) {
      if (typeof value !== 'string' || PUBLIC_KEYS.has(key) || value.length < SHORTEST) continue;
      this.add(value);
      const decoded = Buffer.from(value, 'base64').toString('utf8');
      if (decoded.length >= SHORTEST) this.add(decoded);
    }
  }

  /** Takes note of the credentials in a kubeconfig, YAML or JSON. */
  learnKubeconfig(text: string): void {
    for (const value of credentialsIn(text)) if (value.length >= SHORTEST) this.add(value);
  }

  redact = (given: string): string => {
    const text = given.replace(TOKEN, '[redacted]');
    if (this.#values.size === 0) return text;
    this.#pattern ??= new RegExp(
      [...this.#values]
        .sort((one, other) => other.length - one.length)
        // A short one is often a part of ordinary words: only where it stands alone.
        .map((each) => (each.length < SHORTEST ? `(?<!\\w)${escaped(each)}(?!\\w)` : escaped(each)))
        .join('|'),
      'g',
    );
    return text.replace(this.#pattern, '[redacted]');
  };
}

const escapedAsJson = (text: string) => JSON.stringify(text).slice(1, -1);

const escaped = (text: string) => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
