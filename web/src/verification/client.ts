// The Apollo Client that the hooks ask through.

import { ApolloClient, HttpLink, InMemoryCache } from '@apollo/client';
import possibleTypes from './generated/possible-types';

/** Longer than the service takes with a gateway that hangs, as it is set by default; and a person still waits. */
const ANSWER_WITHIN_MS = 15_000;

/**
 * A client for the service at `uri`. It asks in the language of the page (`<html lang>`, or else the browser's), and
 * gives up after fifteen seconds. Make one for the whole page, outside of any component. The hooks work with a client
 * of yours, too, if it knows the `possibleTypes`.
 *
 * @example
 * const client = createVerificationClient('https://verify.example.com/graphql');
 * createRoot(root).render(<ApolloProvider client={client}>…</ApolloProvider>);
 */
export function createVerificationClient(uri: string): ApolloClient {
  return new ApolloClient({
    link: new HttpLink({ uri, fetch: fetchInTime }),
    cache: new InMemoryCache(possibleTypes),
  });
}

const fetchInTime: typeof fetch = (uri, options) => {
  const { lang } = document.documentElement;
  const headers = { ...options?.headers, ...(lang && { 'accept-language': lang }) };
  const patience = new AbortController();
  setTimeout(() => patience.abort(), ANSWER_WITHIN_MS);
  return fetch(uri, { ...options, headers, signal: patience.signal });
};
