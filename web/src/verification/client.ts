// The Apollo Client that the hooks use.

import { ApolloClient, HttpLink, InMemoryCache } from '@apollo/client';
import possibleTypes from './generated/possible-types';

/** Longer than the default time budget of the service, even if the SMS provider hangs. */
const REQUEST_TIMEOUT_MS = 15_000;

/**
 * Creates a client for the service at `uri`. It requests messages in the language of the page (`<html lang>`, else the
 * language of the browser) and aborts a request after 15 seconds. Create one client per page, outside of components. The
 * hooks also work with your own client if its cache knows the `possibleTypes`.
 *
 * @example
 * const client = createVerificationClient('https://verify.example.com/graphql');
 * createRoot(root).render(<ApolloProvider client={client}>…</ApolloProvider>);
 */
export function createVerificationClient(uri: string): ApolloClient {
  return new ApolloClient({
    link: new HttpLink({ uri, fetch: fetchWithTimeout }),
    cache: new InMemoryCache(possibleTypes),
  });
}

const fetchWithTimeout: typeof fetch = (uri, options) => {
  const { lang } = document.documentElement;
  const headers = { ...options?.headers, ...(lang && { 'accept-language': lang }) };
  const timeout = new AbortController();
  setTimeout(() => timeout.abort(), REQUEST_TIMEOUT_MS);
  return fetch(uri, { ...options, headers, signal: timeout.signal });
};
