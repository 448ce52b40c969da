// The way to the simulated phone, where there is one.

import { useEffect, useState } from 'react';

export function PhoneLink({ text }: { text: string }) {
  const [isThere, setThere] = useState(false);
  useEffect(() => {
    // only with the simulated provider, and only at the service's own machine
    fetch('/demo.json')
      .then((response) => response.json())
      .then(({ phone }) => setThere(phone === true))
      .catch(() => {});
  }, []);
  return isThere ? (
    <a href="/phone" target="_blank" rel="noopener">
      {text}
    </a>
  ) : null;
}
