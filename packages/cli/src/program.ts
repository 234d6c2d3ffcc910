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
    cli
      .command(verb)
      .description(
        verb === 'sleep'
          ? 'Park the Deployments and StatefulSets of a namespace at zero replicas.'
          : 'Give the parked ones back exactly the replicas they had.',
      )
      .requiredOption('-n, --namespace <namespace>', 'the namespace to work in')
      .option('-l, --selector <selector>', 'only objects with these labels, as in kubectl (default: all)')
      .option('--kubeconfig <file>', 'the cluster (default: $KUBECONFIG, then ~/.kube/config)')
      .option('--timeout <duration>', 'how long to wait, such as 90s or 5m', '4m')
      .addOption(output('table', 'json', 'yaml'))
      .action(async (options) => (await import('./commands/park.ts')).park(verb, options));
  }

  cli
    .command('catalog')
    .description('Write the catalog from the module definitions.')
    .option('--check', 'write nothing; fail when an entry is stale, and name the file')
    .action(async (options) => (await import('./commands/catalog.ts')).catalog(options));

  cli
    .command('image')
    .description('Build the OCI image of a module, without a daemon, the same bytes on every machine.')
    .argument('<name>', 'the module, a folder of modules/')
    .requiredOption('--out <file>', 'the tar to write: docker, podman and containerd load it')
    .option('--platform <platforms>', 'linux/amd64, linux/arm64, both with a comma, or all', 'linux/amd64')
    .option('--tag <reference>', 'what the image is called (default: as in the catalog)')
    .action(async (name, options) => (await import('./commands/image.ts')).image(name, options));

  return cli;
}

function output(...formats: [string, ...string[]]): Option {
  return new Option('-o, --output <format>', 'how to print the result').choices(formats).default(formats[0]);
}
