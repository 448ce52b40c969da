// better-auth with its phone-number plugin on node:http, without its rate limit. Sending generates, stores and sends
// a code, without a captcha, rate limits or a query for the user. Verifying also creates the user and a session.

import { createServer } from 'node:http';
import { betterAuth } from 'better-auth';
import { getMigrations } from 'better-auth/db/migration';
import { toNodeHandler } from 'better-auth/node';
import { phoneNumber } from 'better-auth/plugins/phone-number';
import pg from 'pg';
import { sendSms } from './gateway-client.mjs';

const { PORT, DATABASE_URL, CODE_SECRET } = process.env;

const auth = betterAuth({
  baseURL: `http://127.0.0.1:${PORT}`,
  secret: CODE_SECRET,
  database: new pg.Pool({ connectionString: DATABASE_URL, max: 10 }),
  rateLimit: { enabled: false },
  telemetry: { enabled: false },
  plugins: [
    phoneNumber({
      sendOTP: ({ phoneNumber, code }) => sendSms(phoneNumber.slice('+86'.length), code),
      signUpOnVerification: { getTempEmail: (number) => `${number.slice(1)}@bench.example` },
    }),
  ],
});
const { runMigrations } = await getMigrations(auth.options);
await runMigrations();

createServer(toNodeHandler(auth)).listen(Number(PORT), '127.0.0.1');
