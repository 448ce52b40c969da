// The pages for browsers, as built from web/: HTML documents that may change, and assets with hashed names that never do.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { isLoopbackRequest, loopbackOnly } from '../loopback-only.ts';

export interface Page {
  readonly title: string;
  readonly path: string;
}

interface PageDocument extends Page {
  readonly file: string;
  readonly contentSecurityPolicy: string;
  readonly isLoopbackOnly?: boolean;
}

export interface PageSettings {
  /** The build directory of web/. */
  readonly directory: string;
  readonly demo: boolean;
  readonly playground: boolean;
  /** The messages of the simulated provider, newest first. `undefined` with any other provider. */
  readonly phoneMessages: (() => readonly object[]) | undefined;
}

const ONE_YEAR_MS = 365 * 24 * 60 * 60 * 1000;

/** The pages load from the service itself only. Captchas are data URIs. */
const PAGE_POLICY = policy({
  'script-src': "'self'",
  'style-src': "'self'",
  'img-src': "'self' data:",
  'connect-src': "'self'",
});
/** The editor of the playground creates style elements, and loads a font and workers from files. */
const PLAYGROUND_POLICY = policy({
  'script-src': "'self'",
  'style-src': "'self' 'unsafe-inline'",
  'img-src': "'self' data:",
  'font-src': "'self'",
  'connect-src': "'self'",
  'worker-src': "'self'",
});

/** The list of all pages. */
const DOCUMENTS: Readonly<Record<'demo' | 'phone' | 'playground', PageDocument>> = {
  demo: {
    title: 'Registration page',
    path: '/',
    file: 'index.html',
    contentSecurityPolicy: PAGE_POLICY,
  },
  phone: {
    title: 'Simulated phone',
    path: '/phone',
    file: 'phone.html',
    contentSecurityPolicy: PAGE_POLICY,
    isLoopbackOnly: true,
  },
  playground: {
    title: 'Playground',
    path: '/playground',
    file: 'playground.html',
    contentSecurityPolicy: PLAYGROUND_POLICY,
  },
};

const ICON: PageDocument = {
  title: 'Icon',
  path: '/icon.svg',
  file: 'icon.svg',
  contentSecurityPolicy: PAGE_POLICY,
};

function policy(sources: Readonly<Record<string, string>>): string {
  const directives = {
    'default-src': "'none'",
    ...sources,
    'base-uri': "'none'",
    'form-action': "'none'",
    'frame-ancestors': "'none'",
  };
  return Object.entries(directives)
    .map(([directive, source]) => `${directive} ${source}`)
    .join('; ');
}

/**
 * Registers the enabled pages.
 * @returns the pages that are served: none if web/ is not built.
 */
export async function registerPages(app: FastifyInstance, settings: PageSettings): Promise<Page[]> {
  const { directory, demo, playground, phoneMessages } = settings;
  if (demo) registerDemoFacts(app, phoneMessages !== undefined);
  if (phoneMessages) registerPhoneMessages(app, phoneMessages);

  const documents = [
    ...(demo ? [DOCUMENTS.demo] : []),
    ...(phoneMessages ? [DOCUMENTS.phone] : []),
    ...(playground ? [DOCUMENTS.playground] : []),
  ];
  if (documents.length === 0 || !existsSync(directory)) return [];
  await registerAssets(app, directory);
  for (const document of [ICON, ...documents]) registerDocument(app, document, directory);
  return documents.map(({ title, path }) => ({ title, path }));
}

async function registerAssets(app: FastifyInstance, directory: string): Promise<void> {
  // Loaded on demand: production usually serves no page.
  const { default: fastifyStatic } = await import('@fastify/static');
  await app.register(fastifyStatic, {
    root: join(directory, 'assets'),
    prefix: '/assets/',
    preCompressed: true,
    index: false,
    cacheControl: true,
    maxAge: ONE_YEAR_MS,
    immutable: true,
  });
}

function registerDocument(app: FastifyInstance, document: PageDocument, directory: string): void {
  const { path, file, contentSecurityPolicy, isLoopbackOnly } = document;
  app.get(path, isLoopbackOnly ? { onRequest: loopbackOnly } : {}, (_request, reply) =>
    reply
      .header('content-security-policy', contentSecurityPolicy)
      // Browsers revalidate the document each time and download it only after a change.
      .header('cache-control', 'no-cache')
      .sendFile(file, directory, { cacheControl: false }),
  );
}

/** Tells the registration page whether it can link to the simulated phone. */
function registerDemoFacts(app: FastifyInstance, hasPhone: boolean): void {
  app.get('/demo.json', async (request, reply) =>
    reply.header('cache-control', 'no-store').send({ phone: hasPhone && isLoopbackRequest(request.raw) }),
  );
}

/** The messages contain codes, so only a person at this machine may read them. */
function registerPhoneMessages(app: FastifyInstance, messages: () => readonly object[]): void {
  app.get('/phone/messages', { onRequest: loopbackOnly }, async (_request, reply) =>
    reply.header('cache-control', 'no-store').send({ messages: messages() }),
  );
}
