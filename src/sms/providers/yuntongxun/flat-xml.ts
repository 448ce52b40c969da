// Reads the XML of Yuntongxun: elements without attributes, whose contents have no mark-up. It is no general XML parser: a
// document with anything else, such as a DTD, is rejected, so no entity can expand.

/** A report has less than 1,000 characters, a request with 200 numbers less than 4,000. */
const MAX_LENGTH = 64 * 1024;
const MAX_DEPTH = 8;
const PROLOG = /^\uFEFF?\s*(?:<\?xml\s[^<>?]*\?>\s*)?/;
/** One tag with the text before it. */
const STEP = /([^<>]*)<(\/?)([A-Za-z][\w.-]*)\s*(\/?)>/y;
const ENTITY = /&(?:(amp|lt|gt|quot|apos)|#(\d{1,7})|#x([0-9a-fA-F]{1,6}));/g;
const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** The contents of the elements without children, by the name of the element, in the order of the document. */
export type FlatXml = Readonly<Record<string, readonly string[]>>;

/** @returns `undefined` for anything but well-formed XML of this form. */
export function parseFlatXml(document: string): FlatXml | undefined {
  if (document.length > MAX_LENGTH) return undefined;
  const contents = Object.create(null) as Record<string, string[]>;
  const open: { readonly name: string; hasChildren: boolean }[] = [];
  let position = PROLOG.exec(document)?.[0].length ?? 0;
  let isClosed = false;
  while (!isClosed) {
    STEP.lastIndex = position;
    const [step, rawText = '', closing, name = '', selfClosing] = STEP.exec(document) ?? [];
    const text = step === undefined ? undefined : decodeEntities(rawText);
    if (step === undefined || text === undefined) return undefined;
    position += step.length;
    const parent = open.at(-1);
    // Only the elements without children have contents.
    if ((!closing || parent?.hasChildren) && text.trim() !== '') return undefined;
    if (closing) {
      if (selfClosing || parent?.name !== name) return undefined;
      open.pop();
      if (!parent.hasChildren) add(contents, name, text.trim());
    } else {
      if (parent) parent.hasChildren = true;
      if (selfClosing) add(contents, name, '');
      else open.push({ name, hasChildren: false });
      if (open.length > MAX_DEPTH) return undefined;
    }
    isClosed = open.length === 0;
  }
  return document.slice(position).trim() === '' ? contents : undefined;
}

function add(contents: Record<string, string[]>, name: string, text: string): void {
  const others = contents[name];
  if (others) others.push(text);
  else contents[name] = [text];
}

/** @returns `undefined` for an entity that XML does not predefine. */
function decodeEntities(text: string): string | undefined {
  let isValid = true;
  const decoded = text.replace(ENTITY, (_entity, named, decimal, hexadecimal) => {
    if (named) return NAMED[named] ?? '';
    const codePoint = decimal ? Number(decimal) : Number.parseInt(hexadecimal, 16);
    if (codePoint > 0 && codePoint <= 0x10ffff) return String.fromCodePoint(codePoint);
    isValid = false;
    return '';
  });
  const hasOther = text.replace(ENTITY, '').includes('&');
  return isValid && !hasOther ? decoded : undefined;
}
