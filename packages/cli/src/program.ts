import { Command, Option } from 'commander';
import packageJson from '../package.json' with { type: 'json' };

/**
 * The command line. Each command's code is loaded when it runs, so that `--help` stays quick whatever the commands
 * need.
 */
export function program(): Command {
  const cli = new Command('forkspacer-modules')
    .description('Try, run and build Forkspacer modules.')
    .version(packageJson.version)
    // An option belongs to the command before it: image and image dockerfile both have --out.
    .enablePositionalOptions()
    .showSuggestionAfterError()
    .showHelpAfterError('(add --help for the options)')
    .addHelpText('after', '\nExit codes: 0 done, 1 failed (one line on stderr says why).');

  cli
    .command('demo')
    .description('Watch a module from the catalog install, sleep, wake and leave.')
    .option('--cluster <kubeconfig>', 'use this real cluster instead of the embedded one')
    .option('--keep', 'leave everything running and print how to look around')
    .addOption(output('text', 'json'))
    .action(async (options) => (await import('./commands/demo.ts')).demo(options));

  cli
    .command('dev')
    .description('Run an embedded cluster and the operator in the foreground, until SIGINT or SIGTERM.')
    .option('--kubeconfig <file>', 'where to write the kubeconfig of the embedded cluster')
    .option('--cluster <kubeconfig>', 'drive this real cluster instead of an embedded one')
    .action(async (options) => (await import('./commands/dev.ts')).dev(options));

  for (const verb of ['sleep', 'wake'] as const) {
    const command = cli
      .command(verb)
      .description(
        verb === 'sleep'
          ? 'Put what runs in a namespace to sleep, and wait until it rests.'
          : 'Give what sleeps back exactly as it was.',
      );
    of(selection(command), verb)
      .option('--timeout <duration>', 'how long to wait, such as 90s or 5m', '4m')
      .addOption(
        new Option('--wait <what>', 'steps: as the order needs; ready: for readiness at the end, too')
          .choices(['steps', 'ready', 'none'])
          .default('steps'),
      )
      .option('--dry-run', 'touch nothing, as plan')
      .action(async (options) => (await import('./commands/park.ts')).park(verb, options));
  }

  const plan = cli
    .command('plan')
    .description('What a sleep would do, object by object and field by field, and what it saves.');
  of(of(selection(plan), 'sleep'), 'wake')
    .option('--wake', 'of a wake instead')
    .action(async ({ wake, ...options }) =>
      (await import('./commands/park.ts')).plan(wake ? 'wake' : 'sleep', options),
    );

  cli
    .command('catalog')
    .description('Write the catalog from the module definitions.')
    .option('--check', 'write nothing; fail when an entry is stale, and name the file')
    .action(async (options) => (await import('./commands/catalog.ts')).catalog(options));

  const image = cli
    .command('image')
    .enablePositionalOptions()
    .description('Build the OCI image of a module, without a daemon, the same bytes on every machine.')
    .argument('<name>', 'the module, a folder of modules/')
    // Not a required option of commander: it would be required of the commands below as well.
    .option('--out <file>', 'the tar to write (required): docker, podman and containerd load it')
    .option('--sbom <file>', 'also write what the image is made of, as SPDX')
    .addOption(platform('linux/amd64'))
    .addOption(tag())
    .addOption(baseFrom())
    .action(async (name, options) => (await import('./commands/image.ts')).image(name, options));

  image
    .command('push')
    .description('Push the image of a module with its SBOM, provenance and signature; a broken push goes on.')
    .argument('<name>', 'the module, a folder of modules/')
    .option('--key <file>', 'the ECDSA P-256 private key to sign with, in PEM')
    .option('--revision <commit>', 'what the provenance names (default: HEAD, when nothing is changed)')
    .option('--builder <uri>', 'who the provenance says built it', 'https://localhost')
    .option('--mount-from <repository...>', 'repositories of that registry that may hold the base already')
    .option('--replace', 'move a tag that names another image')
    .option('--plain-http', 'speak http with a registry that is not on this machine')
    .addOption(platform('all'))
    .addOption(tag())
    .addOption(baseFrom())
    .action(async (name, options) => (await import('./commands/image.ts')).push(name, options));

  image
    .command('verify')
    .description('Check a pushed image: digest, blobs, config, provenance, SBOM, signature.')
    .argument('<reference>', 'registry/repository with a tag, a digest or both')
    .option('--key <file>', 'the public key of who signed, in PEM')
    .option('--unsigned', 'look for no signature')
    .option('--plain-http', 'speak http with a registry that is not on this machine')
    .addOption(output('text', 'json'))
    .action(async (reference, options) => (await import('./commands/image.ts')).verify(reference, options));

  image
    .command('base')
    .description('Make the layer below every module, or change what base.lock.json says it is made of.')
    .option('--update', 'take the packages that Debian offers today')
    .option('--node <version>', 'take this version of node')
    .option('--relock', 'keep every version; write down what they come to now')
    .addOption(platform('all'))
    .addOption(baseFrom())
    .action(async (options) => (await import('./commands/image.ts')).base(options));

  image
    .command('dockerfile')
    .description(
      'Write a Dockerfile (no RUN), docker-bake.hcl and their files: the same file system by docker build.',
    )
    .argument('<name>', 'the module, a folder of modules/')
    .requiredOption('--out <folder>', 'where to write them')
    .addOption(tag())
    .addOption(baseFrom())
    .action(async (name, options) => (await import('./commands/image.ts')).dockerfile(name, options));

  // It has options of its own, and tells about them itself.
  cli
    .command('check')
    .description('Check a module, in whatever language, against the contract: --url URL, or -- COMMAND.')
    .argument('[args...]')
    .allowUnknownOption()
    .helpOption(false)
    .action(async () => (await import('./commands/check.ts')).check());

  return cli;
}

const platform = (preset: string) =>
  new Option('--platform <platforms>', 'linux/amd64, linux/arm64, both with a comma, or all').default(preset);
const tag = () => new Option('--tag <reference>', 'what the image is called (default: as in the catalog)');
const baseFrom = () =>
  new Option(
    '--base-from <repository>',
    'take the base from a repository that holds it, if it is not cached',
  );

/** What sleep, wake and plan look at. */
function selection(command: Command): Command {
  return command
    .requiredOption('-n, --namespace <namespace>', 'the namespace to work in')
    .option('-l, --selector <selector>', 'only objects with these labels, as in kubectl (default: all)')
    .option('--kind <kind...>', 'only these kinds, such as Deployment CronJob (default: all that can sleep)')
    .option('--kubeconfig <file>', 'the cluster (default: $KUBECONFIG, then ~/.kube/config)')
    .addOption(output('table', 'json', 'yaml'));
}

/** What differs between the two verbs. */
function of(command: Command, verb: 'sleep' | 'wake'): Command {
  if (verb === 'wake') {
    return command.addOption(
      new Option('--cron-jobs <how>', 'runs that CronJobs missed: skip them, or make up for them by one')
        .choices(['skip', 'run-once'])
        .default('skip'),
    );
  }
  return command
    .addOption(
      new Option('--jobs <how>', 'Jobs that run: let them finish, or suspend them (they begin anew)')
        .choices(['finish', 'suspend'])
        .default('finish'),
    )
    .option('--allow-claim-deletion', 'also StatefulSets whose claims, and data, are deleted by it');
}

function output(...formats: [string, ...string[]]): Option {
  return new Option('-o, --output <format>', 'how to print the result').choices(formats).default(formats[0]);
}
