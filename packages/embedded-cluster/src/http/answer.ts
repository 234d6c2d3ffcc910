import type { ServerResponse } from 'node:http';
import { type Status, StatusError } from '../status.ts';

/** What a request is answered with. `body` is text as it is sent, or a value that becomes JSON. */
export interface Answer {
  status: number;
  headers?: Record<string, string | string[]>;
  body?: unknown;
  /** Instead of a body: writes to the response for as long as it likes (watch). */
  stream?(response: ServerResponse): void;
}

/** The answer of an interceptor that closes the connection without a word. */
export const drop = 'drop';

export function json(body: unknown, status = 200): Answer {
  return { status, body };
}

export function errorAnswer(error: unknown): Answer {
  if (error instanceof StatusError) {
    const { retryAfterSeconds } = error.status.details ?? {};
    const answer: Answer = { status: error.code, body: error.status };
    if (retryAfterSeconds !== undefined) answer.headers = { 'retry-after': String(retryAfterSeconds) };
    return answer;
  }
  const status: Status = {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: `Internal error occurred: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    reason: 'InternalError',
    details: { causes: [{ message: String(error) }] },
    code: 500,
  };
  return { status: 500, body: status };
}
