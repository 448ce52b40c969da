// Builds every HTML page of this directory: the registration page, the simulated phone and the playground.

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import react from '@vitejs/plugin-react';
import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vite';
import { precompress } from './precompress.ts';

const pages = readdirSync(import.meta.dirname).filter((file) => file.endsWith('.html'));

/** The service that `npm run dev` starts next to this development server, and the paths that it answers. */
const service = `http://127.0.0.1:${process.env.YANZHENG_PORT}`;
const servicePaths = ['/graphql', '/phone/messages', '/demo.json'];

/** The pages use the SDK by the names that its users import. */
const sdk = (file: string) => join(import.meta.dirname, 'sdk/src', file);

export default defineConfig({
  // Several pages, not one: an unknown path is a 404 instead of index.html.
  appType: 'mpa',
  resolve: {
    alias: {
      'yanzheng-sdk/react': sdk('react/index.ts'),
      'yanzheng-sdk/sentences': sdk('sentences.ts'),
      'yanzheng-sdk': sdk('index.ts'),
    },
  },
  // Vue is for an example alone.
  plugins: [react(), vue(), precompress()],
  build: {
    rolldownOptions: {
      input: pages,
      // Plugin timings depend on the machine.
      checks: { pluginTimings: false },
      onLog(level, log, handle) {
        // The React Compiler has compiled GraphiQL already. Its directive has no further use.
        if (log.code === 'MODULE_LEVEL_DIRECTIVE' && log.message.includes('"use no memo"')) return;
        handle(level, log);
      },
    },
    // The pages' content security policy forbids scripts and fonts in data URIs.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    // Monaco, the editor of the playground, exceeds the default limit.
    chunkSizeWarningLimit: 8000,
  },
  worker: { format: 'es' },
  optimizeDeps: {
    // They import workers with `?worker`, which the dependency optimizer does not support.
    exclude: ['graphiql/setup-workers/vite', '@graphiql/react/setup-workers/vite'],
    include: [
      // The workers import these CommonJS packages.
      'graphql-language-service',
      'picomatch-browser',
      // The workers and graphql-language-service must share one instance, which is bundled only if it is listed.
      'graphql',
    ],
  },
  server: {
    // The page links to an example outside of this directory.
    fs: { allow: ['..'] },
    proxy: Object.fromEntries(servicePaths.map((path) => [path, service])),
  },
});
