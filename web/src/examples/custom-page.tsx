// A page with two forms that use the SDK. `npm run dev` serves it at /src/examples/custom-page.html.

import { StrictMode, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { createVerification } from 'yanzheng-sdk';
import { VerificationProvider } from 'yanzheng-sdk/react';
import { SendCode } from './send-code.tsx';

const verification = createVerification({ url: '/graphql' });

function CustomPage() {
  const [message, setMessage] = useState('');
  return (
    <>
      <SendCode mobile="13800138001" onMessage={setMessage} />
      <SendCode mobile="13800138002" onMessage={setMessage} />
      <output>{message}</output>
    </>
  );
}

createRoot(document.getElementById('root') as HTMLElement).render(
  <StrictMode>
    <VerificationProvider value={verification}>
      <CustomPage />
    </VerificationProvider>
  </StrictMode>,
);
