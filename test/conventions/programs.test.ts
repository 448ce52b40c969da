// The programs beside the service use its compiled modules. TypeScript does not check them, so this does.

import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { projectRoot } from '../support/project-root.ts';
import { filesBelow } from '../support/sources.ts';

/** `import { names } from '../dist/module.js'`, or several folders up. */
const IMPORT = /import \{([^}]*)\} from '(?:\.\.\/)+dist\/([^']+)'/g;

const imports = ['bench', 'soak', 'simulate', 'tools/captcha-report']
  .flatMap((folder) => filesBelow(folder, /\.mjs$/))
  .filter(({ path }) => !path.includes('node_modules'))
  .flatMap(({ path, text }) =>
    [...text.matchAll(IMPORT)].map(([, names = '', module = '']) => ({
      path,
      module,
      names: names
        .split(',')
        .map((name) => name.trim().split(' as ')[0] ?? '')
        .filter(Boolean),
    })),
  );

describe('the benchmark, the soak test, the simulation and the reports', () => {
  it('import names that the modules of the service export', async () => {
    expect(imports.length).toBeGreaterThan(20);
    const missing: string[] = [];
    for (const { path, module, names } of imports) {
      const exported = await import(pathToFileURL(join(projectRoot, 'build-test/src', module)).href);
      missing.push(
        ...names.filter((name) => !(name in exported)).map((name) => `${path}: ${name} of ${module}`),
      );
    }
    expect(missing).toEqual([]);
  });
});
