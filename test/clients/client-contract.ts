// What every example client does with the running service; each speaks the same lines.

import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { freshMobile } from '../support/api.ts';
import type { ClientProgram } from '../support/client-programs.ts';
import { type TemporaryDirectory, temporaryDirectory } from '../support/temporary-directory.ts';
import { startTestApp, type TestApp } from '../support/test-app.ts';

/** For a compiler that begins with its own library, on a machine that has other things to do. */
const BUILD_AT_MOST_MS = 120_000;

export function itIsAClient(build: (directory: string) => Promise<ClientProgram>): void {
  let app: TestApp;
  let directory: TemporaryDirectory;
  let program: ClientProgram;
  let walk: Walk;
  beforeAll(async () => {
    directory = await temporaryDirectory('yanzheng-client');
    program = await build(directory.path);
    app = await startTestApp();
  }, BUILD_AT_MOST_MS);
  afterEach(() => walk?.stop());
  afterAll(async () => {
    await app?.stop();
    await directory?.remove();
  });

  const start = (mobile: string) => {
    walk = new Walk(program, [`${app.url}/graphql`, mobile], directory.path);
    return walk;
  };
  /** The answer of the captcha that the client has just shown. */
  const readCaptcha = async () => {
    const [, id] = await walk.says(/^captcha (\S+) is in captcha\.png; its characters\?$/);
    return String(await app.redis.get(`captcha:${id}`));
  };

  it('goes from the captcha to the user, past a wrong answer and a wrong code', async () => {
    const mobile = freshMobile();
    start(mobile);

    walk.answer(`not ${await readCaptcha()}`);
    const picture = await readFile(join(directory.path, 'captcha.png'));
    expect(picture.toString('latin1', 0, 8)).toBe('\x89PNG\r\n\x1a\n');
    await walk.says('The characters do not match the picture. Please answer a new one.');

    walk.answer(await readCaptcha());
    await walk.says(`sent 6 digits to ${mobile.slice(0, 3)}****${mobile.slice(7)}`);

    const { lastCode } = app.gateway;
    await walk.says('the code?');
    walk.answer(otherThan(lastCode));
    await walk.says('This is not the code that was sent. (4 left)');
    await walk.says('the code?');
    walk.answer(lastCode);
    await walk.says(new RegExp(`^registered \\+86${mobile} as [\\da-f-]{36} at \\d{4}-.+Z$`));
    expect(await walk.end()).toBe(0);
  });

  it('reads the facts of a refusal', async () => {
    const mobile = freshMobile();
    await app.api.requestWithCaptcha(mobile);
    start(mobile);
    walk.answer(await readCaptcha());
    await walk.says(/^Too many requests\. Please try again later\. \(MOBILE, (60|5\d) s\)$/);
    expect(await walk.end()).toBe(1);
  });

  it('shows the sentence of a refusal that it has no branch for', async () => {
    start('12345');
    await readCaptcha();
    walk.answer('any');
    await walk.says('This is not a mainland China mobile number.');
    expect(await walk.end()).toBe(1);
  });
}

function otherThan(code: string): string {
  return `${code.slice(0, -1)}${(Number(code.at(-1)) + 1) % 10}`;
}

/** One run of a client: what it says, line by line, and what it is answered. */
class Walk {
  private readonly child: ChildProcessWithoutNullStreams;
  private readonly lines: NodeJS.AsyncIterator<string>;
  private readonly complaints: Promise<string>;
  private readonly exit: Promise<unknown[]>;

  constructor(program: ClientProgram, args: readonly string[], directory: string) {
    this.child = spawn(program.command, [...program.args, ...args], { cwd: directory });
    this.lines = createInterface(this.child.stdout)[Symbol.asyncIterator]();
    this.complaints = text(this.child.stderr);
    this.exit = once(this.child, 'exit');
  }

  /** Asserts the next line. */
  async says(expected: string | RegExp): Promise<readonly string[]> {
    const { value: line, done } = await this.lines.next();
    if (done) throw new Error(`it ended instead of saying ${expected}: ${await this.complaints}`);
    if (typeof expected === 'string') expect(line).toBe(expected);
    else expect(line).toMatch(expected);
    return typeof expected === 'string' ? [line] : (expected.exec(line) ?? []);
  }

  answer(line: string): void {
    this.child.stdin.write(`${line}\n`);
  }

  /** The exit code of a client that says no more. */
  async end(): Promise<unknown> {
    expect(await this.lines.next()).toEqual({ value: undefined, done: true });
    const [code] = await this.exit;
    expect(await this.complaints).toBe('');
    return code;
  }

  async stop(): Promise<void> {
    this.child.kill();
    await this.exit;
  }
}
