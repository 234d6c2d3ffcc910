import { readFileSync } from 'node:fs';

/** By published name, then by field number: JSON name, how often, type (a scalar or a published name). 'inline': its fields stand in this message. */
export interface Messages {
  [message: string]: {
    [number: string]: [json: string, count: 'one' | 'list' | 'map', type: string, mark?: 'inline'];
  };
}

let messages: Messages | undefined;

export function allMessages(): Messages {
  messages ??= JSON.parse(
    readFileSync(new URL('./messages.generated.json', import.meta.url), 'utf8'),
  ) as Messages;
  return messages;
}
