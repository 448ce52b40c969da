import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The path of a program on the PATH. */
export function programPath(name: string): string | undefined {
  const candidates = (process.env.PATH ?? '').split(delimiter).map((path) => join(path, name));
  return candidates.find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
