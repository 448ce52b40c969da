// A Sentinel whose answers a test times: it names a primary, can hold this answer, and reports failovers.

import { type AddressInfo, createServer, type Socket } from 'node:net';

export class ScriptedSentinel {
  /** How many questions for the primary wait for their answer. */
  heldQuestions = 0;
  isHolding = false;

  private readonly clients = new Set<Socket>();
  private readonly subscribers = new Set<Socket>();
  private readonly held: (() => void)[] = [];
  private readonly server = createServer((client) => {
    this.clients.add(client);
    client.on('error', () => {});
    client.on('close', () => {
      this.clients.delete(client);
      this.subscribers.delete(client);
    });
    // Each command arrives in one piece: the connection is local, and ioredis writes commands whole.
    client.on('data', (chunk) => {
      for (const command of commandsIn(chunk.toString())) this.answer(client, command);
    });
  });

  /** `primaryUrl` is the primary that it names. */
  constructor(private readonly primaryUrl: string) {}

  get subscriptions(): number {
    return this.subscribers.size;
  }

  /** Returns its URL, in the form that the service takes. */
  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `redis+sentinel://127.0.0.1:${(this.server.address() as AddressInfo).port}/primary`;
  }

  reportFailover(): void {
    const { hostname, port } = new URL(this.primaryUrl);
    const message = `primary 127.0.0.1 1 ${hostname} ${port}`;
    for (const client of this.subscribers) client.write(array('message', '+switch-master', message));
  }

  /** Answers what was held, and everything from now on at once. */
  release(): void {
    this.isHolding = false;
    for (const answer of this.held.splice(0)) answer();
    this.heldQuestions = 0;
  }

  async stop(): Promise<void> {
    for (const client of this.clients) client.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private answer(client: Socket, [name = '', subcommand = '']: readonly string[]): void {
    if (name === 'subscribe') {
      this.subscribers.add(client);
      client.write(`*3\r\n${bulk('subscribe')}${bulk('+switch-master')}:1\r\n`);
    } else if (name === 'sentinel' && subcommand === 'get-master-addr-by-name') {
      const { hostname, port } = new URL(this.primaryUrl);
      this.answerOrHold(() => client.write(array(hostname, port)));
    } else if (name === 'sentinel') client.write('*0\r\n');
    else client.write(`-ERR unknown command '${name.toUpperCase()}'\r\n`);
  }

  private answerOrHold(answer: () => void): void {
    if (this.isHolding) {
      this.held.push(answer);
      this.heldQuestions += 1;
    } else answer();
  }
}

function bulk(text: string): string {
  return `$${Buffer.byteLength(text)}\r\n${text}\r\n`;
}

function array(...texts: string[]): string {
  return `*${texts.length}\r\n${texts.map(bulk).join('')}`;
}

/** The commands in a chunk of the protocol, in lower case: `*2\r\n$4\r\nPING\r\n…` */
function commandsIn(chunk: string): string[][] {
  return chunk
    .split(/^\*\d+\r\n/m)
    .filter(Boolean)
    .map((command) =>
      [...command.matchAll(/\$\d+\r\n([^\r]*)\r\n/g)].map(([, word]) => String(word).toLowerCase()),
    );
}
