import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The root of the checkout, independently of the directory of the compiled file. */
export const projectRoot = findUpwards(import.meta.dirname);

function findUpwards(directory: string): string {
  if (existsSync(join(directory, 'tools', 'postgres', 'package.json'))) return directory;
  const parent = dirname(directory);
  if (parent === directory) throw new Error('the project root was not found');
  return findUpwards(parent);
}
