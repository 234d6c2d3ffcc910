/** An operator in a process of its own, so that a test can kill it: `node operator-process.ts JSON`. */
import { startOperator } from '../operator.ts';

const { kubeconfig, namespace, directory, modules, fake } = JSON.parse(process.argv[2]!);
await startOperator({
  kubeconfig: { text: kubeconfig },
  runners: 'process',
  watchNamespace: namespace,
  directory,
  resolveImage: (image) => [process.execPath, fake, `${modules}/${/^fake\/([^:]+):/.exec(image)![1]}`],
});
console.log('ready');
