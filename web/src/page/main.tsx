// Mounts the registration page.

import { ApolloProvider } from '@apollo/client/react';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import '../shared/shared.css';
import './page.css';
import { createVerificationClient } from '../verification/index.ts';
import { RegistrationPage } from './registration-page.tsx';

const root = document.getElementById('root');
if (!root) throw new Error('The page has no #root.');
createRoot(root).render(
  <StrictMode>
    <ApolloProvider client={createVerificationClient('/graphql')}>
      <RegistrationPage />
    </ApolloProvider>
  </StrictMode>,
);
