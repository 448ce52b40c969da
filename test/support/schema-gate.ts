// Compares a schema with the released one. A change that breaks clients is allowed if the changelog lists it.

import { type Change, CriticalityLevel, diff } from '@graphql-inspector/core';
import { buildSchema } from 'graphql';

/** The headings below `## [Unreleased]` in `CHANGELOG.md` that list changes for clients. */
const HEADINGS: Partial<Record<CriticalityLevel, string>> = {
  [CriticalityLevel.Breaking]: 'Breaking',
  [CriticalityLevel.Dangerous]: 'May break',
};

/** The entries that the changelog lacks, each with its heading. */
export async function unlistedChanges(
  released: string,
  current: string,
  changelog: string,
): Promise<string[]> {
  const changes = await diff(buildSchema(released), buildSchema(current));
  return changes.flatMap((change) => {
    const heading = HEADINGS[change.criticality.level];
    if (heading === undefined || isListed(change, itemsBelow(changelog, heading))) return [];
    return [`### ${heading}: - ${change.message}`];
  });
}

/** An item is the message of the change. An explanation may follow after a colon. */
function isListed({ message }: Change, items: readonly string[]): boolean {
  return items.some((item) => item === message || item.startsWith(`${message}: `));
}

function itemsBelow(changelog: string, heading: string): string[] {
  const unreleased = sectionOf(changelog, '## [Unreleased]', /^## /m);
  return sectionOf(unreleased, `### ${heading}`, /^### /m)
    .split(/^- /m)
    .slice(1)
    .map((item) => item.replace(/\s+/g, ' ').trim());
}

function sectionOf(text: string, heading: string, end: RegExp): string {
  const [, after = ''] = text.split(`\n${heading}\n`);
  return after.split(end, 1)[0] ?? '';
}

/** The released versions in the changelog, the latest first. */
export function releasedVersions(changelog: string): string[] {
  return [...changelog.matchAll(/^## \[(\d+\.\d+\.\d+)\] - \d{4}-\d{2}-\d{2}$/gm)].map(
    ([, version = '']) => version,
  );
}
