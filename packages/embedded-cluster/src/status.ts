import { type FieldError, text } from './resources/field-errors.ts';

/** The body of every answer that is no object (k8s.io/apimachinery meta/v1.Status). */
export interface Status {
  kind: 'Status';
  apiVersion: 'v1';
  metadata: object;
  status: 'Success' | 'Failure';
  message?: string;
  reason?: string;
  details?: StatusDetails;
  code: number;
}

export interface StatusDetails {
  name?: string;
  group?: string;
  kind?: string;
  uid?: string;
  causes?: { reason?: string; message?: string; field?: string }[];
  retryAfterSeconds?: number;
}

/** A refusal: what the API machinery throws, and HTTP answers with as it is. */
export class StatusError extends Error {
  readonly status: Status;
  constructor(code: number, reason: string | undefined, message: string, details?: StatusDetails) {
    super(message);
    this.name = 'StatusError';
    this.status = {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message,
      ...(reason === undefined ? {} : { reason }),
      ...(details === undefined ? {} : { details }),
      code,
    };
  }
  get code(): number {
    return this.status.code;
  }
  get reason(): string | undefined {
    return this.status.reason;
  }
}

/** Group and plural of what an error is about. */
export interface GroupResource {
  group: string;
  plural: string;
}

const qualified = ({ group, plural }: GroupResource): string =>
  group === '' ? plural : `${plural}.${group}`;

/** `details` as the real server writes them: empty fields are left out. */
function about({ group, plural }: GroupResource, name: string): StatusDetails {
  return { ...(name === '' ? {} : { name }), ...(group === '' ? {} : { group }), kind: plural };
}

export function notFoundError(resource: GroupResource, name: string): StatusError {
  return new StatusError(
    404,
    'NotFound',
    `${qualified(resource)} "${name}" not found`,
    about(resource, name),
  );
}

export function alreadyExists(resource: GroupResource, name: string, ending = false): StatusError {
  const message = `${ending ? 'object is being deleted: ' : ''}${qualified(resource)} "${name}" already exists`;
  return new StatusError(409, 'AlreadyExists', message, about(resource, name));
}

export function conflict(resource: GroupResource, name: string, why: string): StatusError {
  const message = `Operation cannot be fulfilled on ${qualified(resource)} "${name}": ${why}`;
  return new StatusError(409, 'Conflict', message, about(resource, name));
}

export function staleVersion(resource: GroupResource, name: string): StatusError {
  return conflict(
    resource,
    name,
    'the object has been modified; please apply your changes to the latest version and try again',
  );
}

export function badRequest(message: string): StatusError {
  return new StatusError(400, 'BadRequest', message);
}

export function forbiddenError(
  resource: GroupResource,
  name: string,
  why: string,
  causes?: StatusDetails['causes'],
): StatusError {
  const message = `${qualified(resource)} "${name}" is forbidden: ${why}`;
  const details = about(resource, name);
  return new StatusError(403, 'Forbidden', message, causes === undefined ? details : { ...details, causes });
}

export function methodNotSupported(resource: GroupResource, verb: string): StatusError {
  const message = `${verb} is not supported on resources of kind "${qualified(resource)}"`;
  return new StatusError(405, 'MethodNotAllowed', message, about(resource, ''));
}

export function expired(message: string): StatusError {
  return new StatusError(410, 'Expired', message);
}

/** What the object is not allowed to be: 422 with one cause per error. `kind` is the kind, not the plural. */
export function invalidObject(
  { group, kind }: { group: string; kind: string },
  name: string,
  errors: readonly FieldError[],
): StatusError {
  const texts = [...new Set(errors.map(text))];
  const list = texts.length === 1 ? texts[0] : `[${texts.join(', ')}]`;
  const message = `${group === '' ? kind : `${kind}.${group}`} "${name}" is invalid: ${list}`;
  return new StatusError(422, 'Invalid', message, {
    ...(name === '' ? {} : { name }),
    ...(group === '' ? {} : { group }),
    kind,
    causes: errors.map((error) => ({ reason: error.reason, message: error.message, field: error.field })),
  });
}

/** A body that is no object at all; HTTP adds the beginning of the body to the message. */
export class UnrecognizedBody extends StatusError {
  constructor(kind: string, why: string) {
    super(400, 'BadRequest', `the object provided is unrecognized (must be of type ${kind}): ${why}`);
  }
}

/** For what this server does not do: said in words, never half done. */
export function notImplemented(what: string): StatusError {
  return new StatusError(501, 'NotImplemented', `the embedded cluster does not know ${what}`);
}
