import { dirname, join } from 'node:path';
import type { ConfigDeclaration } from '@forkspacer/contract';
import { describeOnClusters } from '@forkspacer/embedded-cluster/testing';
import type { ModuleDefinition } from '@forkspacer/sdk';
import { describe, expect, test } from 'vitest';
import { anyModule, type Check, type Group, type ModuleTestOptions, type Subject } from './options.ts';
import { onStage } from './stage.ts';
import { SUITE } from './suite.ts';

/** ms for one test; those on a real cluster wait for its controllers. */
const TIME_LIMIT = 60_000;

/**
 * Everything that a module is held to, as vitest suites: through HTTP, as the operator would, on the embedded cluster
 * and on the real one that KUBECONFIG_TEST names. To be called at the top of `src/module.test.ts`.
 */
export function testModule<D extends ConfigDeclaration>(
  definition: ModuleDefinition<D>,
  options: ModuleTestOptions,
): void {
  const module = anyModule(definition);
  const file = options.file ?? join(dirname(expect.getState().testPath ?? ''), 'module.ts');
  // Objects of two tests are apart when their namespaces are.
  const group = module.identity.includes('namespace') ? describe.concurrent : describe;
  describeOnClusters(`${module.name}, as every module`, (cluster) => {
    const subject = (): Subject => ({ module, options, file, kubeconfig: cluster.kubeconfig });
    for (const { title, checks } of [...SUITE, storiesOf(options)]) {
      if (checks.length === 0) continue;
      group(title, () => {
        for (const check of checks) test(check.title, () => check.run(subject()), TIME_LIMIT);
      });
    }
  });
}

function storiesOf({ stories = {} }: ModuleTestOptions): Group {
  const checks = Object.entries(stories).map(([title, run]): Check => {
    return { title, run: (subject) => onStage(subject, run) };
  });
  return { title: 'its own stories', checks };
}
