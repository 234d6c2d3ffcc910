import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { digestOf } from '../oci/content.ts';

/** What a registry of the distribution specification keeps, in memory, with the switches that tests need. */
export class MemoryRegistry {
  readonly blobs = new Map<string, Buffer>();
  readonly manifests = new Map<string, { type: string; bytes: Buffer }>();
  readonly uploads = new Map<string, Buffer>();
  /** list referrers itself, as the specification has it since 1.1 */
  listsReferrers = true;
  /** take uploads in pieces */
  takesPieces = true;
  /** ask for a token, which is given for this user and password */
  login?: string;

  async answer(request: IncomingMessage, response: ServerResponse, body: Buffer): Promise<void> {
    const url = new URL(request.url!, `http://${request.headers.host}`);
    const end = (
      status: number,
      headers: Record<string, string | number> = {},
      content: Buffer | string = '',
    ) => {
      response.writeHead(status, { 'content-length': Buffer.byteLength(content), ...headers });
      response.end(request.method === 'HEAD' ? undefined : content);
    };
    if (url.pathname === '/token') {
      const basic = Buffer.from(this.login ?? '').toString('base64');
      if (request.headers.authorization !== `Basic ${basic}`) return end(401, {}, 'no');
      return end(
        200,
        { 'content-type': 'application/json' },
        JSON.stringify({ token: `t:${url.searchParams.get('scope')}` }),
      );
    }
    if (url.pathname === '/v2/') return end(200, { 'docker-distribution-api-version': 'registry/2.0' }, '{}');
    const listed = /^\/v2\/(.+)\/tags\/list$/.exec(url.pathname)?.[1];
    if (listed) {
      const keys = [...this.manifests.keys()].filter((key) => key.startsWith(`${listed}:`));
      return end(
        200,
        {},
        JSON.stringify({ name: listed, tags: keys.map((key) => key.slice(listed.length + 1)) }),
      );
    }
    const [, name, kind, rest = ''] =
      /^\/v2\/(.+?)\/(blobs|manifests|referrers)\/(.*)$/.exec(url.pathname) ?? [];
    if (this.login && !request.headers.authorization?.startsWith(`Bearer t:repository:${name}:`)) {
      const challenge = `Bearer realm="http://${request.headers.host}/token",service="test"`;
      return end(401, { 'www-authenticate': challenge });
    }
    if (kind === 'manifests') return this.#manifest(request, name!, rest, body, end);
    if (kind === 'referrers') return this.#referrers(name!, rest, end);
    if (kind !== 'blobs') return end(404);
    if (!rest.startsWith('uploads/')) {
      const blob = this.blobs.get(`${name}@${rest}`);
      return blob ? end(200, {}, blob) : end(404);
    }

    const id = rest.slice('uploads/'.length);
    const location = (of: string) => ({ location: `/v2/${name}/blobs/uploads/${of}?state=secret` });
    if (request.method === 'POST') {
      const mounted = this.blobs.get(`${url.searchParams.get('from')}@${url.searchParams.get('mount')}`);
      if (mounted) {
        this.blobs.set(`${name}@${url.searchParams.get('mount')}`, mounted);
        return end(201);
      }
      const created = randomUUID();
      this.uploads.set(created, Buffer.alloc(0));
      return end(202, location(created));
    }
    const upload = this.uploads.get(id);
    if (!upload) return end(404, {}, JSON.stringify({ errors: [{ code: 'BLOB_UPLOAD_UNKNOWN' }] }));
    const range = { range: `0-${Math.max(0, upload.length - 1)}` };
    if (request.method === 'GET') return end(204, { ...location(id), ...range });
    if (request.method === 'PATCH') {
      if (!this.takesPieces) return end(405);
      if (!request.headers['content-range']?.startsWith(`${upload.length}-`)) return end(416, range);
      this.uploads.set(id, Buffer.concat([upload, body]));
      return end(202, location(id));
    }
    const whole = Buffer.concat([upload, body]);
    const digest = url.searchParams.get('digest');
    if (digestOf(whole) !== digest)
      return end(400, {}, JSON.stringify({ errors: [{ code: 'DIGEST_INVALID' }] }));
    this.uploads.delete(id);
    this.blobs.set(`${name}@${digest}`, whole);
    return end(201);
  }

  #manifest(
    request: IncomingMessage,
    name: string,
    tag: string,
    body: Buffer,
    end: (status: number, headers?: Record<string, string>, content?: Buffer) => void,
  ): void {
    if (request.method !== 'PUT') {
      const found = this.manifests.get(`${name}:${tag}`);
      if (found) end(200, { 'content-type': found.type }, found.bytes);
      else end(404);
      return;
    }
    const stored = { type: request.headers['content-type'] ?? '', bytes: body };
    this.manifests.set(`${name}:${tag}`, stored);
    this.manifests.set(`${name}:${digestOf(body)}`, stored);
    const { subject } = JSON.parse(body.toString('utf8'));
    end(201, subject && this.listsReferrers ? { 'oci-subject': subject.digest } : {});
  }

  #referrers(
    name: string,
    digest: string,
    end: (status: number, headers?: Record<string, string>, content?: string) => void,
  ): void {
    if (!this.listsReferrers) {
      end(404);
      return;
    }
    const manifests = [...this.manifests]
      .filter(([key]) => key.startsWith(`${name}:sha256:`))
      .map(([key, { type, bytes }]) => ({ key, type, bytes, read: JSON.parse(bytes.toString('utf8')) }))
      .filter(({ read }) => read.subject?.digest === digest)
      .map(({ key, type, bytes, read }) => ({
        mediaType: type,
        digest: key.slice(name.length + 1),
        size: bytes.length,
        artifactType: read.artifactType,
      }));
    const type = 'application/vnd.oci.image.index.v1+json';
    end(200, { 'content-type': type }, JSON.stringify({ schemaVersion: 2, mediaType: type, manifests }));
  }
}
