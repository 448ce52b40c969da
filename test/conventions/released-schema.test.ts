// Compatibility with the clients of the last release.

import { describe, expect, it } from '@jest/globals';
import { releasedVersions, unlistedChanges } from '../support/schema-gate.ts';
import { readProjectFile } from '../support/sources.ts';

const current = readProjectFile('schema.graphql');
const released = readProjectFile('released/schema.graphql');
const changelog = readProjectFile('CHANGELOG.md');

describe('since the last release', () => {
  it('CHANGELOG.md lists every change of the schema that can break a client', async () => {
    expect(await unlistedChanges(released, current, changelog)).toEqual([]);
  });
});

describe('the last release', () => {
  it('has the same version in CHANGELOG.md, package.json and released/schema.graphql', () => {
    const { version } = JSON.parse(readProjectFile('package.json'));
    expect(releasedVersions(changelog)[0]).toBe(version);
    expect(released.split('\n', 1)).toEqual([
      `# The schema of version ${version}. Written by \`npm run release:schema\`.`,
    ]);
  });
});

describe('a schema', () => {
  const before = `
    type Query { captcha(input: CaptchaInput): CaptchaResult! }
    union CaptchaResult = Captcha | TooManyRequestsError
    type Captcha { id: ID!, "Its width." width: Int! }
    type TooManyRequestsError { scope: Scope! }
    type ServiceUnavailableError { message: String! }
    enum Scope { MOBILE, ADDRESS }
    input CaptchaInput { width: Int }`;

  const incompatible = [
    {
      name: 'without a field',
      change: ['id: ID!,', ''],
      heading: 'Breaking',
      message: "Field 'id' was removed from object type 'Captcha'",
    },
    {
      name: 'with another type of a field',
      change: ['width: Int!', 'width: Int'],
      heading: 'Breaking',
      message: "Field 'Captcha.width' changed type from 'Int!' to 'Int'",
    },
    {
      name: 'with a new required input',
      change: ['input CaptchaInput {', 'input CaptchaInput { height: Int!'],
      heading: 'Breaking',
      message: "Input field 'height' of type 'Int!' was added to input object type 'CaptchaInput'",
    },
    {
      name: 'without an enum value',
      change: ['MOBILE,', ''],
      heading: 'Breaking',
      message: "Enum value 'MOBILE' was removed from enum 'Scope'",
    },
    {
      name: 'with a new member of a union',
      change: ['= Captcha', '= ServiceUnavailableError | Captcha'],
      heading: 'May break',
      message: "Member 'ServiceUnavailableError' was added to Union type 'CaptchaResult'",
    },
    {
      name: 'with a new enum value',
      change: ['MOBILE,', 'MOBILE, SERVICE,'],
      heading: 'May break',
      message: "Enum value 'SERVICE' was added to enum 'Scope'",
    },
  ] as const;

  const listing = (heading: string, item: string) =>
    `# Changelog\n\n## [Unreleased]\n\n### Added\n\n- A.\n\n### ${heading}\n\n- B.\n- ${item}\n\n## [0.1.0] - 2026-11-23\n`;

  it.each(incompatible)(
    '$name fails until the changelog lists the change',
    async ({ change: [from, to], heading, message }) => {
      const after = before.replace(from, to);
      const unlisted = (log: string) => unlistedChanges(before, after, log);
      expect(await unlisted(listing(heading, message))).toEqual([]);
      expect(await unlisted(listing(heading, `${message}:\n  do this.`))).toEqual([]);

      const missing = [`### ${heading}: - ${message}`];
      expect(await unlisted('# Changelog\n')).toEqual(missing);
      expect(await unlisted(listing('Added', message))).toEqual(missing);
      expect(await unlisted(listing(heading, `${message} no more`))).toEqual(missing);
      const listedOnceBefore = listing(heading, message).replace('[Unreleased]', '[0.2.0] - 2026-12-24');
      expect(await unlisted(listedOnceBefore)).toEqual(missing);
    },
  );

  it.each([
    ['another description', '"Its width."', '"Its width in pixels."'],
    ['a new field', 'width: Int!', 'width: Int!, height: Int!'],
    ['a new optional input', 'input CaptchaInput {', 'input CaptchaInput { height: Int'],
  ])('with %s passes', async (_name, from, to) => {
    const after = before.replace(from, to);
    expect(after).not.toBe(before);
    expect(await unlistedChanges(before, after, '# Changelog\n')).toEqual([]);
  });
});
