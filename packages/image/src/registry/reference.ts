/** Where an image is: `registry/repository`, with a tag, a digest, or both. */
export interface Reference {
  /** host, with its port where it has one */
  registry: string;
  repository: string;
  tag?: string;
  digest?: string;
}

const REPOSITORY = /^[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*)*$/;
const TAG = /^\w[\w.-]{0,127}$/;
const DIGEST = /^sha256:[0-9a-f]{64}$/;

/**
 * Reads `host[:port]/path[:tag][@sha256:...]`. The host is always written out: what is pushed should not go to a
 * registry that nobody named.
 *
 * @throws Error saying what is wrong with it.
 */
export function parseReference(text: string): Reference {
  const [, path, tag, digest] = /^(.*?)(?::([^:/@]*))?(?:@([^@]*))?$/.exec(text) ?? [];
  const slash = path?.indexOf('/') ?? -1;
  const registry = path?.slice(0, slash) ?? '';
  const repository = path?.slice(slash + 1) ?? '';
  const isHost =
    registry === 'localhost' ||
    /^(?:\[[0-9a-f:]+\]|[\w.-]+\.[\w.-]+|[\w-]+(?=:))(?::\d+)?$/i.test(registry) ||
    /^localhost:\d+$/.test(registry);
  if (slash < 0 || !isHost || !REPOSITORY.test(repository)) {
    throw new Error(
      `expected a reference such as registry.example/team/hello:1.0.0, in lower case and with its host, found ${JSON.stringify(text)}`,
    );
  }
  if (tag !== undefined && !TAG.test(tag))
    throw new Error(`expected a tag after the colon in ${JSON.stringify(text)}`);
  if (digest !== undefined && !DIGEST.test(digest)) {
    throw new Error(`expected sha256: and 64 hex digits after the @ in ${JSON.stringify(text)}`);
  }
  return { registry, repository, ...(tag ? { tag } : {}), ...(digest ? { digest } : {}) };
}

export const formatReference = ({ registry, repository, tag, digest }: Reference) =>
  `${registry}/${repository}${tag ? `:${tag}` : ''}${digest ? `@${digest}` : ''}`;
