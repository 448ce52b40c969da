// better-auth's phone-number plugin on node:http, its rate limit off. To send, it makes a code, stores it and sends it; it
// asks for no captcha, counts nothing and does not look for the user. To verify, it also makes the user and a session.

import { createServer } from 'node:http';
import { betterAuth } from 'better-auth';
import { getMigrations } from 'better-auth/db/migration';
import { toNodeHandler } from 'better-auth/node';
import { phoneNumber } from 'better-auth/plugins/phone-number';
import pg from 'pg';
import { sendText } from './gateway-client.mjs';

const { PORT, DATABASE_URL, CODE_SECRET } = process.env;

const auth = betterAuth({
  baseURL: `http://127.0.0.1:${PORT}`,
  secret: CODE_SECRET,
  database: new pg.Pool({ connectionString: DATABASE_URL, max: 10 }),
  rateLimit: { enabled: false },
  telemetry: { enabled: false },
  plugins: [
    phoneNumber({
      sendOTP: ({ phoneNumber, code }) => sendText(phoneNumber.slice('+86'.length), code),
      signUpOnVerification: { getTempEmail: (number) => `${number.slice(1)}@bench.example` },
    }),
  ],
});
const { runMigrations } = await getMigrations(auth.options);
await runMigrations();

createServer(toNodeHandler(auth)).listen(Number(PORT), '127.0.0.1');
