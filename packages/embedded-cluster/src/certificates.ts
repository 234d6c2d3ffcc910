import {
  createHash,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
} from 'node:crypto';

/**
 * X.509 certificates with EC keys, written as DER by hand: the libraries for it take longer to load than the
 * whole cluster takes to start.
 */
export interface Certificate {
  /** PEM. */
  certificate: string;
  /** PEM, PKCS #8. */
  key: string;
}

export interface Issued {
  authority: string;
  server: Certificate;
  client: Certificate;
}

interface Request {
  commonName: string;
  organization?: string;
  usage: 'authority' | 'server' | 'client';
}

const DAY = 86_400_000;

/** A new authority, a certificate for a server on this machine, and one for an administrator. */
export function issueCertificates(): Issued {
  const key = (): { privateKey: KeyObject; publicKey: KeyObject } =>
    generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const ca = key();
  const issuer = name({ commonName: 'embedded-cluster' });
  const issue = (request: Request, keys = key()): Certificate => ({
    certificate: pem('CERTIFICATE', certificate(request, keys.publicKey, issuer, ca)),
    key: keys.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
  });
  return {
    authority: issue({ commonName: 'embedded-cluster', usage: 'authority' }, ca).certificate,
    server: issue({ commonName: 'embedded-cluster-server', usage: 'server' }),
    client: issue({ commonName: 'kubernetes-admin', organization: 'system:masters', usage: 'client' }),
  };
}

function certificate(
  request: Request,
  subjectKey: KeyObject,
  issuer: Buffer,
  ca: { privateKey: KeyObject; publicKey: KeyObject },
): Buffer {
  const ecdsaWithSha256 = sequence(oid('1.2.840.10045.4.3.2'));
  const serial = randomBytes(16);
  serial[0] = (serial[0]! & 0x7f) | 0x01;
  const extensions = [
    extension('2.5.29.14', octets(keyId(subjectKey))),
    extension('2.5.29.35', sequence(tagged(0x80, keyId(ca.publicKey)))),
  ];
  if (request.usage === 'authority') {
    extensions.push(extension('2.5.29.19', sequence(tagged(0x01, Buffer.from([0xff]))), true));
    extensions.push(extension('2.5.29.15', tagged(0x03, Buffer.from([2, 0x84])), true));
  } else {
    extensions.push(extension('2.5.29.15', tagged(0x03, Buffer.from([7, 0x80])), true));
    const purpose = request.usage === 'server' ? '1.3.6.1.5.5.7.3.1' : '1.3.6.1.5.5.7.3.2';
    extensions.push(extension('2.5.29.37', sequence(oid(purpose))));
  }
  if (request.usage === 'server') {
    const dns = (host: string): Buffer => tagged(0x82, Buffer.from(host));
    const names = sequence(
      dns('localhost'),
      dns('kubernetes'),
      dns('kubernetes.default.svc'),
      tagged(0x87, Buffer.from([127, 0, 0, 1])),
      tagged(0x87, Buffer.from([...new Array(15).fill(0), 1])),
    );
    extensions.push(extension('2.5.29.17', names));
  }
  const now = Date.now();
  const body = sequence(
    tagged(0xa0, integer(Buffer.from([2]))),
    integer(serial),
    ecdsaWithSha256,
    issuer,
    sequence(time(now - DAY), time(now + 365 * DAY)),
    name(request),
    subjectKey.export({ type: 'spki', format: 'der' }),
    tagged(0xa3, sequence(...extensions)),
  );
  const signature = sign('sha256', body, ca.privateKey);
  return sequence(body, ecdsaWithSha256, tagged(0x03, Buffer.concat([Buffer.from([0]), signature])));
}

/** SHA-1 of the public key's bits (RFC 5280, 4.2.1.2). */
function keyId(key: KeyObject): Buffer {
  const spki = (key.type === 'public' ? key : createPublicKey(key)).export({ type: 'spki', format: 'der' });
  // The last 65 bytes of a P-256 SubjectPublicKeyInfo are the point itself.
  return createHash('sha1').update(spki.subarray(-65)).digest();
}

function name({ commonName, organization }: { commonName: string; organization?: string }): Buffer {
  const attribute = (id: string, text: string): Buffer =>
    tagged(0x31, sequence(oid(id), tagged(0x0c, Buffer.from(text))));
  return sequence(
    ...(organization === undefined ? [] : [attribute('2.5.4.10', organization)]),
    attribute('2.5.4.3', commonName),
  );
}

function extension(id: string, value: Buffer, critical = false): Buffer {
  return sequence(oid(id), ...(critical ? [tagged(0x01, Buffer.from([0xff]))] : []), octets(value));
}

function time(ms: number): Buffer {
  const digits = new Date(ms).toISOString().replace(/[-:T]/g, '').slice(2, 14);
  return tagged(0x17, Buffer.from(`${digits}Z`));
}

function sequence(...parts: Buffer[]): Buffer {
  return tagged(0x30, Buffer.concat(parts));
}

function octets(value: Buffer): Buffer {
  return tagged(0x04, value);
}

function integer(value: Buffer): Buffer {
  return tagged(0x02, value);
}

function oid(text: string): Buffer {
  const [first = 0, second = 0, ...rest] = text.split('.').map(Number);
  const bytes = [first * 40 + second];
  for (const arc of rest) {
    const groups = [arc & 0x7f];
    for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128))
      groups.unshift((left & 0x7f) | 0x80);
    bytes.push(...groups);
  }
  return tagged(0x06, Buffer.from(bytes));
}

function tagged(tag: number, value: Buffer): Buffer {
  const { length } = value;
  const head =
    length < 0x80
      ? [tag, length]
      : length < 0x100
        ? [tag, 0x81, length]
        : [tag, 0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from(head), value]);
}

function pem(label: string, der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}
