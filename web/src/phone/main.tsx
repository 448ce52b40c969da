// Mounts the page of the simulated phone.

import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import '../shared/shared.css';
import './phone.css';
import { PhonePage } from './phone-page.tsx';

const root = document.getElementById('root');
if (!root) throw new Error('The page has no #root.');
createRoot(root).render(
  <StrictMode>
    <PhonePage />
  </StrictMode>,
);
