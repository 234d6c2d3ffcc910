import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { Entry } from './story.ts';

const FOLDER = new URL('recorded/', import.meta.url);

/** What a real server answered to one story. */
export interface Recording {
  /** Of the server that was asked, such as `v1.35.4`. */
  version: string;
  entries: Entry[];
}

/** Throws when the story was never recorded. */
export function readRecording(story: string): Recording {
  try {
    return JSON.parse(readFileSync(new URL(`${story}.generated.json`, FOLDER), 'utf8'));
  } catch (error) {
    throw new Error(
      `no recording of ${story}: KUBECONFIG_TEST=... node packages/embedded-cluster/parity/record.ts ${story}`,
      { cause: error },
    );
  }
}

export function writeRecording(story: string, recording: Recording) {
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(new URL(`${story}.generated.json`, FOLDER), `${JSON.stringify(recording, null, 1)}\n`);
}

/** Another minor version may answer otherwise without anyone being wrong. */
export function sameMinor(a: string, b: string): boolean {
  const minor = (version: string) => version.split('.').slice(0, 2).join('.');
  return minor(a) === minor(b);
}
