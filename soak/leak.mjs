// A leak to test the soak test with: loaded into the service by `--plant-leak`, it keeps 1 KB of each request.

import { Server } from 'node:http';

const NUMBERS_PER_KB = 128;
const kept = [];
const { emit } = Server.prototype;

Server.prototype.emit = function (event, ...details) {
  if (event === 'request') kept.push(new Array(NUMBERS_PER_KB).fill(0.5));
  return emit.call(this, event, ...details);
};
