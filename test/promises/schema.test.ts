// schema.graphql, the product for clients of every language.

import { describe, expect, it } from '@jest/globals';
import { buildSchema, isInterfaceType, isObjectType, isUnionType, printSchema } from 'graphql';
import { createSchema } from '../../src/graphql/schema.ts';
import { resolvers } from '../../src/resolvers.ts';
import { readProjectFile } from '../support/sources.ts';

const built = createSchema(resolvers);

describe('schema.graphql', () => {
  it('is what the program serves; `npm run schema` writes it', () => {
    expect(readProjectFile('schema.graphql')).toBe(`${printSchema(built)}\n`);
  });

  it('reads as a schema by itself', () => {
    expect(Object.keys(buildSchema(readProjectFile('schema.graphql')).getTypeMap())).toContain(
      'RequestSmsCodeResult',
    );
  });
});

describe('an error type', () => {
  const errors = Object.values(built.getTypeMap())
    .filter(isObjectType)
    .filter((type) => type.getInterfaces().some(({ name }) => name === 'UserError'));

  it('ends in Error and says when it is returned', () => {
    expect(errors.length).toBeGreaterThan(8);
    for (const { name, description } of errors) {
      expect(name).toMatch(/Error$/);
      expect(description).toMatch(/^Returned when /);
    }
  });

  it('is a member of a union, which begins with its success', () => {
    const unions = Object.values(built.getTypeMap()).filter(isUnionType);
    const members = new Set(unions.flatMap((union) => union.getTypes().map(({ name }) => name)));
    for (const { name } of errors) expect(members).toContain(name);
    for (const union of unions) expect(union.getTypes()[0]?.getInterfaces()).toEqual([]);
  });

  it('never extends another, since the first that fits would answer for it', () => {
    expect(
      Object.values(built.getTypeMap())
        .filter(isInterfaceType)
        .map(({ name }) => name),
    ).toEqual(['UserError']);
  });
});
