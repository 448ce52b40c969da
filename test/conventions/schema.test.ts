// schema.graphql, the product for clients of every language.

import { describe, expect, it } from '@jest/globals';
import { buildSchema, isObjectType, isUnionType, printSchema } from 'graphql';
import * as captchaSchema from '../../src/captcha/captcha.schema.ts';
import * as dependency from '../../src/common/dependency.ts';
import { UserError } from '../../src/errors/user-error.ts';
import { createSchema } from '../../src/graphql/schema.ts';
import * as rateLimitSchema from '../../src/rate-limiting/rate-limiting.schema.ts';
import { resolvers } from '../../src/resolvers.ts';
import * as userSchema from '../../src/users/user.schema.ts';
import * as registerUserSchema from '../../src/verification/register-user/register-user.schema.ts';
import * as requestSmsCodeSchema from '../../src/verification/request-sms-code/request-sms-code.schema.ts';
import * as verificationSchema from '../../src/verification/verification.schema.ts';
import * as verifySmsCodeSchema from '../../src/verification/verify-sms-code/verify-sms-code.schema.ts';
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
    const classes = [
      captchaSchema,
      rateLimitSchema,
      dependency,
      userSchema,
      verificationSchema,
      requestSmsCodeSchema,
      verifySmsCodeSchema,
      registerUserSchema,
    ].flatMap(Object.values);
    const extending = classes.filter((value) => value?.prototype instanceof UserError);
    expect(extending.map(({ name }) => name).sort()).toEqual(errors.map(({ name }) => name).sort());
    for (const { prototype } of extending) expect(Object.getPrototypeOf(prototype)).toBe(UserError.prototype);
  });
});
