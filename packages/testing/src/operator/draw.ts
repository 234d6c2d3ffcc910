import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** One Service in front of several runners: every connection is a draw. */
export interface Service {
  url: string;
  /** Which runner got each connection so far. */
  readonly drawn: readonly number[];
  stop(): Promise<void>;
}

/** @param draw which of the runners the n-th connection (from 0) goes to */
export async function startService(
  runners: readonly string[],
  draw: (count: number) => number,
): Promise<Service> {
  const drawn: number[] = [];
  const open = new Set<Socket>();
  const server = createServer((inside) => {
    const chosen = draw(drawn.length);
    drawn.push(chosen);
    const { hostname, port } = new URL(runners[chosen]!);
    const outside = connect({ host: hostname, port: Number(port) });
    for (const [socket, other] of [
      [inside, outside],
      [outside, inside],
    ] as const) {
      open.add(socket);
      socket.on('error', () => other.destroy());
      socket.on('close', () => open.delete(socket));
      socket.pipe(other);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    drawn,
    async stop() {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
