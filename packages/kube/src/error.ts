import type { Redactor } from './redact.ts';

/** The part of a Kubernetes Status that is read here. */
interface Status {
  message?: string;
  reason?: string;
  details?: {
    name?: string;
    group?: string;
    kind?: string;
    causes?: { reason?: string; message?: string; field?: string }[];
  };
}

/**
 * Anything that went wrong between here and the cluster. The message is one line that may be shown: it names the
 * object and the rule, and holds no token and no content of a Secret.
 */
export class KubeError extends Error {
  override readonly name = 'KubeError';
  /** The HTTP status; 0 when no answer came. */
  readonly status: number;
  /** The server's own word (`NotFound`, `Conflict`, `Forbidden`, ...) or one of ours (`Timeout`, `NotOurs`, ...). */
  readonly reason: string;
  /** The object it is about, as people read it: `Deployment shop/web`. */
  readonly object?: string;
  /** An earlier attempt of the same call may have taken effect: its answer was lost. */
  readonly uncertain: boolean;
  /** The managers that stand against a server-side apply. */
  readonly owners: readonly string[];

  constructor(
    message: string,
    facts: {
      status?: number;
      reason: string;
      object?: string;
      uncertain?: boolean;
      owners?: readonly string[];
      cause?: unknown;
    },
  ) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.status = facts.status ?? 0;
    this.reason = facts.reason;
    if (facts.object !== undefined) this.object = facts.object;
    this.uncertain = facts.uncertain ?? false;
    this.owners = facts.owners ?? [];
  }
}

/** The call was for one object (or a collection); this is how an error names it. */
export interface Subject {
  /** `Deployment shop/web`, or the path where no kind is known. */
  object: string;
  /** The API's verb: get, list, create, patch, delete, watch. */
  verb: string;
  /** `deployments.apps`; empty where it is not known. */
  resource: string;
  namespace?: string;
  /** Content must not be quoted: the server's message may repeat it. */
  secret: boolean;
}

/** Turns a refusal of the server into one line. */
export function fromAnswer(
  status: number,
  body: string,
  subject: Subject,
  redact: Redactor,
  uncertain: boolean,
): KubeError {
  const answer = parseStatus(body);
  const reason = answer.reason || reasonOf(status);
  const said = redact(subject.secret ? fieldsOnly(answer) : (answer.message ?? ''));
  return new KubeError(`${subject.object}: ${explain(status, reason, answer, subject, said)}`, {
    status,
    reason,
    object: subject.object,
    uncertain,
    owners: conflictOwners(answer),
  });
}

function explain(status: number, reason: string, answer: Status, subject: Subject, said: string): string {
  const because = said ? ` (${said})` : '';
  if (status === 401)
    return 'unauthorized: the API server does not accept these credentials; renew the kubeconfig';
  if (status === 403 && !/cannot \w+ resource/.test(answer.message ?? ''))
    return `refused by policy${because}`;
  if (status === 403) {
    const where = subject.namespace ? ` in namespace ${subject.namespace}` : '';
    return `forbidden: ask for the permission to ${subject.verb} ${subject.resource || subject.object}${where}${because}`;
  }
  const { name, kind } = answer.details ?? {};
  if (status === 404 && name && kind === 'namespaces' && subject.namespace === name) {
    return `not found: there is no namespace ${name}`;
  }
  if (status === 404 && name) return 'not found';
  if (status === 404) return `not found: the API server does not serve ${subject.resource || subject.object}`;
  const owners = conflictOwners(answer);
  if (owners.length > 0) {
    const fields = (answer.details?.causes ?? []).map((cause) => cause.field).filter(Boolean);
    return `conflict: ${fields.join(', ')} owned by ${owners.join(', ')}; it is not changed`;
  }
  if (reason === 'AlreadyExists') return 'already exists';
  if (status === 409) return `conflict${because}`;
  if (status === 422) return `invalid${because}`;
  return `${status} ${reason}${because}`;
}

/** The managers that stand against a server-side apply, from the causes: `conflict with "kubectl" using apps/v1`. */
function conflictOwners(answer: Status): string[] {
  const causes = (answer.details?.causes ?? []).filter((cause) => cause.reason === 'FieldManagerConflict');
  const owners = causes.map(
    (cause) => /conflict with ("[^"]*")/.exec(cause.message ?? '')?.[1] ?? 'another manager',
  );
  return [...new Set(owners)];
}

function fieldsOnly(answer: Status): string {
  return (answer.details?.causes ?? [])
    .map((cause) => [cause.field, cause.reason].filter(Boolean).join(': '))
    .join(', ');
}

function parseStatus(body: string): Status {
  try {
    const parsed = JSON.parse(body);
    if (parsed && typeof parsed === 'object') return parsed as Status;
  } catch {
    // A proxy's page, or plain text such as "404 page not found".
  }
  return { message: body.slice(0, 200) };
}

function reasonOf(status: number): string {
  const known: Record<number, string> = {
    400: 'BadRequest',
    401: 'Unauthorized',
    403: 'Forbidden',
    404: 'NotFound',
    409: 'Conflict',
    410: 'Expired',
    422: 'Invalid',
    429: 'TooManyRequests',
  };
  return known[status] ?? (status >= 500 ? 'ServerError' : 'Unknown');
}
