// One word for one thing. The list has words that the project does not use, and the words that it uses instead.

import { describe, expect, it } from '@jest/globals';
import { markdownFiles, withoutCodeBlocks } from '../support/markdown.ts';
import { filesBelow, readProjectFile, type SourceFile } from '../support/sources.ts';

const WORDS: readonly (readonly [word: RegExp, instead: string])[] = [
  [/allowances?/, 'rate limit'],
  [/refusals?|refus(e|es|ed|ing)/, 'error, reject'],
  [/text messages?|texts/, 'SMS, message'],
  [/whoever|somebody|nobody/, 'the noun that is meant'],
  [/surely/, 'certainly'],
  [/strangers?/, 'attacker'],
  [/forg(ive|ives|iven|ave)/, 'reset'],
  [/under way/, 'in flight'],
  [/(has|have|had|no) room/, 'remaining, exceeded'],
  [/gives? (it |them )?back|given back/, 'release'],
  [/first answers?/, 'stored response'],
  [/NoAnswer/, 'NoResponse'],
  [/surroundings/, 'dependencies'],
  [/withheld|withholds?|concealment/, 'suppressed, user-enumeration protection'],
  [/mend(s|ed)?/, 'fix'],
  [/pictures?/, 'image'],
  [/the kit/, 'SDK'],
  [/SmsNotDelivered\w*/, 'SmsSendFailedError'],
];

/** Terms of TCP, and a name in the messages about changes of the schema. */
const LEGITIMATE =
  /refused connections?|connection (that )?is refused|(Type|Member) 'SmsNotDeliveredError'/gi;

const whole = (word: RegExp) => new RegExp(`(?<![\\w-])(${word.source})(?![\\w-])`, 'i');

/** The words of the list in a text, each with its line. */
function unusedWords(text: string): string[] {
  return text
    .replace(LEGITIMATE, '')
    .split('\n')
    .flatMap((line, index) =>
      WORDS.flatMap(([word, instead]) => {
        const found = whole(word).exec(line)?.[0];
        return found === undefined ? [] : [`${index + 1}: "${found}", use: ${instead}`];
      }),
    );
}

/** Names of other programs and of earlier versions stand in code, which is left out of documents. */
const prose = (text: string) =>
  withoutCodeBlocks(text)
    .replace(/`test\/[^`]+`: "[^"]+"/g, 'test')
    .replace(/`[^`\n]*`/g, 'code');

const documents = markdownFiles()
  .filter(({ path }) => /^[A-Z]+\.md$|^docs\//.test(path))
  .map(({ path, text }) => ({ path, text: prose(text) }));

const others: SourceFile[] = [
  ...filesBelow('src', /\.ts$/),
  ...filesBelow('scripts', /\.cjs$/),
  ...filesBelow('simulate', /\.mjs$/),
  ...filesBelow('examples', /\.(go|rb|mjs|graphql|md)$/).filter(({ path }) => !path.includes('node_modules')),
  ...filesBelow('web/src', /\.(tsx?|css|graphql)$/),
  ...filesBelow('web/sdk', /\.(ts|mjs|md)$/)
    .filter(({ path }) => !path.includes('/dist/'))
    .filter(({ path }) => !path.includes('/generated/')),
  ...['schema.graphql', '.env.example'].map((path) => ({ path, text: readProjectFile(path) })),
];

describe('the vocabulary', () => {
  it.each([
    ['the documents', documents],
    ['the source, the pages, the examples, the scripts and the schema', others],
  ])('of %s has none of the listed words', (_where, files) => {
    expect(files.length).toBeGreaterThan(10);
    const found = files.flatMap(({ path, text }) => unusedWords(text).map((word) => `${path}:${word}`));
    expect(found).toEqual([]);
  });

  it.each([
    'The allowance has room.',
    'Nobody knows.',
    '"SmsNotDeliveredError"',
    'a text message',
    'Refused.',
  ])('reports: %s', (text) => {
    expect(unusedWords(text)).not.toEqual([]);
  });

  it.each([
    'a default value',
    'context',
    'plain text',
    'commend',
    'sms_text',
    'SMS_RESEND_GAP_SECONDS',
    'a refused connection',
  ])('allows: %s', (text) => {
    expect(unusedWords(text)).toEqual([]);
  });
});
