// schema.graphql, from which clients in every language are generated.

import { describe, expect, it } from '@jest/globals';
import { buildSchema, isObjectType, isUnionType, printSchema } from 'graphql';
import * as captchaSchema from '../../src/captcha/captcha.schema.ts';
import { RetryableError } from '../../src/errors/retryable-error.ts';
import * as serviceUnavailable from '../../src/errors/service-unavailable.ts';
import { UserError } from '../../src/errors/user-error.ts';
import { possibleTypes } from '../../src/graphql/possible-types.ts';
import { createSchema } from '../../src/graphql/schema.ts';
import * as rateLimitingSchema from '../../src/rate-limiting/rate-limiting.schema.ts';
import { resolvers } from '../../src/resolvers.ts';
import * as userSchema from '../../src/users/user.schema.ts';
import * as registerUserSchema from '../../src/verification/register-user/register-user.schema.ts';
import * as requestSmsCodeSchema from '../../src/verification/request-sms-code/request-sms-code.schema.ts';
import * as smsDeliverySchema from '../../src/verification/sms-delivery/sms-delivery.schema.ts';
import * as verificationSchema from '../../src/verification/verification.schema.ts';
import * as verifySmsCodeSchema from '../../src/verification/verify-sms-code/verify-sms-code.schema.ts';
import { readProjectFile } from '../support/sources.ts';

const built = createSchema(resolvers);

describe('schema.graphql', () => {
  it('is the schema of the service: run `npm run schema` if this fails', () => {
    expect(readProjectFile('schema.graphql')).toBe(`${printSchema(built)}\n`);
    const types = JSON.parse(readProjectFile('possible-types.json'));
    expect(types).toEqual(possibleTypes(built));
    expect(types.UserError).toContain('CaptchaExpiredError');
    expect(types.RetryableError).toEqual([
      'TooManyRequestsError',
      'ServiceUnavailableError',
      'SmsSendFailedError',
    ]);
  });

  it('is a valid schema', () => {
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

  it('is a member of a union, whose first member is the success', () => {
    const unions = Object.values(built.getTypeMap()).filter(isUnionType);
    const members = new Set(unions.flatMap((union) => union.getTypes().map(({ name }) => name)));
    for (const { name } of errors) expect(members).toContain(name);
    for (const union of unions) expect(union.getTypes()[0]?.getInterfaces()).toEqual([]);
  });

  it('extends UserError or RetryableError directly: a union resolves a value to its first class that matches', () => {
    const classes = [
      captchaSchema,
      rateLimitingSchema,
      serviceUnavailable,
      userSchema,
      verificationSchema,
      requestSmsCodeSchema,
      verifySmsCodeSchema,
      registerUserSchema,
      smsDeliverySchema,
    ].flatMap(Object.values);
    const extending = classes.filter(
      (value) => value !== RetryableError && value?.prototype instanceof UserError,
    );
    expect(extending.map(({ name }) => name).sort()).toEqual(errors.map(({ name }) => name).sort());
    const parents = [UserError.prototype, RetryableError.prototype];
    for (const { prototype } of extending) expect(parents).toContain(Object.getPrototypeOf(prototype));
  });
});
