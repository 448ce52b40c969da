// Three pages from one build: the registration page, the phone that shows simulated texts, and the playground.

import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { precompress } from './precompress.ts';

/** Where `npm run dev` has the service. */
const service = `http://127.0.0.1:${process.env.YANZHENG_PORT}`;

export default defineConfig({
  // The paths of the pages, and 404 for all others.
  appType: 'mpa',
  plugins: [react(), precompress()],
  build: {
    rolldownOptions: {
      input: ['index.html', 'phone.html', 'playground.html'],
      // how long its plugins take depends on the machine
      checks: { pluginTimings: false },
      onLog(level, log, handle) {
        // GraphiQL's files carry a word for a compiler that has been over them already.
        if (log.code === 'MODULE_LEVEL_DIRECTIVE' && log.message.includes('"use no memo"')) return;
        handle(level, log);
      },
    },
    // The pages' policy takes scripts and fonts from the service itself only, none out of a data URI.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    // An editor is as large as it is.
    chunkSizeWarningLimit: 8000,
  },
  worker: { format: 'es' },
  // They import workers in a way that only a build of Vite knows, not what prepares packages for development.
  optimizeDeps: {
    exclude: ['graphiql/setup-workers/vite', '@graphiql/react/setup-workers/vite'],
    // what these workers import, and is no ES module
    include: ['graphql-language-service', 'picomatch-browser'],
  },
  // What the pages ask the service.
  server: {
    proxy: Object.fromEntries(['/graphql', '/phone/texts', '/demo.json'].map((path) => [path, service])),
  },
});
