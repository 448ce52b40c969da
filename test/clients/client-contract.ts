// What every example client does with the running service. All clients print the same lines.

import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { freshMobile } from '../support/api.ts';
import type { ClientProgram } from '../support/client-programs.ts';
import { captchaKey } from '../support/redis-keys.ts';
import { type TemporaryDirectory, temporaryDirectory } from '../support/temporary-directory.ts';
import { withTestApp } from '../support/test-app.ts';
import { masked, wrongCode } from '../support/verification.ts';

/** For a compiler that first compiles its own library, on a busy machine. */
const BUILD_TIMEOUT_MS = 120_000;

/** For thousands of derivations in Ruby, on a busy machine. */
const WORK_TIMEOUT_MS = 60_000;

const ASKS_FOR_CODE = 'Enter the code, or nothing to see what became of the SMS:';

export function itCompletesARegistration(build: (directory: string) => Promise<ClientProgram>): void {
  const app = withTestApp();
  let directory: TemporaryDirectory;
  let program: ClientProgram;
  let client: ClientRun | undefined;
  beforeAll(async () => {
    directory = await temporaryDirectory('yanzheng-client');
    program = await build(directory.path);
  }, BUILD_TIMEOUT_MS);
  afterEach(() => client?.stop());
  afterAll(async () => {
    await directory?.remove();
  });

  const start = (mobile: string) => {
    client = new ClientRun(program, [`${app.url}/graphql`, mobile], directory.path);
    return client;
  };
  /** The answer of the captcha that the client has just stored. */
  const readCaptcha = async (run: ClientRun) => {
    const [, id] = await run.prints(/^Saved captcha (\S+) to captcha\.png\. Enter its characters:$/);
    return String(await app.redis.get(captchaKey(id)));
  };

  it('registers a user, after a wrong captcha answer and a wrong code', async () => {
    const mobile = freshMobile();
    const run = start(mobile);

    run.types(`not ${await readCaptcha(run)}`);
    const image = await readFile(join(directory.path, 'captcha.png'));
    expect(image.toString('latin1', 0, 8)).toBe('\x89PNG\r\n\x1a\n');
    await run.prints('The characters do not match the image. Please answer a new captcha.');

    run.types(await readCaptcha(run));
    await run.prints(`sent 6 digits to ${masked(mobile)}`);

    const { lastCode } = app.gateway;
    await run.prints(ASKS_FOR_CODE);
    run.types('');
    await run.prints('ACCEPTED');
    await run.prints(ASKS_FOR_CODE);
    run.types(wrongCode(lastCode));
    await run.prints('The code is wrong. Please check the SMS and try again. (4 left)');
    await run.prints(ASKS_FOR_CODE);
    run.types(lastCode);
    await run.prints(new RegExp(`^registered \\+86${mobile} as [\\da-f-]{36} at \\d{4}-.+Z$`));
    expect(await run.exitCode()).toBe(0);
  });

  it(
    'lets the machine work instead of a person who cannot read the image',
    async () => {
      const mobile = freshMobile();
      const run = start(mobile);
      await readCaptcha(run);
      run.types('');
      await run.prints('Solving a proof of work instead.');
      await run.prints(`sent 6 digits to ${masked(mobile)}`);
      expect(app.gateway.requests.at(-1)?.to).toBe(mobile);
    },
    WORK_TIMEOUT_MS,
  );

  it('reads the fields of an error', async () => {
    const mobile = freshMobile();
    await app.api.requestWithCaptcha(mobile);
    const run = start(mobile);
    run.types(await readCaptcha(run));
    await run.prints(/^Too many requests\. Please try again later\. \(MOBILE, (60|5\d) s\)$/);
    expect(await run.exitCode()).toBe(1);
  });

  it('prints the message of an error that it does not handle', async () => {
    const run = start('12345');
    await readCaptcha(run);
    run.types('any');
    await run.prints('This is not a mainland China mobile number.');
    expect(await run.exitCode()).toBe(1);
  });
}

/** One run of a client: the lines that it prints, and those that the test types. */
class ClientRun {
  private readonly child: ChildProcessWithoutNullStreams;
  private readonly lines: NodeJS.AsyncIterator<string>;
  private readonly errorOutput: Promise<string>;
  private readonly exit: Promise<unknown[]>;

  constructor(program: ClientProgram, args: readonly string[], directory: string) {
    this.child = spawn(program.command, [...program.args, ...args], { cwd: directory });
    this.lines = createInterface(this.child.stdout)[Symbol.asyncIterator]();
    this.errorOutput = text(this.child.stderr);
    this.exit = once(this.child, 'exit');
  }

  /** Asserts the next line. */
  async prints(expected: string | RegExp): Promise<readonly string[]> {
    const { value: line, done } = await this.lines.next();
    if (done) throw new Error(`the client ended instead of printing ${expected}: ${await this.errorOutput}`);
    if (typeof expected === 'string') expect(line).toBe(expected);
    else expect(line).toMatch(expected);
    return typeof expected === 'string' ? [line] : (expected.exec(line) ?? []);
  }

  types(line: string): void {
    this.child.stdin.write(`${line}\n`);
  }

  /** The exit code, after no further line. */
  async exitCode(): Promise<unknown> {
    expect(await this.lines.next()).toEqual({ value: undefined, done: true });
    const [code] = await this.exit;
    expect(await this.errorOutput).toBe('');
    return code;
  }

  async stop(): Promise<void> {
    this.child.kill();
    await this.exit;
  }
}
