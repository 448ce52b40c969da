// The SDK as its users get it: packed, installed, compiled and bundled outside of the repository.

import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { freshMobile } from '../support/api.ts';
import { projectRoot } from '../support/project-root.ts';
import { captchaKey } from '../support/redis-keys.ts';
import { type TemporaryDirectory, temporaryDirectory } from '../support/temporary-directory.ts';
import { withTestApp } from '../support/test-app.ts';

/** Everything but React, as gzip. */
const MAX_BYTES = 6 * 1024;
const PACKAGE = join(projectRoot, 'web/sdk');

interface Sdk {
  createVerification(options: object): Record<string, (...args: unknown[]) => Promise<Outcome>>;
  solveCaptcha(verification: unknown): Promise<{ solution?: { captchaId: string; captchaAnswer: string } }>;
}
type Outcome = { __typename: string } & Record<string, unknown>;

let created: TemporaryDirectory;
const directory = () => created.path;
beforeAll(async () => {
  created = await temporaryDirectory('yanzheng-sdk');
  installPacked(directory());
}, 60_000);
afterAll(() => created?.remove());

describe('the packed SDK', () => {
  it('has no dependencies, and the version of the service', () => {
    const { dependencies, version } = readJson(join(directory(), 'node_modules/yanzheng-sdk/package.json'));
    expect(dependencies).toBeUndefined();
    expect(version).toBe(readJson(join(projectRoot, 'package.json')).version);
  });

  it.each(['nodenext', 'bundler'])('compiles in a strict project with module resolution %s', (resolution) => {
    writeConsumer(directory(), resolution);
    expect(compile(directory())).toBe('');
  });

  it.each([
    ['everything', "export * from 'yanzheng-sdk'; export * from 'yanzheng-sdk/react';", MAX_BYTES],
    ['one function', "export { isCaptchaSpent } from 'yanzheng-sdk';", 400],
  ])('is at most so large, with %s', (_case, source, maxBytes) => {
    const code = bundle(directory(), source);
    expect(code).not.toBe('');
    expect(gzipSync(code).length).toBeLessThanOrEqual(maxBytes);
  });
});

// A suite of its own: while the commands above block this process, an app in it could not answer.
describe('the packed SDK with a running service', () => {
  const app = withTestApp();

  it('verifies and registers a mobile in Node.js, without React', async () => {
    const { createVerification } = await loadSdk(directory());
    const verification = createVerification({ url: `${app.url}/graphql` });
    const mobile = freshMobile();
    const captcha = await verification.imageCaptcha?.();
    expect(captcha).toMatchObject({ __typename: 'ImageCaptcha' });
    const captchaAnswer = await app.redis.get(captchaKey(captcha?.id));
    const input = { mobile, captchaId: captcha?.id, captchaAnswer };
    expect(await verification.requestSmsCode?.(input)).toMatchObject({ __typename: 'SmsCodeSent' });
    const verified = await verification.verifySmsCode?.({ mobile, code: app.gateway.lastCode });
    const verificationToken = verified?.verificationToken;
    expect(await verification.registerUser?.({ verificationToken })).toMatchObject({
      __typename: 'UserRegistered',
      user: { mobile: `+86${mobile}` },
    });
  });

  it('solves the proof-of-work captcha in Node.js, whose answer the service accepts', async () => {
    const { createVerification, solveCaptcha } = await loadSdk(directory());
    const verification = createVerification({ url: `${app.url}/graphql` });
    const { solution } = await solveCaptcha(verification);
    expect(solution).toBeDefined();
    const outcome = await verification.requestSmsCode?.({ mobile: freshMobile(), ...solution });
    expect(outcome?.__typename).toBe('SmsCodeSent');
  }, 60_000);

  it('rejects with the reason of the signal, and resolves to NoResponse without a service', async () => {
    const { createVerification } = await loadSdk(directory());
    const verification = createVerification({ url: `${app.url}/graphql` });
    const reason = new Error('the person has left');
    await expect(verification.imageCaptcha?.({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const unreachable = createVerification({ url: 'http://127.0.0.1:9/graphql' });
    expect(await unreachable.imageCaptcha?.()).toEqual({ __typename: 'NoResponse' });
  });
});

/** React is not installed by the package: `cpSync` puts the one of the pages beside it. */
function installPacked(directory: string): void {
  const npm = process.env.npm_execpath;
  const [program, first] = npm?.endsWith('.js') ? [process.execPath, [npm]] : ['npm', []];
  const call = (args: string[], cwd: string) =>
    execFileSync(program, [...first, ...args], { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  const [{ filename }] = JSON.parse(
    call(['pack', '--ignore-scripts=false', '--json', '--pack-destination', directory], PACKAGE),
  );
  writeFileSync(join(directory, 'package.json'), JSON.stringify({ type: 'module' }));
  call(['install', '--offline', '--no-audit', '--no-fund', join(directory, filename)], directory);
  mkdirSync(join(directory, 'node_modules/@types'), { recursive: true });
  for (const name of ['react', '@types/react', 'csstype'])
    cpSync(join(projectRoot, 'web/node_modules', name), join(directory, 'node_modules', name), {
      recursive: true,
    });
}

function writeConsumer(directory: string, resolution: string): void {
  const compilerOptions = {
    strict: true,
    exactOptionalPropertyTypes: true,
    noEmit: true,
    target: 'es2022',
    lib: ['es2022', 'dom'],
    module: resolution === 'bundler' ? 'esnext' : 'nodenext',
    moduleResolution: resolution,
    types: [],
  };
  writeFileSync(
    join(directory, 'tsconfig.json'),
    JSON.stringify({ compilerOptions, files: ['consumer.ts'] }),
  );
  writeFileSync(
    join(directory, 'consumer.ts'),
    `import { createVerification, type RequestSmsCodeOutcome } from 'yanzheng-sdk';
     import { useImageCaptcha, VerificationProvider } from 'yanzheng-sdk/react';
     import { sentenceFor } from 'yanzheng-sdk/sentences';
     const verification = createVerification({ url: '/graphql' });
     export const outcome: Promise<RequestSmsCodeOutcome> =
       verification.requestSmsCode({ mobile: '', captchaId: '', captchaAnswer: '' });
     // @ts-expect-error: the field does not exist
     verification.requestSmsCode({ phone: '' });
     export const sentence: string = sentenceFor({ __typename: 'NoResponse' }, 'zh-CN');
     export { useImageCaptcha, VerificationProvider };`,
  );
}

/** Bundles with the bundler of the pages, as a page of production. React stays outside. Returns all scripts. */
function bundle(directory: string, source: string): string {
  writeFileSync(join(directory, 'entry.js'), source);
  const config = {
    configFile: false,
    logLevel: 'error',
    worker: { format: 'es' },
    build: {
      minify: true,
      modulePreload: { polyfill: false },
      lib: { entry: 'entry.js', formats: ['es'] },
      rolldownOptions: { external: ['react'] },
    },
  };
  writeFileSync(join(directory, 'vite.config.mjs'), `export default ${JSON.stringify(config)};`);
  const vite = join(projectRoot, 'web/node_modules/vite/bin/vite.js');
  execFileSync(process.execPath, [vite, 'build'], { cwd: directory });
  const scripts = readdirSync(join(directory, 'dist'), { recursive: true, encoding: 'utf8' });
  return scripts
    .filter((file) => file.endsWith('.js'))
    .map((file) => readFileSync(join(directory, 'dist', file), 'utf8'))
    .join('');
}

function loadSdk(directory: string): Promise<Sdk> {
  return import(pathToFileURL(join(directory, 'node_modules/yanzheng-sdk/dist/index.js')).href);
}

/** The errors of the compiler. */
function compile(directory: string): string {
  const compiler = join(projectRoot, 'node_modules/typescript/bin/tsc');
  const { stdout, status } = spawnSync(process.execPath, [compiler, '-p', '.'], {
    cwd: directory,
    encoding: 'utf8',
  });
  return status === 0 ? '' : stdout;
}

function readJson(file: string) {
  return JSON.parse(readFileSync(file, 'utf8'));
}
