// A service that sends codes for Yanzheng: it verifies each request, sends the code once and answers what happened.
// It needs standardwebhooks; see README.md.

import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { Webhook } from 'standardwebhooks';

const { SMS_WEBHOOK_SECRET, PORT } = process.env;
const webhook = new Webhook(SMS_WEBHOOK_SECRET);
/** Answers by `webhook-id`. With several processes, keep them in a database instead. */
const answers = new Map();

/** Put the call of your SMS gateway here. Return its id of the SMS. */
async function sendSms({ to, code, validForMinutes }) {
  console.log(`to ${to}: your code is ${code}. It is valid for ${validForMinutes} minutes.`);
  return crypto.randomUUID();
}

/** Returns the answer to a verified request. Throws if it is not known whether the SMS was sent. */
async function answerTo(request) {
  if (request.type !== 'code.send') return { outcome: 'rejected', reason: 'content' };
  if (!request.to.startsWith('+861')) return { outcome: 'rejected', reason: 'recipient' };
  return { outcome: 'accepted', messageId: await sendSms(request) };
}

async function respond({ headers }, body) {
  let request;
  try {
    request = webhook.verify(body, headers);
  } catch {
    return { status: 401, answer: { outcome: 'rejected', reason: 'account' } };
  }
  const id = headers['webhook-id'];
  // A repeated request gets the same answer, even while the original is still in flight.
  if (!answers.has(id)) answers.set(id, answerTo(request));
  const answer = await answers.get(id);
  return { status: answer.outcome === 'accepted' ? 200 : 422, answer };
}

createServer(async (request, response) => {
  // Without an answer the outcome is unknown, and Yanzheng sends this SMS through no other provider.
  const { status, answer } = await respond(request, await text(request)).catch(() => ({
    status: 500,
    answer: {},
  }));
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
}).listen(Number(PORT), '127.0.0.1');
