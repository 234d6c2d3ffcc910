import { randomBytes } from 'node:crypto';
import type { Bench } from '../bench.ts';

export interface Secret {
  /** How a report calls it; never the value. */
  name: string;
  value: string;
}

const LOOKS_SECRET = /pass(word|phrase)?|secret|token|credential|api.?key|private.?key/i;

/**
 * A config with a secret beside the module's own values, as an operator of the inline generation hands on what it does
 * not know, and everything that must not get out: that one, what the config calls a secret, the kubeconfig's token.
 */
export async function secretsOf(
  bench: Bench,
): Promise<{ config: Record<string, unknown>; secrets: Secret[] }> {
  const value = `s3cr3t-${randomBytes(9).toString('hex')}`;
  const config = { ...bench.setting.config, conformancePassword: value };
  const secrets: Secret[] = [
    { name: 'the value of config.conformancePassword', value },
    { name: "the kubeconfig's token", value: (await bench.scene()).gate.token },
  ];
  for (const [alias, own] of Object.entries(bench.setting.config)) {
    if (LOOKS_SECRET.test(alias) && typeof own === 'string' && own.length >= 6) {
      secrets.push({ name: `the value of config.${alias}`, value: own });
    }
  }
  return { config, secrets };
}
