// A worker thread with the embedded Redis. It has its own clock: a message is the number of milliseconds to advance.

import { parentPort } from 'node:worker_threads';
import { createRedisMock } from 'js-redis-server';

const realNow = Date.now;
let offsetMs = 0;
/** The embedded Redis takes the time of expiries and of `TIME` from here. */
Date.now = () => realNow() + offsetMs;

const server = await createRedisMock({ compatibility: 'redis-7.0' });
const [node] = server.addresses();

parentPort.on('message', (milliseconds) => {
  offsetMs += milliseconds;
  parentPort.postMessage('advanced');
});
parentPort.postMessage(`redis://${node.host}:${node.port}`);
