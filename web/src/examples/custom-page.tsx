// Two forms on one page of one's own: `npm run dev` serves it at /src/examples/own-page.html.

import { ApolloProvider } from '@apollo/client/react';
import { StrictMode, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { createVerificationClient } from '../verification/index.ts';
import { SendCode } from './send-code.tsx';

const client = createVerificationClient('/graphql');

function OwnPage() {
  const [sentence, say] = useState('');
  return (
    <>
      <SendCode mobile="13800138001" say={say} />
      <SendCode mobile="13800138002" say={say} />
      <output>{sentence}</output>
    </>
  );
}

createRoot(document.getElementById('root') as HTMLElement).render(
  <StrictMode>
    <ApolloProvider client={client}>
      <OwnPage />
    </ApolloProvider>
  </StrictMode>,
);
