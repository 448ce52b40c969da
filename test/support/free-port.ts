import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

// Below the ephemeral range, from which systems choose ports of outgoing connections: a restarted server finds its port
// free. The bus of a Redis Cluster node uses the port + 10000, which must be valid too.
const FIRST_PORT = 20_000;
const LAST_PORT = 22_700;

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}

export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(FIRST_PORT, LAST_PORT);
    if ((await isFree(port)) && (await isFree(port + 10_000))) return port;
  }
}
