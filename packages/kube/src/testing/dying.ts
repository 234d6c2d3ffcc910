import type { Kube } from '../connect.ts';
import { KubeError } from '../error.ts';

/** A handle whose process ends at its n-th write: before it is sent, or before its answer is read. */
export function dying(kube: Kube, write: number, when: 'before' | 'after'): Kube {
  let writes = 0;
  let dead = false;
  const wrap = (inner: Kube): Kube => ({
    ...inner,
    with: (overrides) => wrap(inner.with(overrides)),
    async request(request) {
      if (dead) throw new KubeError('killed', { reason: 'Killed' });
      if (request.method === 'GET') return inner.request(request);
      writes++;
      if (writes === write && when === 'before') dead = true;
      if (dead) throw new KubeError('killed', { reason: 'Killed' });
      const answer = await inner.request(request);
      if (writes >= write) dead = true;
      if (dead) throw new KubeError('killed', { reason: 'Killed' });
      return answer;
    },
    async stream(request) {
      if (dead) throw new KubeError('killed', { status: 403, reason: 'Killed' });
      return inner.stream(request);
    },
  });
  return wrap(kube);
}
