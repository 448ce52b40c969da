// The client of the SMS gateway for the floor and better-auth: one HTTP request per message and nothing else.

import { randomBytes } from 'node:crypto';
import { Pool } from 'undici';
import { chinaTimestamp } from '../dist/common/china-time.js';
import { sign } from '../dist/sms/providers/yuntongxun/signature.js';

const { GATEWAY_URL, GATEWAY_ACCOUNT, GATEWAY_TOKEN } = process.env;
const CONNECTIONS = 64;
const pool = new Pool(GATEWAY_URL, { connections: CONNECTIONS });

/** @throws if the gateway rejects the message. */
export async function sendSms(to, code, reqId = randomBytes(16).toString('hex')) {
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
      reqId,
    }),
  });
  const { statusCode } = JSON.parse(await response.body.text());
  if (statusCode !== '000000') throw new Error(`the gateway rejected the message: ${statusCode}`);
}
