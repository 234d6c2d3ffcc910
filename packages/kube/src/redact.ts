/** Makes a text safe to show: one line, no credentials. */
export type Redactor = (text: string) => string;

const LONGEST = 600;

/**
 * @param secrets gives what must never be shown now (tokens rotate), each at least 8 characters to count
 */
export function redactor(secrets: () => readonly string[]): Redactor {
  return (text) => {
    let safe = text;
    for (const secret of secrets()) {
      if (secret.length >= 8) safe = safe.replaceAll(secret, '[redacted]');
    }
    safe = safe
      .replace(/\b(Bearer|Basic)\s+[\w.~+/=-]+/gi, '$1 [redacted]')
      // A service account token on its own: three base64url parts, the first a JSON header.
      .replace(/\beyJ[\w-]+\.[\w-]+\.[\w-]*/g, '[redacted]')
      .replace(/\s+/g, ' ')
      .trim();
    return safe.length > LONGEST ? `${safe.slice(0, LONGEST)}...` : safe;
  };
}
