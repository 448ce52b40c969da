// Reads the Markdown documents of the project.

import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { dirname, normalize } from 'node:path/posix';
import { projectRoot } from './project-root.ts';
import { readProjectFile, type SourceFile } from './sources.ts';

const IGNORED = /(^|\/)(node_modules|dist|build-test|\.data|\.git|results|generated)$/;

/** All Markdown files, by their paths from the root of the project. */
export function markdownFiles(folder = ''): SourceFile[] {
  return readdirSync(join(projectRoot, folder), { withFileTypes: true })
    .map((entry) => ({ entry, path: folder === '' ? entry.name : `${folder}/${entry.name}` }))
    .filter(({ path }) => !IGNORED.test(path))
    .flatMap(({ entry, path }) => {
      if (entry.isDirectory()) return markdownFiles(path);
      return path.endsWith('.md') ? [{ path, text: readProjectFile(path) }] : [];
    });
}

const FENCE = /^( *)(```+)(\w*)\n([\s\S]*?)^\1\2 *$/gm;

/** The fenced code blocks of one language. */
export function codeBlocks(text: string, language: string): string[] {
  return [...text.matchAll(FENCE)].filter((match) => match[3] === language).map((match) => match[4] ?? '');
}

export function withoutCodeBlocks(text: string): string {
  return text.replace(FENCE, '');
}

/** The contents of `inline code`. */
export function inlineCode(text: string): string[] {
  return [...withoutCodeBlocks(text).matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code);
}

/** The targets of links and images, in their order. */
export function linkTargets(text: string): string[] {
  const prose = withoutCodeBlocks(text).replace(/`[^`\n]*`/g, 'code');
  return [...prose.matchAll(/\]\(([^()\s]+)\)/g)].map(([, target = '']) => target);
}

export function headings(text: string): { readonly level: number; readonly title: string }[] {
  return [...withoutCodeBlocks(text).matchAll(/^(#{1,6}) (.+)$/gm)].map(([, marks = '', title = '']) => ({
    level: marks.length,
    title,
  }));
}

/** The anchors that code hosts create for the headings. Equal headings get a number. */
export function anchors(text: string): string[] {
  const seen = new Map<string, number>();
  return headings(text).map(({ title }) => {
    const slug = title
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replace(/\s/g, '-');
    const count = seen.get(slug) ?? 0;
    seen.set(slug, count + 1);
    return count === 0 ? slug : `${slug}-${count}`;
  });
}

/** The relative links of a document that do not resolve: no such file, or no such heading. */
export function brokenLinks({ path, text }: SourceFile): string[] {
  return linkTargets(text).filter((target) => {
    if (/^[a-z]+:/.test(target)) return false;
    const [file = '', anchor] = target.split('#');
    const linked = file === '' ? path : normalize(`${dirname(path)}/${file}`);
    if (!existsSync(join(projectRoot, linked)) && linked !== path) return true;
    if (anchor === undefined) return false;
    if (linked === path) return !anchors(text).includes(anchor);
    if (statSync(join(projectRoot, linked)).isDirectory()) return true;
    return !anchors(readProjectFile(linked)).includes(anchor);
  });
}
