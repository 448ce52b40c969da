// The example clients, and the tools for those in other languages, as Debian packages install them.

import { execFile, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { programPath } from './program-path.ts';
import { projectRoot } from './project-root.ts';

const GO_LIBRARIES = '/usr/share/gocode';
const EXAMPLES = join(projectRoot, 'examples');

export function hasGoClient(): boolean {
  const hasLibrary = existsSync(join(GO_LIBRARIES, 'src/git.sr.ht/~emersion/gqlclient'));
  return hasLibrary && programPath('gqlclientgen') !== undefined && programPath('go') !== undefined;
}

export function hasRubyClient(): boolean {
  return spawnSync('ruby', ['-r', 'graphql/client', '-e', '']).status === 0;
}

/** How to start a client: `command [...args] URL MOBILE`. */
export interface ClientProgram {
  readonly command: string;
  readonly args: readonly string[];
}

/** Generates and compiles the example in Go in a directory, without the network. */
export async function buildGoClient(directory: string): Promise<ClientProgram> {
  const run = promisify(execFile);
  const inputs = ['-s', join(projectRoot, 'schema.graphql'), '-q', join(EXAMPLES, 'operations.graphql')];
  await run('gqlclientgen', [...inputs, '-n', 'main', '-o', join(directory, 'yanzheng.go')]);
  await copyFile(join(EXAMPLES, 'go-client/main.go'), join(directory, 'main.go'));
  const command = join(directory, 'go-client');
  await run('go', ['build', '-p', '2', '-o', command, '.'], {
    cwd: directory,
    env: {
      PATH: process.env.PATH,
      GO111MODULE: 'off',
      GOPATH: GO_LIBRARIES,
      GOCACHE: join(directory, '.cache'),
      CGO_ENABLED: '0', // no C compiler needed
    },
  });
  return { command, args: [] };
}

/** Puts the example in Node.js into a directory, beside the SDK. */
export async function nodeClient(directory: string): Promise<ClientProgram> {
  await mkdir(join(directory, 'node_modules'));
  await symlink(join(projectRoot, 'web/sdk'), join(directory, 'node_modules/yanzheng-sdk'), 'dir');
  const file = join(directory, 'client.mjs');
  await copyFile(join(EXAMPLES, 'node-client/client.mjs'), file);
  return { command: process.execPath, args: [file] };
}

export function rubyClient(): ClientProgram {
  return { command: 'ruby', args: [join(EXAMPLES, 'ruby-client/client.rb')] };
}
