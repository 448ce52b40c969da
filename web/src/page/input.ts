// What people type, paste, and let their phone fill in.

/** Full-width digits become ASCII ones. */
const plain = (text: string) => text.normalize('NFKC');

/** The code in what was typed or pasted: a whole text message will do. */
export function codeIn(text: string): string {
  const alone = /(?<!\d)\d{6}(?!\d)/.exec(plain(text));
  return alone ? alone[0] : plain(text).replace(/\D/g, '').slice(0, 6);
}

/** `138****8000`, as the service writes the number that a text went to; undefined while it is not all there. */
export function maskedMobile(text: string): string | undefined {
  const digits = plain(text)
    .replace(/\D/g, '')
    .replace(/^(00)?86/, '');
  return digits.length === 11 ? `${digits.slice(0, 3)}****${digits.slice(7)}` : undefined;
}
