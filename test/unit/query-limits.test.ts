// Documents that ask for many things at once, and how each of them is counted.

import { describe, expect, it } from '@jest/globals';
import { buildSchema, parse, specifiedRules, type ValidationRule, validate } from 'graphql';
import { maxAliases, maxOperations, maxRootFields } from '../../src/graphql/query-limits.ts';

const schema = buildSchema(`
  type Query { a: Thing, b: Thing, c: Int }
  type Mutation { send(to: Int): Int, verify(code: Int): Int }
  type Thing { id: Int, name: String, thing: Thing }
`);

function faults(rule: ValidationRule, document: string): string[] {
  return validate(schema, parse(document), [rule]).map(({ message }) => message);
}

function expectValid(document: string): void {
  expect(validate(schema, parse(document), specifiedRules)).toEqual([]);
}

describe('root fields, of which one is allowed', () => {
  const rule = maxRootFields(1);
  const refusal = ['An operation may select at most 1 root field(s).'];

  it.each([
    ['one field', '{ a { id } }'],
    ['one field with many below it', '{ a { id name thing { id name thing { id name } } } }'],
    ['__typename alone', '{ __typename }'],
    ['one field beside __typename', '{ __typename c }'],
    ['introspection beside one field', '{ __schema { description } __type(name: "Thing") { name } c }'],
    ['one field in an inline fragment', '{ ... on Query { c } }'],
    ['one field deep in inline fragments', '{ ... { ... on Query { ... @include(if: true) { c } } } }'],
    ['one field in a fragment', '{ ...F } fragment F on Query { c }'],
    ['one field in a fragment that is spread twice', '{ ...F ...F } fragment F on Query { c }'],
    [
      'one field that two fragments lead to',
      '{ ...F ...G } fragment F on Query { ...H } fragment G on Query { ...H } fragment H on Query { c }',
    ],
    ['one field in each of several operations', 'query A { c } query B { a { id } } mutation C { send }'],
    ['a fragment that two operations share', 'query A { ...F } query B { ...F } fragment F on Query { c }'],
    ['fields of a fragment below the root', '{ a { ...T } } fragment T on Thing { id name }'],
  ])('take %s', (_what, document) => {
    expectValid(document);
    expect(faults(rule, document)).toEqual([]);
  });

  it.each([
    ['two fields', '{ a { id } b { id } }'],
    ['the same field under two aliases', 'mutation { x: send(to: 1) y: send(to: 2) }'],
    ['a field beside its alias', '{ c d: c }'],
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
    ['two fields of which one is perhaps included', 'query ($x: Boolean!) { c @include(if: $x) a { id } }'],
  ])('refuse %s', (_what, document) => {
    expectValid(document);
    expect(faults(rule, document)).toEqual(refusal);
  });

  it('count a field whose alias looks like introspection', () => {
    expect(faults(rule, '{ __a: c __b: c }')).toEqual(refusal);
  });

  it('refuse the document for any operation that has too many, and say so once', () => {
    expect(faults(rule, 'query A { c } query B { c a { id } } mutation C { send verify }')).toEqual(refusal);
  });

  it('come to an end with fragments that spread themselves', () => {
    expect(faults(rule, '{ ...F } fragment F on Query { c ...F }')).toEqual([]);
    expect(
      faults(rule, '{ ...F } fragment F on Query { c ...G } fragment G on Query { a { id } ...F }'),
    ).toEqual(refusal);
  });

  it('come to an end with a fragment that does not exist', () => {
    expect(faults(rule, '{ c ...Nowhere }')).toEqual([]);
  });

  it('count up to whatever is allowed', () => {
    expect(faults(maxRootFields(2), '{ a { id } b { id } }')).toEqual([]);
    expect(faults(maxRootFields(2), '{ a { id } b { id } c }')).toHaveLength(1);
  });

  it('are counted quickly in a document of many fragments that spread each other', () => {
    const fragments = Array.from(
      { length: 200 },
      (_, index) => `fragment F${index} on Query { ...F${index + 1} ...F${index + 1} }`,
    );
    const document = `{ ...F0 ...F0 } ${fragments.join(' ')} fragment F200 on Query { c }`;
    const startedMs = performance.now();
    expect(faults(rule, document)).toEqual([]);
    expect(performance.now() - startedMs).toBeLessThan(500);
  });
});

describe('operations, of which two are allowed', () => {
  const rule = maxOperations(2);

  it.each([
    ['one', '{ c }'],
    ['two', 'query A { c } mutation B { send }'],
    [
      'two and any number of fragments',
      'query A { ...F ...G ...H } query B { c } fragment F on Query { c } fragment G on Query { c } fragment H on Query { c }',
    ],
  ])('may be %s', (_what, document) => {
    expectValid(document);
    expect(faults(rule, document)).toEqual([]);
  });

  it('may not be three, nor thirty, which is said once', () => {
    const operations = (count: number) =>
      Array.from({ length: count }, (_, index) => `query Q${index} { c }`).join(' ');
    expect(faults(rule, operations(3))).toEqual(['A document may hold at most 2 operations.']);
    expect(faults(rule, operations(30))).toHaveLength(1);
  });
});

describe('aliases, of which two are allowed', () => {
  const rule = maxAliases(2);
  const refusal = ['A document may use at most 2 aliases.'];

  it.each([
    ['none at all', '{ a { id name } b { id } c }'],
    ['two', '{ x: c a { y: id } }'],
    ['the same one twice, once in each operation', 'query A { x: c } query B { x: c }'],
  ])('may be %s', (_what, document) => {
    expectValid(document);
    expect(faults(rule, document)).toEqual([]);
  });

  it.each([
    ['at the root', '{ x: c y: c z: c }'],
    ['at every depth', '{ x: a { y: thing { z: id } } }'],
    ['in fragments', '{ ...F a { x: id } } fragment F on Query { y: c ... { z: c } }'],
    ['of the name of the field itself', '{ c: c a { id: id name: name } }'],
    ['of __typename', '{ x: __typename y: __typename z: __typename }'],
    ['in several operations', 'query A { x: c } query B { y: c } query C { z: c }'],
  ])('may not be three %s', (_where, document) => {
    expectValid(document);
    expect(faults(rule, document)).toEqual(refusal);
  });

  it('are told of once, however many there are', () => {
    const many = Array.from({ length: 1000 }, (_, index) => `x${index}: c`).join(' ');
    expect(faults(rule, `{ ${many} }`)).toEqual(refusal);
    expect(faults(rule, `{ x: c y: c z: c ${'c '.repeat(1000)} }`)).toEqual(refusal);
  });
});

describe('all three rules', () => {
  it('count anew for each document', () => {
    const rules = [maxRootFields(1), maxOperations(1), maxAliases(1)];
    for (let round = 0; round < 3; round += 1) {
      expect(validate(schema, parse('{ x: c }'), rules)).toEqual([]);
    }
  });
});
