// Reads the answers of captchas, as a person reads them from the image. It asks every Redis node itself, so a failover that
// the service has not noticed, or has noticed wrongly, does not change what it finds.

import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { captchaKey } from '../../support/redis-keys.ts';

const NODE_TIMEOUT_MS = 500;
const RECONNECT_DELAY_MS = 200;
/** A replica has a captcha a moment after its primary. */
const ATTEMPTS = 5;
const ATTEMPT_INTERVAL_MS = 50;

export class CaptchaSolver {
  private readonly nodes: readonly Redis[];

  /** `urls` are those of all nodes, replicas too. */
  constructor(urls: readonly string[]) {
    this.nodes = urls.map(connect);
  }

  /** `undefined` if no node has the captcha: the failover lost it. */
  async solve(captchaId: string): Promise<string | undefined> {
    const key = captchaKey(captchaId);
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const answers = this.nodes.map((node) => answerOf(node, key));
      const first = await Promise.any(answers).catch(() => undefined);
      if (first !== undefined) return first;
      await sleep(ATTEMPT_INTERVAL_MS);
    }
    return undefined;
  }

  stop(): void {
    for (const node of this.nodes) node.disconnect();
  }
}

function connect(url: string): Redis {
  const node = new Redis(url, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: NODE_TIMEOUT_MS,
    retryStrategy: () => RECONNECT_DELAY_MS,
    disconnectTimeout: 100, // a timer that would keep a test worker alive
    readOnly: true, // a replica in a Cluster answers then
  });
  node.on('error', () => {});
  return node;
}

/** Rejects if this node has no answer. ASKING is for a slot that is being moved to this node. */
async function answerOf(node: Redis, key: string): Promise<string> {
  const replies = await node.pipeline([['asking'], ['get', key]]).exec();
  const [error, answer] = replies?.[1] ?? [];
  if (error || typeof answer !== 'string') throw error ?? new Error('no such captcha');
  return answer;
}
