import { randomInt } from 'node:crypto';
import { type AddressInfo, createServer } from 'node:net';

/** Below those that the system gives out by itself, so that no one else is given it in the meantime. */
const FROM = 20_000;
const TO = 32_000;

/** A port that nothing listens on at the moment. */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const taken = await occupy(randomInt(FROM, TO));
    if (!taken) continue;
    await taken.free();
    return taken.port;
  }
  throw new Error('expected a free port of this machine, found none in 100 attempts');
}

/** Takes a port on all addresses. @returns how to give it back; undefined when something else has it */
export function occupy(port: number): Promise<{ port: number; free(): Promise<void> } | undefined> {
  return new Promise((resolve) => {
    const server = createServer((socket) => socket.destroy());
    server.on('error', () => resolve(undefined));
    server.listen(port, () =>
      resolve({
        port: (server.address() as AddressInfo).port,
        free: () => new Promise((done) => server.close(() => done())),
      }),
    );
  });
}
