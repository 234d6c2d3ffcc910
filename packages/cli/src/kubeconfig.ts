import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

/**
 * The kubeconfig file that kubectl would take: the one given, the first of $KUBECONFIG, or ~/.kube/config.
 *
 * @param option the option that names one
 * @throws Error when that file does not exist.
 */
export function kubeconfigFile(given?: string, option = '--kubeconfig'): string {
  const fromEnvironment = process.env.KUBECONFIG?.split(delimiter).find((path) => path !== '');
  const file = given ?? fromEnvironment ?? join(homedir(), '.kube', 'config');
  if (!existsSync(file)) {
    const from = given ? option : fromEnvironment ? '$KUBECONFIG' : 'the default';
    throw new Error(
      `expected a kubeconfig file at ${file} (${from}), found none; name one with ${option} FILE`,
    );
  }
  return file;
}
