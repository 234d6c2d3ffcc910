// Records what the cluster of KUBECONFIG_TEST answers:
//   KUBECONFIG_TEST=FILE node packages/embedded-cluster/parity/record.ts [--check] [STORY...]
// With --check nothing is written and what differs from the recordings is told.

import { compare, tell } from './compare.ts';
import { readRecording, writeRecording } from './recordings.ts';
import { realStage } from './stage.ts';
import { stories, tellStory } from './tell-story.ts';

const AT_ONCE = 4;

const args = process.argv.slice(2);
const check = args.includes('--check');
const asked = args.filter((arg) => !arg.startsWith('--'));
const stage = await realStage();
if (!stage) throw new Error('expected KUBECONFIG_TEST, the kubeconfig of a throw-away cluster; found none');
const queue = [...stories.keys()].filter(
  (name) => asked.length === 0 || asked.some((part) => name.includes(part)),
);
let failed = 0;
await Promise.all(
  Array.from({ length: AT_ONCE }, async () => {
    for (let name = queue.shift(); name; name = queue.shift()) {
      try {
        const entries = await tellStory(name, stage);
        if (check) {
          const differences = compare(readRecording(name).entries, JSON.parse(JSON.stringify(entries)));
          if (differences.length > 0) throw new Error(tell(differences));
        } else {
          writeRecording(name, { version: stage.version, entries });
        }
        console.log(`${check ? 'as recorded' : 'recorded'}: ${name}`);
      } catch (error) {
        failed++;
        console.log(
          `FAILED: ${name}\n${error instanceof Error ? (check ? error.message : error.stack) : error}`,
        );
      }
    }
  }),
);
await stage.stop();
process.exitCode = failed > 0 ? 1 : 0;
