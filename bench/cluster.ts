// The embedded cluster in a process of its own, so that it does not share the event loop of what is measured.
import { writeFileSync } from 'node:fs';
import { startCluster } from '@forkspacer/embedded-cluster';

const cluster = await startCluster();
writeFileSync(process.argv[2]!, cluster.kubeconfig, { mode: 0o600 });
process.send?.('ready');
process.once('SIGTERM', () => cluster.stop().then(() => process.exit(0)));
