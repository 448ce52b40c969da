// The limits on root fields, operations and aliases of a document.

import { describe, expect, it } from '@jest/globals';
import { buildSchema, parse, specifiedRules, type ValidationRule, validate } from 'graphql';
import { maxAliases, maxOperations, maxRootFields } from '../../src/graphql/query-limits.ts';

const schema = buildSchema(`
  type Query { a: Thing, b: Thing, c: Int }
  type Mutation { send(to: Int): Int, verify(code: Int): Int }
  type Thing { id: Int, name: String, thing: Thing }
`);

function errorsOf(rule: ValidationRule, document: string): string[] {
  return validate(schema, parse(document), [rule]).map(({ message }) => message);
}

function expectValid(document: string): void {
  expect(validate(schema, parse(document), specifiedRules)).toEqual([]);
}

describe('a limit of one root field', () => {
  const rule = maxRootFields(1);
  const error = ['An operation may select at most 1 root field(s).'];

  it.each([
    ['one field', '{ a { id } }'],
    ['one field with many below it', '{ a { id name thing { id name thing { id name } } } }'],
    ['__typename alone', '{ __typename }'],
    ['one field besides __typename', '{ __typename c }'],
    ['introspection besides one field', '{ __schema { description } __type(name: "Thing") { name } c }'],
    ['one field in an inline fragment', '{ ... on Query { c } }'],
    ['one field deep in inline fragments', '{ ... { ... on Query { ... @include(if: true) { c } } } }'],
    ['one field in a fragment', '{ ...F } fragment F on Query { c }'],
    ['one field in a fragment that is spread twice', '{ ...F ...F } fragment F on Query { c }'],
    [
      'one field that two fragments reach',
      '{ ...F ...G } fragment F on Query { ...H } fragment G on Query { ...H } fragment H on Query { c }',
    ],
    ['one field in each of several operations', 'query A { c } query B { a { id } } mutation C { send }'],
    ['a fragment that two operations share', 'query A { ...F } query B { ...F } fragment F on Query { c }'],
    ['fields of a fragment below the root', '{ a { ...T } } fragment T on Thing { id name }'],
  ])('accepts %s', (_what, document) => {
    expectValid(document);
    expect(errorsOf(rule, document)).toEqual([]);
  });

  it.each([
    ['two fields', '{ a { id } b { id } }'],
    ['the same field under two aliases', 'mutation { x: send(to: 1) y: send(to: 2) }'],
    ['a field besides its alias', '{ c d: c }'],
    ['two mutations', 'mutation { send verify }'],
    ['a field and another in an inline fragment', '{ c ... on Query { a { id } } }'],
    ['fields in two inline fragments', '{ ... on Query { c } ... { a { id } } }'],
    ['a second field three inline fragments deep', '{ c ... { ... on Query { ... { a { id } } } } }'],
    ['two fields in a fragment', '{ ...F } fragment F on Query { c a { id } }'],
    ['a field and another in a fragment', '{ c ...F } fragment F on Query { a { id } }'],
    [
      'a field in each of two fragments',
      '{ ...F ...G } fragment F on Query { c } fragment G on Query { a { id } }',
    ],
    [
      'a second field behind fragments in fragments',
      '{ ...F } fragment F on Query { c ...G } fragment G on Query { ... { ...H } } fragment H on Query { a { id } }',
    ],
    ['two fields of which one is skipped', '{ c @skip(if: true) a { id } }'],
    [
      'two fields of which one is included under a condition',
      'query ($x: Boolean!) { c @include(if: $x) a { id } }',
    ],
  ])('rejects %s', (_what, document) => {
    expectValid(document);
    expect(errorsOf(rule, document)).toEqual(error);
  });

  it('counts a field whose alias looks like introspection', () => {
    expect(errorsOf(rule, '{ __a: c __b: c }')).toEqual(error);
  });

  it('rejects a document once if any of its operations exceeds it', () => {
    expect(errorsOf(rule, 'query A { c } query B { c a { id } } mutation C { send verify }')).toEqual(error);
  });

  it('terminates on fragments that spread themselves', () => {
    expect(errorsOf(rule, '{ ...F } fragment F on Query { c ...F }')).toEqual([]);
    expect(
      errorsOf(rule, '{ ...F } fragment F on Query { c ...G } fragment G on Query { a { id } ...F }'),
    ).toEqual(error);
  });

  it('terminates on a fragment that does not exist', () => {
    expect(errorsOf(rule, '{ c ...Nowhere }')).toEqual([]);
  });

  it('may be higher than one', () => {
    expect(errorsOf(maxRootFields(2), '{ a { id } b { id } }')).toEqual([]);
    expect(errorsOf(maxRootFields(2), '{ a { id } b { id } c }')).toHaveLength(1);
  });

  it('is checked quickly in a document of many fragments that spread each other', () => {
    const fragments = Array.from(
      { length: 200 },
      (_, index) => `fragment F${index} on Query { ...F${index + 1} ...F${index + 1} }`,
    );
    const document = `{ ...F0 ...F0 } ${fragments.join(' ')} fragment F200 on Query { c }`;
    const startedMs = performance.now();
    expect(errorsOf(rule, document)).toEqual([]);
    expect(performance.now() - startedMs).toBeLessThan(500);
  });
});

describe('a limit of two operations', () => {
  const rule = maxOperations(2);

  it.each([
    ['one', '{ c }'],
    ['two', 'query A { c } mutation B { send }'],
    [
      'two and any number of fragments',
      'query A { ...F ...G ...H } query B { c } fragment F on Query { c } fragment G on Query { c } fragment H on Query { c }',
    ],
  ])('accepts %s', (_what, document) => {
    expectValid(document);
    expect(errorsOf(rule, document)).toEqual([]);
  });

  it('rejects three operations, and thirty with one error', () => {
    const operations = (count: number) =>
      Array.from({ length: count }, (_, index) => `query Q${index} { c }`).join(' ');
    expect(errorsOf(rule, operations(3))).toEqual(['A document may contain at most 2 operations.']);
    expect(errorsOf(rule, operations(30))).toHaveLength(1);
  });
});

describe('a limit of two aliases', () => {
  const rule = maxAliases(2);
  const error = ['A document may use at most 2 aliases.'];

  it.each([
    ['no alias', '{ a { id name } b { id } c }'],
    ['two', '{ x: c a { y: id } }'],
    ['the same one twice, once in each operation', 'query A { x: c } query B { x: c }'],
  ])('accepts %s', (_what, document) => {
    expectValid(document);
    expect(errorsOf(rule, document)).toEqual([]);
  });

  it.each([
    ['at the root', '{ x: c y: c z: c }'],
    ['at every depth', '{ x: a { y: thing { z: id } } }'],
    ['in fragments', '{ ...F a { x: id } } fragment F on Query { y: c ... { z: c } }'],
    ['of the name of the field itself', '{ c: c a { id: id name: name } }'],
    ['of __typename', '{ x: __typename y: __typename z: __typename }'],
    ['in several operations', 'query A { x: c } query B { y: c } query C { z: c }'],
  ])('rejects three aliases %s', (_where, document) => {
    expectValid(document);
    expect(errorsOf(rule, document)).toEqual(error);
  });

  it('is reported once, for any number of aliases', () => {
    const many = Array.from({ length: 1000 }, (_, index) => `x${index}: c`).join(' ');
    expect(errorsOf(rule, `{ ${many} }`)).toEqual(error);
    expect(errorsOf(rule, `{ x: c y: c z: c ${'c '.repeat(1000)} }`)).toEqual(error);
  });
});

describe('all three limits', () => {
  it('apply to each document separately', () => {
    const rules = [maxRootFields(1), maxOperations(1), maxAliases(1)];
    for (let round = 0; round < 3; round += 1) {
      expect(validate(schema, parse('{ x: c }'), rules)).toEqual([]);
    }
  });
});
