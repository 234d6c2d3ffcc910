import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder, writeWhole } from '../cache.ts';
import { type Content, digestOf, jsonContent, sha256 } from '../oci/content.ts';
import { type Descriptor, describe, INDEX, type Index, MANIFEST, type Manifest } from '../oci/documents.ts';
import { type Answer, type HttpOptions, RegistryHttp } from './http.ts';
import { RegistryError } from './registry-error.ts';

const PIECE = 4 * 1024 * 1024;

export interface StoredManifest {
  mediaType: string;
  digest: string;
  bytes: Uint8Array;
}

/** One repository of a registry, https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md */
export class Repository {
  readonly registry: string;
  readonly name: string;
  readonly #http: RegistryHttp;
  readonly #piece: number;

  constructor(registry: string, name: string, options: HttpOptions = {}) {
    this.registry = registry;
    this.name = name;
    this.#http = new RegistryHttp(registry, options);
    this.#piece = options.piece ?? PIECE;
  }

  async hasBlob(digest: string): Promise<boolean> {
    const { status } = await this.#http.call({
      method: 'HEAD',
      path: this.#path(`blobs/${digest}`),
      scope: this.#scope('pull'),
      expected: [404],
    });
    return status !== 404;
  }

  /** @throws Error when the bytes are not those of the digest; undefined when there are none. */
  async readBlob(digest: string): Promise<Uint8Array | undefined> {
    const answer = await this.#http.call({
      method: 'GET',
      path: this.#path(`blobs/${digest}`),
      scope: this.#scope('pull'),
      expected: [404],
    });
    if (answer.status === 404) return undefined;
    this.#check(digest, answer.body);
    return answer.body;
  }

  /**
   * Stores a blob unless it is there: by reference from another repository of this registry where it lies in one of
   * `mountFrom`, else in pieces. A broken upload goes on where the registry says it ended, also in another process.
   *
   * @returns how many bytes were sent
   */
  async writeBlob(content: Content, mountFrom: string[] = []): Promise<number> {
    if (await this.hasBlob(content.digest)) return 0;
    for (const other of mountFrom) {
      if (await this.#mount(content.digest, other)) return 0;
    }
    const bytes = await content.read();
    const session = join(
      cacheFolder(),
      'uploads',
      sha256(`${this.#http.origin}/${this.name}@${content.digest}`),
    );
    let sent = 0;
    for (let failures = 0; ; ) {
      try {
        let { location, offset } =
          (await this.#resume(session, bytes.length)) ?? (await this.#begin(session));
        while (offset < bytes.length) {
          const piece = bytes.subarray(offset, offset + this.#piece);
          location = await this.#send(location, piece, offset);
          await writeWhole(session, location);
          offset += piece.length;
          sent += piece.length;
          failures = 0;
        }
        await this.#end(location, content.digest);
        await rm(session, { force: true });
        return sent;
      } catch (error) {
        // The registry knows nothing of that upload, or takes no pieces: all of it, in a new one.
        const refused =
          error instanceof RegistryError && error.status >= 400 && error.status < 500 && error.status !== 429;
        if (refused && error.status !== 401 && error.status !== 403) {
          await rm(session, { force: true });
          return await this.#whole(content.digest, bytes);
        }
        if (refused || ++failures > 5) throw error;
        await this.#http.rest(failures);
      }
    }
  }

  /** @returns undefined when there is none of that tag or digest */
  async readManifest(tagOrDigest: string): Promise<StoredManifest | undefined> {
    const answer = await this.#http.call({
      method: 'GET',
      path: this.#path(`manifests/${tagOrDigest}`),
      headers: { accept: `${INDEX}, ${MANIFEST}` },
      scope: this.#scope('pull'),
      expected: [404],
    });
    if (answer.status === 404) return undefined;
    if (tagOrDigest.startsWith('sha256:')) this.#check(tagOrDigest, answer.body);
    return {
      mediaType: answer.headers.get('content-type')?.split(';')[0] ?? MANIFEST,
      digest: digestOf(answer.body),
      bytes: answer.body,
    };
  }

  async writeManifest(mediaType: string, content: Content, tag = content.digest): Promise<Answer> {
    return this.#http.call({
      method: 'PUT',
      path: this.#path(`manifests/${tag}`),
      headers: { 'content-type': mediaType },
      body: await content.read(),
      scope: this.#scope('pull,push'),
    });
  }

  /** Stores a manifest with a subject, so that the registry lists it as a referrer, by itself or by the tag that stands in. */
  async attach(manifest: Manifest & { subject: Descriptor }): Promise<Descriptor> {
    const content = jsonContent(manifest);
    const answer = await this.writeManifest(MANIFEST, content);
    const { artifactType, annotations } = manifest;
    const descriptor: Descriptor = {
      ...describe(MANIFEST, content),
      ...(artifactType ? { artifactType } : {}),
      ...(annotations ? { annotations } : {}),
    };
    if (answer.headers.has('oci-subject')) return descriptor;

    const tag = referrersTag(manifest.subject.digest);
    const listed = await this.#listed(tag);
    if (!listed.some(({ digest }) => digest === descriptor.digest)) {
      const index: Index = { schemaVersion: 2, mediaType: INDEX, manifests: [...listed, descriptor] };
      await this.writeManifest(INDEX, jsonContent(index), tag);
    }
    return descriptor;
  }

  /** What is attached to a digest. */
  async referrers(digest: string): Promise<Descriptor[]> {
    const answer = await this.#http.call({
      method: 'GET',
      path: this.#path(`referrers/${digest}`),
      headers: { accept: INDEX },
      scope: this.#scope('pull'),
      expected: [400, 404, 405],
    });
    if (answer.status < 300 && answer.headers.get('content-type')?.startsWith(INDEX)) {
      return (JSON.parse(Buffer.from(answer.body).toString('utf8')) as Index).manifests ?? [];
    }
    return this.#listed(referrersTag(digest));
  }

  async #listed(tag: string): Promise<Descriptor[]> {
    const stored = await this.readManifest(tag);
    return stored ? ((JSON.parse(Buffer.from(stored.bytes).toString('utf8')) as Index).manifests ?? []) : [];
  }

  async #mount(digest: string, from: string): Promise<boolean> {
    if (from === this.name) return false;
    const answer = await this.#http.call({
      method: 'POST',
      path: `${this.#path('blobs/uploads/')}?mount=${digest}&from=${encodeURIComponent(from)}`,
      scope: `${this.#scope('pull,push')} repository:${from}:pull`,
      expected: [400, 401, 403, 404],
    });
    return answer.status === 201;
  }

  async #begin(session: string): Promise<{ location: string; offset: number }> {
    const answer = await this.#http.call({
      method: 'POST',
      path: this.#path('blobs/uploads/'),
      scope: this.#scope('pull,push'),
    });
    const location = locationOf(answer);
    await writeWhole(session, location);
    return { location, offset: 0 };
  }

  /** How far an upload came that was begun before, by this process or another. */
  async #resume(session: string, size: number): Promise<{ location: string; offset: number } | undefined> {
    const begun = await readFile(session, 'utf8').catch(() => undefined);
    if (!begun) return undefined;
    const answer = await this.#http.call({
      method: 'GET',
      path: begun,
      scope: this.#scope('pull,push'),
      expected: [400, 401, 403, 404, 405, 410],
    });
    const last = Number(/^(?:bytes=)?0-(\d+)$/.exec(answer.headers.get('range') ?? '')?.[1] ?? 0);
    if (answer.status >= 300 || last >= size) {
      await rm(session, { force: true });
      return undefined;
    }
    // An upload of no byte and one of a single byte look the same; we never send a single one.
    return { location: locationOf(answer, begun), offset: last === 0 ? 0 : last + 1 };
  }

  async #send(location: string, piece: Uint8Array, offset: number): Promise<string> {
    const answer = await this.#http.call({
      method: 'PATCH',
      path: location,
      headers: {
        'content-type': 'application/octet-stream',
        'content-range': `${offset}-${offset + piece.length - 1}`,
      },
      body: piece,
      scope: this.#scope('pull,push'),
      once: true,
    });
    return locationOf(answer, location);
  }

  async #end(location: string, digest: string): Promise<void> {
    const url = new URL(location);
    url.searchParams.set('digest', digest);
    await this.#http.call({
      method: 'PUT',
      path: url.href,
      headers: { 'content-type': 'application/octet-stream' },
      scope: this.#scope('pull,push'),
      once: true,
    });
  }

  async #whole(digest: string, bytes: Uint8Array): Promise<number> {
    for (let failures = 0; ; ) {
      try {
        const begun = await this.#http.call({
          method: 'POST',
          path: this.#path('blobs/uploads/'),
          scope: this.#scope('pull,push'),
        });
        const url = new URL(locationOf(begun));
        url.searchParams.set('digest', digest);
        await this.#http.call({
          method: 'PUT',
          path: url.href,
          headers: { 'content-type': 'application/octet-stream' },
          body: bytes,
          scope: this.#scope('pull,push'),
          once: true,
        });
        return bytes.length;
      } catch (error) {
        const answered = error instanceof RegistryError && error.status >= 400 && error.status < 500;
        if (answered || ++failures > 5) throw error;
        await this.#http.rest(failures);
      }
    }
  }

  #check(digest: string, bytes: Uint8Array): void {
    const found = digestOf(bytes);
    if (found !== digest) {
      throw new Error(`${this.registry}/${this.name}: expected bytes of ${digest}, found those of ${found}`);
    }
  }

  #path(rest: string): string {
    return `/v2/${this.name}/${rest}`;
  }

  #scope(actions: string): string {
    return `repository:${this.name}:${actions}`;
  }
}

/** The tag that lists the referrers of a digest where the registry does not. */
const referrersTag = (digest: string) => digest.replace(':', '-');

function locationOf(answer: Answer, otherwise?: string): string {
  const location = answer.headers.get('location') ?? otherwise;
  if (!location) throw new Error('expected the registry to say where to upload to, found no Location');
  return new URL(location, answer.url).href;
}
