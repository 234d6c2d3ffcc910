import { randomBytes } from 'node:crypto';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** The module's door to its cluster: what the cluster answers can be held back, so that a verb takes long. */
export interface Gate {
  /** Text of the kubeconfig that leads through it. */
  kubeconfig: string;
  /** In that kubeconfig, and in nothing else. */
  token: string;
  /** Holds back every answer. Resolves when the first one waits, so that the module is in the middle of a call. */
  close(): Promise<void>;
  open(): void;
  stop(): Promise<void>;
}

/** @param url `http://127.0.0.1:port` behind the gate */
export async function startGate(url: string): Promise<Gate> {
  const { hostname, port } = new URL(url);
  const sockets = new Set<Socket>();
  let waiting: { held(): void; readonly opened: Promise<void>; open(): void } | undefined;

  const server = createServer((inside) => {
    const outside = connect(Number(port), hostname);
    for (const socket of [inside, outside]) {
      socket.setNoDelay(true);
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => sockets.delete(socket));
    }
    inside.pipe(outside);
    inside.on('close', () => outside.destroy());
    // What was held back comes first, then what came after it, then the end.
    let before: Promise<void> | undefined;
    const inTurn = (act: () => void) => {
      if (waiting) {
        waiting.held();
        before = waiting.opened;
      }
      if (before) before.then(act);
      else act();
    };
    outside.on('data', (bytes) => inTurn(() => inside.write(bytes)));
    outside.on('close', () => inTurn(() => inside.destroySoon()));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const token = `conformance-token-${randomBytes(9).toString('hex')}`;

  return {
    token,
    kubeconfig: kubeconfigText(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, token),
    close() {
      const opened = Promise.withResolvers<void>();
      return new Promise((held) => {
        waiting = { held, opened: opened.promise, open: opened.resolve };
      });
    },
    open() {
      waiting?.open();
      waiting = undefined;
    },
    stop: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

function kubeconfigText(server: string, token: string): string {
  return `apiVersion: v1
kind: Config
clusters:
- name: workspace
  cluster:
    server: ${server}
users:
- name: workspace
  user:
    token: ${token}
contexts:
- name: workspace
  context:
    cluster: workspace
    user: workspace
current-context: workspace
`;
}
