// The Apollo Client that the hooks ask through.

import { ApolloClient, HttpLink, InMemoryCache } from '@apollo/client';
import possibleTypes from './generated/possible-types.ts';

/** Longer than the service takes with a gateway that hangs, short enough that a person still waits. */
const ANSWER_WITHIN_MS = 15_000;

/**
 * A client for the service at `uri`. It asks in the language of the page (`<html lang>`), gives up after fifteen
 * seconds and keeps nothing: a captcha is good for one use, and everything else is a mutation.
 *
 * @example
 * <ApolloProvider client={createVerificationClient('https://verify.example.com/graphql')}>…</ApolloProvider>
 */
export function createVerificationClient(uri: string): ApolloClient {
  return new ApolloClient({
    link: new HttpLink({ uri, fetch: fetchInTime }),
    cache: new InMemoryCache(possibleTypes),
    defaultOptions: { query: { fetchPolicy: 'no-cache' }, mutate: { fetchPolicy: 'no-cache' } },
  });
}

const fetchInTime: typeof fetch = (uri, options) => {
  const headers = { ...options?.headers, 'accept-language': document.documentElement.lang };
  return fetch(uri, { ...options, headers, signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
};
