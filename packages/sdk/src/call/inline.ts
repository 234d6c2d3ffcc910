import type { ModuleDefinition } from '../define-module.ts';
import { askHealth } from './ask-health.ts';
import type { Executor, Identity, Outcome } from './call.ts';
import { Cluster } from './cluster.ts';
import { runCall } from './run-call.ts';
import type { Settings } from './settings.ts';
import { Stopped } from './stopped.ts';

/** Runs verbs in this thread. A killed verb is only given up: it may go on until it next uses its kube or signal. */
export function inlineExecutor(definition: ModuleDefinition, settings: Settings): Executor {
  const cluster = new Cluster();
  const running = new Set<AbortController>();
  return {
    start(call) {
      const controller = new AbortController();
      running.add(controller);
      const identity = Promise.withResolvers<Identity | undefined>();
      const outcome = Promise.withResolvers<Outcome>();
      const abort = (why: string) => controller.abort(new Stopped(why));
      runCall(definition, call, settings, cluster, controller.signal, identity.resolve).then((result) => {
        running.delete(controller);
        outcome.resolve(result);
        identity.resolve(undefined);
      });
      return {
        outcome: outcome.promise,
        identity: identity.promise,
        abort,
        kill(why) {
          abort(why);
          outcome.resolve({ done: false, text: `${definition.name} ${call.verb}: ${why}` });
        },
      };
    },
    health: async () => (definition.health ? askHealth(definition, settings, cluster) : undefined),
    async stop() {
      for (const controller of running) controller.abort(new Stopped('the process ended'));
      cluster.close();
    },
  };
}
