// Mounts the registration page.

import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createVerification } from 'yanzheng-sdk';
import { VerificationProvider } from 'yanzheng-sdk/react';
import '../shared/shared.css';
import './page.css';
import { RegistrationPage } from './registration-page.tsx';

const verification = createVerification({ url: '/graphql' });
const root = document.getElementById('root');
if (!root) throw new Error('The page has no #root.');
createRoot(root).render(
  <StrictMode>
    <VerificationProvider value={verification}>
      <RegistrationPage />
    </VerificationProvider>
  </StrictMode>,
);
