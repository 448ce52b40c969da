// Writes the file of a new migration, and adds it to the exports of migrations.ts in the same directory.

import { appendFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { MigrationDiff } from '@mikro-orm/core';
import { TSMigrationGenerator } from '@mikro-orm/migrations';

export function migrationFileName(timestamp: string, name?: string): string {
  const suffix = name === undefined ? '' : `-${name.replace(/\W+/g, '-')}`;
  return `migration-${timestamp}${suffix}`;
}

export class MigrationGenerator extends TSMigrationGenerator {
  override async generate(diff: MigrationDiff, path?: string, name?: string): Promise<[string, string]> {
    const [code, fileName] = await super.generate(diff, path, name);
    const [, className] = /^export class (\w+)/m.exec(code) ?? [];
    const list = resolve(path ?? this.options.path ?? '.', 'migrations.ts');
    await appendFile(list, `export { ${className} } from './${fileName}';\n`);
    return [code, fileName];
  }

  override generateMigrationFile(className: string, { up, down }: MigrationDiff): string {
    const methods = [method('up', up), ...(down.length > 0 ? [method('down', down)] : [])];
    return [
      "import { Migration } from '@mikro-orm/migrations';",
      '',
      `export class ${className} extends Migration {`,
      methods.join('\n\n'),
      '}',
      '',
    ].join('\n');
  }
}

function method(name: string, statements: readonly string[]): string {
  const calls = statements.filter((sql) => sql !== '').map(addSql);
  return [`  override ${name}(): void {`, ...calls, '  }'].join('\n');
}

function addSql(sql: string): string {
  const escaped = sql
    .replace(/;$/, '')
    .replace(/[`$\\]/g, '\\$&')
    .replaceAll('\n', '\n      ');
  return `    this.addSql(\`\n      ${escaped}\`);`;
}
