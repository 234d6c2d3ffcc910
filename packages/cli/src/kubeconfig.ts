import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

/**
 * The kubeconfig file that kubectl would take: the one given, the first of $KUBECONFIG, or ~/.kube/config.
 *
 * @throws Error when that file does not exist.
 */
export function kubeconfigFile(given?: string): string {
  const fromEnvironment = process.env.KUBECONFIG?.split(delimiter).find((path) => path !== '');
  const file = given ?? fromEnvironment ?? join(homedir(), '.kube', 'config');
  if (!existsSync(file)) {
    const from = given ? '--kubeconfig' : fromEnvironment ? '$KUBECONFIG' : 'the default';
    throw new Error(
      `expected a kubeconfig file at ${file} (${from}), found none; name one with --kubeconfig FILE`,
    );
  }
  return file;
}
