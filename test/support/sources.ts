// The files of the project, for tests of its conventions.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from './project-root.ts';

export interface SourceFile {
  /** From the root of the project: `src/app.ts`. */
  readonly path: string;
  readonly text: string;
}

export function readProjectFile(path: string): string {
  return readFileSync(join(projectRoot, path), 'utf8');
}

export function sourceFiles(): SourceFile[] {
  return filesBelow('src', /\.ts$/);
}

export function filesBelow(folder: string, name: RegExp): SourceFile[] {
  return readdirSync(join(projectRoot, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => name.test(path))
    .map((path) => `${folder}/${path.replaceAll('\\', '/')}`)
    .map((path) => ({ path, text: readProjectFile(path) }));
}

/** The rows of the first Markdown table below a heading, as cells without the backticks of code. */
export function tableBelow(document: string, heading: string): string[][] {
  const section = document.split(new RegExp(`^#+ ${heading}$`, 'm'))[1];
  if (section === undefined) throw new Error(`no heading "${heading}"`);
  const [table = ''] = section.split(/^#+ /m, 1)[0]?.match(/(^\|.*\|\n)+/m) ?? [];
  const rows = table.split('\n').filter(Boolean);
  const cells = rows.map((row) =>
    row
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim().replaceAll('`', '')),
  );
  return cells.slice(2);
}
