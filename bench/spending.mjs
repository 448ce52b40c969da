// The daily cap: how many SMS of the day are already sent.

const RESERVATIONS_PER_COMMAND = 1000;
const COMMANDS_PER_PIPELINE = 100;

/** Sets the number of SMS that the service has sent today. */
export async function prepareSpending({ storage, redis, databaseUrl }, used) {
  if (storage.capKey === undefined) await prepareRow(databaseUrl, used);
  else await prepareList(redis, storage.capKey, used);
}

/** For builds that keep the cap in PostgreSQL. */
async function prepareRow(_databaseUrl, _used) {
  throw new Error('the table of the daily cap is not known yet');
}

/** For builds that keep a list of all sends in Redis. The list of a large cap only grows a little, so it is filled once. */
async function prepareList(redis, key, used) {
  if (used === 0) await redis.del(key);
  const missing = used - (await redis.llen(key));
  const times = Array(RESERVATIONS_PER_COMMAND).fill(Date.now());
  for (let count = 0; count < missing; count += RESERVATIONS_PER_COMMAND * COMMANDS_PER_PIPELINE) {
    const pipeline = redis.pipeline();
    for (let index = 0; index < COMMANDS_PER_PIPELINE; index += 1) pipeline.rpush(key, ...times);
    await pipeline.exec();
  }
}
