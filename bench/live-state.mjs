// Fills Redis with live state: the keys of users who have just requested and verified codes. One user makes real requests, and
// what they leave in Redis is copied under the keys of the others. The formats are therefore always those of the service.

import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { ipv4 } from './environment.mjs';
import { graphqlBody } from './operations.mjs';
import { CAPTCHA_TEXT } from './seeds.mjs';

/** Longer than a run, so that the number of live keys does not change. */
export const TTL_MS = 60 * 60 * 1000;
const FIRST_MOBILE = 10_000_000_000;
const NUMBERS_PER_RANGE = 10_000;
const RANGES = 100_000;
const ID_LENGTH = 22;
const BYTES_PER_WRITE = 1 << 20;
/** The service stores its response for replays without letting the client wait. */
const BACKGROUND_WRITE_MS = 300;
/** Smaller tables are copied at once. */
const LARGE_TABLE = 100_000;
const COPY_MS = 6000;

/**
 * Makes the requests of one user. Redis must be empty.
 * @returns what they leave in Redis: the serialized value of each kind of key.
 */
export async function recordTemplates({ port, redis, storage }) {
  const mobile = '+8613600000000';
  const address = ipv4('11', 0);
  const request = (operation, input) => post(port, address, graphqlBody(operation, input));

  const { id } = await request('imageCaptcha');
  const keys = storage.keysOfUser({ mobile, address, id, captchaAnswer: CAPTCHA_TEXT });
  const captcha = await dump(redis, 'captcha', keys.captcha);
  await redis.set(keys.captcha, CAPTCHA_TEXT, 'PX', TTL_MS);
  await request('requestSmsCode', { mobile, captchaId: id, captchaAnswer: CAPTCHA_TEXT });
  await request('verifySmsCode', { mobile, code: '000000' }); // wrong, except in one of a million runs
  await request('registerUser', { verificationToken: await storage.signToken(mobile, id) });
  await sleep(BACKGROUND_WRITE_MS);

  const others = Object.entries(keys).filter(([kind]) => kind !== 'captcha');
  const dumps = others.map(async ([kind, key]) => [kind, await dump(redis, kind, key)]);
  return { captcha, ...Object.fromEntries(await Promise.all(dumps)) };
}

async function post(port, address, body) {
  const headers = { 'content-type': 'application/json', 'x-forwarded-for': address };
  const options = { method: 'POST', headers, body: JSON.stringify(body) };
  const response = await (await fetch(`http://127.0.0.1:${port}/graphql`, options)).json();
  if (response.errors) throw new Error(`${body.operationName}: ${JSON.stringify(response.errors)}`);
  return response.data[body.operationName];
}

async function dump(redis, kind, key) {
  const value = await redis.dumpBuffer(key);
  if (value === null) throw new Error(`the requests of a user left no ${kind} in Redis`);
  return value;
}

/**
 * Adds the keys of users until the server has `count` keys. A run may add the share `surplus` to them: if Redis would double
 * its hash tables for these, it does so now. While it doubles them, each request copies a part of them and costs more.
 */
export async function fillWithUsers(redis, templates, storage, count, surplus) {
  const users = await addUsers(redis, templates, storage, count, 0);
  const countAtMost = Math.ceil(count * (1 + surplus));
  if (count < LARGE_TABLE || tableSize(countAtMost) === tableSize(count)) return;
  const allUsers = await addUsers(redis, templates, storage, countAtMost, users);
  await copyTables(redis);
  await send(redis, deletions(keysOfUsers(templates, storage, users, allUsers)));
}

/** @returns the number of users that have keys now. */
async function addUsers(redis, templates, storage, count, from) {
  const keysPerUser = Object.keys(templates).length;
  let users = from;
  for (let keys = await redis.dbsize(); keys < count; ) {
    const to = users + Math.ceil((count - keys) / keysPerUser);
    await send(redis, restorations(keysOfUsers(templates, storage, users, to), TTL_MS));
    users = to;
    const before = keys;
    keys = await redis.dbsize();
    if (keys === before) throw new Error('Redis rejected the live state');
  }
  return users;
}

/** Redis doubles a hash table when it has as many keys as buckets. */
const tableSize = (keys) => 2 ** Math.ceil(Math.log2(keys));

/** Lets Redis copy its tables in its background task, which usually runs ten times a second. */
async function copyTables(redis) {
  await redis.config('SET', 'hz', '500');
  await sleep(COPY_MS);
  await redis.config('SET', 'hz', '10');
}

/** Adds `count` keys of one kind. */
export async function fillWithKind(redis, templates, storage, kind, count, ttlMs = TTL_MS) {
  await send(redis, restorations(keysOfUsers({ [kind]: templates[kind] }, storage, 0, count), ttlMs));
  const keys = await redis.dbsize();
  if (keys < count) throw new Error(`Redis has ${keys} of ${count} keys of the kind ${kind}`);
}

function* keysOfUsers(templates, storage, from, to) {
  const entries = Object.entries(templates).map(([kind, value]) => [kind, value.toString('latin1')]);
  for (let index = from; index < to; index += 1) {
    const keys = storage.keysOfUser(userAt(index));
    for (const [kind, value] of entries) yield [keys[kind], value];
  }
}

/** The users are spread over all number ranges. */
function userAt(index) {
  const range = index % RANGES;
  const mobile = FIRST_MOBILE + range * NUMBERS_PER_RANGE + Math.floor(index / RANGES);
  const id = String(index).padStart(ID_LENGTH, '_');
  return { mobile: `+86${mobile}`, address: ipv4('11', index), id, captchaAnswer: CAPTCHA_TEXT };
}

function* restorations(entries, ttlMs) {
  const ttl = argument(String(ttlMs));
  for (const [key, value] of entries)
    yield `*5\r\n$7\r\nRESTORE\r\n${argument(key)}${ttl}${argument(value)}$7\r\nREPLACE\r\n`;
}

function* deletions(entries) {
  for (const [key] of entries) yield command('DEL', key);
}

/** Sends commands without waiting for their replies, on a connection of its own. */
async function send(redis, commands) {
  const { host, port } = redis.options;
  const socket = connect({ host, port });
  await once(socket, 'connect');
  let buffered = command('CLIENT', 'REPLY', 'OFF');
  for (const next of commands) {
    buffered += next;
    if (buffered.length < BYTES_PER_WRITE) continue;
    if (!socket.write(buffered, 'latin1')) await once(socket, 'drain');
    buffered = '';
  }
  socket.write(buffered + command('CLIENT', 'REPLY', 'ON'), 'latin1');
  await once(socket, 'data');
  socket.destroy();
}

const argument = (value) => `$${value.length}\r\n${value}\r\n`;
const command = (...args) => `*${args.length}\r\n${args.map(argument).join('')}`;
