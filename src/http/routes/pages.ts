// The pages that a browser opens, as web/ was built: documents that may change, and files under names that never do.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isLoopbackRequest } from '../loopback-only.ts';

/** One text, as the page at /phone shows it. */
export interface PhoneText {
  readonly maskedMobile: string;
  readonly text: string;
  readonly receivedAt: Date;
}

export interface Pages {
  /** Where the build of web/ is. */
  readonly directory: string;
  /** The registration page at `/`. */
  readonly demo: boolean;
  /** The GraphQL IDE at `/playground`. */
  readonly playground: boolean;
  /** The texts of the simulated provider, newest first; `undefined` without that provider, and then there is no `/phone`. */
  readonly phoneTexts: (() => readonly PhoneText[]) | undefined;
}

type Document = (request: FastifyRequest, reply: FastifyReply) => FastifyReply;

const ONE_YEAR_MS = 365 * 24 * 60 * 60 * 1000;

/** Everything from the service itself; the captcha is a data URI. */
const PAGE_POLICY = policy({
  'script-src': "'self'",
  'style-src': "'self'",
  'img-src': "'self' data:",
  'connect-src': "'self'",
});
/** The editor writes its colours into style elements and keeps a font and its workers as files. */
const PLAYGROUND_POLICY = policy({
  'script-src': "'self'",
  'style-src': "'self' 'unsafe-inline'",
  'img-src': "'self' data:",
  'font-src': "'self'",
  'connect-src': "'self'",
  'worker-src': "'self'",
});

function policy(sources: Readonly<Record<string, string>>): string {
  const all = {
    'default-src': "'none'",
    ...sources,
    'base-uri': "'none'",
    'form-action': "'none'",
    'frame-ancestors': "'none'",
  };
  return Object.entries(all)
    .map(([directive, source]) => `${directive} ${source}`)
    .join('; ');
}

export async function registerPages(app: FastifyInstance, pages: Pages): Promise<void> {
  const { directory, demo, playground, phoneTexts } = pages;
  if (demo) tellOfPhone(app, phoneTexts !== undefined);
  if (phoneTexts) serveTexts(app, phoneTexts);
  if (!(demo || playground || phoneTexts) || !existsSync(directory)) return;
  await app.register(fastifyStatic, {
    root: join(directory, 'assets'),
    prefix: '/assets/',
    preCompressed: true,
    index: false,
    cacheControl: true,
    maxAge: ONE_YEAR_MS,
    immutable: true,
  });

  const document = (file: string, contentSecurityPolicy = PAGE_POLICY): Document => {
    return (_request, reply) =>
      reply
        .header('content-security-policy', contentSecurityPolicy)
        // asked about each time, sent only when it has changed
        .header('cache-control', 'no-cache')
        .sendFile(file, directory, { cacheControl: false });
  };
  app.get('/icon.svg', document('icon.svg'));
  if (demo) app.get('/', document('index.html'));
  if (playground) app.get('/playground', document('playground.html', PLAYGROUND_POLICY));
  if (phoneTexts) app.get('/phone', { onRequest: ofThisMachineOnly }, document('phone.html'));
}

/** What the registration page cannot know by itself: whether there is a phone to look at. */
function tellOfPhone(app: FastifyInstance, hasPhone: boolean): void {
  app.get('/demo.json', async (request, reply) =>
    reply.header('cache-control', 'no-store').send({ phone: hasPhone && isLoopbackRequest(request.raw) }),
  );
}

function serveTexts(app: FastifyInstance, texts: () => readonly PhoneText[]): void {
  app.get('/phone/messages', { onRequest: ofThisMachineOnly }, async (_request, reply) =>
    reply.header('cache-control', 'no-store').send({ messages: texts() }),
  );
}

/** Codes are shown there: whoever is not at this machine finds nothing. */
async function ofThisMachineOnly(request: FastifyRequest, reply: FastifyReply): Promise<void> {
  if (!isLoopbackRequest(request.raw)) reply.callNotFound();
}
