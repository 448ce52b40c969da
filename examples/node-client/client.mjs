// A verification in the terminal: captcha, SMS, code, registration. It stands on the SDK; see README.md.

import { writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { createVerification, solveCaptcha } from 'yanzheng-sdk';

const [url, mobile] = process.argv.slice(2);
if (mobile === undefined) {
  console.error('usage: node client.mjs http://127.0.0.1:4000/graphql 13700137000');
  process.exit(2);
}

const verification = createVerification({ url, language: () => 'en' });
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();

async function ask(question) {
  console.log(question);
  const { value, done } = await lines.next();
  if (done) throw new Error('no input');
  return value;
}

/** Every error has a message, but for `NoResponse`. */
function failWith({ message = 'The service did not respond.' }) {
  console.log(message);
  process.exit(1);
}

/** Returns the two fields of the input that concern the captcha. */
async function answerCaptcha() {
  const captcha = await verification.imageCaptcha();
  if (captcha.__typename !== 'ImageCaptcha') return failWith(captcha);
  writeFileSync('captcha.png', captcha.image.replace('data:image/png;base64,', ''), 'base64');
  const captchaAnswer = await ask(`Saved captcha ${captcha.id} to captcha.png. Enter its characters:`);
  // An empty answer: the image cannot be read.
  return captchaAnswer === '' ? solveProofOfWork() : { captchaId: captcha.id, captchaAnswer };
}

async function solveProofOfWork() {
  console.log('Solving a proof of work instead.');
  const { solution, error } = await solveCaptcha(verification);
  return solution ?? failWith(error);
}

/** Requests an SMS and returns the id of its delivery. Asks for another captcha after each wrong answer. */
async function requestCode() {
  for (;;) {
    const outcome = await verification.requestSmsCode({ mobile, ...(await answerCaptcha()) });
    switch (outcome.__typename) {
      case 'SmsCodeSent':
        console.log(`sent ${outcome.codeLength} digits to ${outcome.mobile}`);
        return outcome.deliveryId;
      case 'CaptchaMismatchError':
        console.log(outcome.message);
        break;
      case 'TooManyRequestsError':
        console.log(`${outcome.message} (${outcome.scope}, ${outcome.retryAfterSeconds} s)`);
        return process.exit(1);
      default:
        return failWith(outcome);
    }
  }
}

/** Exchanges the code for a token. Asks for another code after each wrong one. */
async function verifyMobile(deliveryId) {
  for (;;) {
    const code = await ask('Enter the code, or nothing to see what became of the SMS:');
    if (code === '') {
      const delivery = await verification.smsDelivery(deliveryId);
      console.log(delivery.__typename === 'SmsDelivery' ? delivery.status : failWith(delivery));
      continue;
    }
    const outcome = await verification.verifySmsCode({ mobile, code });
    if (outcome.__typename === 'MobileVerified') return outcome.verificationToken;
    if (outcome.__typename !== 'SmsCodeMismatchError') return failWith(outcome);
    console.log(`${outcome.message} (${outcome.attemptsRemaining} left)`);
  }
}

async function register(verificationToken) {
  const outcome = await verification.registerUser({ verificationToken });
  if (outcome.__typename !== 'UserRegistered') return failWith(outcome);
  const { id, registeredAt, mobile: registered } = outcome.user;
  console.log(`registered ${registered} as ${id} at ${registeredAt}`);
  process.exit(0);
}

await register(await verifyMobile(await requestCode()));
