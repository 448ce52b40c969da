// The call to the SMS gateway, as bare as it can be; the floor and better-auth send their texts by it.

import { randomBytes } from 'node:crypto';
import { Pool } from 'undici';
import { chinaTimestamp, sign } from '../dist/sms/providers/yuntongxun/signature.js';

const { GATEWAY_URL, GATEWAY_ACCOUNT, GATEWAY_TOKEN } = process.env;
const CONNECTIONS = 64;
const pool = new Pool(GATEWAY_URL, { connections: CONNECTIONS });

/** Throws unless the gateway takes the text. */
export async function sendText(to, code) {
  const { sig, authorization } = sign(GATEWAY_ACCOUNT, GATEWAY_TOKEN, chinaTimestamp(Date.now()));
  const response = await pool.request({
    method: 'POST',
    path: `/2013-12-26/Accounts/${GATEWAY_ACCOUNT}/SMS/TemplateSMS?sig=${sig}`,
    headers: { accept: 'application/json', 'content-type': 'application/json;charset=utf-8', authorization },
    body: JSON.stringify({
      to,
      appId: 'bench',
      templateId: '1',
      datas: [code, '5'],
      reqId: randomBytes(16).toString('hex'),
    }),
  });
  const answer = JSON.parse(await response.body.text());
  if (answer.statusCode !== '000000') throw new Error(`the gateway says ${answer.statusCode}`);
}
