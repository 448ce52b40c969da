// Builds the package: `npm pack` and `npm publish` run it. It needs the packages of the repository and of web/.

import { spawnSync } from 'node:child_process';
import { copyFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const folder = import.meta.dirname;
const root = join(folder, '../..');

rmSync(join(folder, 'dist'), { recursive: true, force: true });
const compiler = join(root, 'node_modules/typescript/bin/tsc');
const { status } = spawnSync(process.execPath, [compiler, '-p', folder], { stdio: 'inherit' });
if (status !== 0) process.exit(status ?? 1);
copyFileSync(join(root, 'possible-types.json'), join(folder, 'dist/possible-types.json'));
