// The link to the simulated phone.

import { useEffect, useState } from 'react';

export function PhoneLink({ label }: { label: string }) {
  const [isAvailable, setAvailable] = useState(false);
  useEffect(() => {
    // The page exists only with the provider `simulated`, and only on the machine that runs the service.
    fetch('/demo.json')
      .then((response) => response.json())
      .then(({ phone }) => setAvailable(phone === true))
      .catch(() => {});
  }, []);
  return isAvailable ? (
    <a href="/phone" target="_blank" rel="noopener">
      {label}
    </a>
  ) : null;
}
