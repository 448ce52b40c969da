/* eslint-disable */
import * as types from './graphql';
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';

/**
 * Map of all GraphQL operations in the project.
 *
 * This map has several performance disadvantages:
 * 1. It is not tree-shakeable, so it will include all operations in the project.
 * 2. It is not minifiable, so the string of a GraphQL query will be multiple times inside the bundle.
 * 3. It does not support dead code elimination, so it will add unused operations.
 *
 * Therefore it is highly recommended to use the babel or swc plugin for production.
 * Learn more about it here: https://the-guild.dev/graphql/codegen/plugins/presets/preset-client#reducing-bundle-size
 */
type Documents = {
    "query ImageCaptcha {\n  imageCaptcha {\n    __typename\n    ... on ImageCaptcha {\n      id\n      image\n      width\n      height\n      expiresInSeconds\n    }\n    ... on UserError {\n      message\n    }\n    ... on TooManyRequestsError {\n      scope\n      retryAfterSeconds\n    }\n    ... on ServiceUnavailableError {\n      retryAfterSeconds\n    }\n  }\n}\n\nmutation RequestSmsCode($input: RequestSmsCodeInput!) {\n  requestSmsCode(input: $input) {\n    __typename\n    ... on SmsCodeSent {\n      mobile\n      codeLength\n      expiresInSeconds\n      resendAfterSeconds\n    }\n    ... on UserError {\n      message\n    }\n    ... on IncompleteInputError {\n      missingFields\n    }\n    ... on TooManyRequestsError {\n      scope\n      retryAfterSeconds\n    }\n    ... on SmsSendFailedError {\n      mayStillArrive\n      retryAfterSeconds\n    }\n    ... on ServiceUnavailableError {\n      retryAfterSeconds\n    }\n  }\n}\n\nmutation VerifySmsCode($input: VerifySmsCodeInput!) {\n  verifySmsCode(input: $input) {\n    __typename\n    ... on MobileVerified {\n      verificationToken\n      expiresInSeconds\n    }\n    ... on UserError {\n      message\n    }\n    ... on IncompleteInputError {\n      missingFields\n    }\n    ... on SmsCodeMismatchError {\n      attemptsRemaining\n    }\n    ... on TooManyRequestsError {\n      scope\n      retryAfterSeconds\n    }\n    ... on ServiceUnavailableError {\n      retryAfterSeconds\n    }\n  }\n}\n\nmutation RegisterUser($input: RegisterUserInput!) {\n  registerUser(input: $input) {\n    __typename\n    ... on UserRegistered {\n      user {\n        id\n        mobile\n        registeredAt\n      }\n    }\n    ... on UserError {\n      message\n    }\n    ... on ServiceUnavailableError {\n      retryAfterSeconds\n    }\n  }\n}": typeof types.ImageCaptchaDocument,
};
const documents: Documents = {
    "query ImageCaptcha {\n  imageCaptcha {\n    __typename\n    ... on ImageCaptcha {\n      id\n      image\n      width\n      height\n      expiresInSeconds\n    }\n    ... on UserError {\n      message\n    }\n    ... on TooManyRequestsError {\n      scope\n      retryAfterSeconds\n    }\n    ... on ServiceUnavailableError {\n      retryAfterSeconds\n    }\n  }\n}\n\nmutation RequestSmsCode($input: RequestSmsCodeInput!) {\n  requestSmsCode(input: $input) {\n    __typename\n    ... on SmsCodeSent {\n      mobile\n      codeLength\n      expiresInSeconds\n      resendAfterSeconds\n    }\n    ... on UserError {\n      message\n    }\n    ... on IncompleteInputError {\n      missingFields\n    }\n    ... on TooManyRequestsError {\n      scope\n      retryAfterSeconds\n    }\n    ... on SmsSendFailedError {\n      mayStillArrive\n      retryAfterSeconds\n    }\n    ... on ServiceUnavailableError {\n      retryAfterSeconds\n    }\n  }\n}\n\nmutation VerifySmsCode($input: VerifySmsCodeInput!) {\n  verifySmsCode(input: $input) {\n    __typename\n    ... on MobileVerified {\n      verificationToken\n      expiresInSeconds\n    }\n    ... on UserError {\n      message\n    }\n    ... on IncompleteInputError {\n      missingFields\n    }\n    ... on SmsCodeMismatchError {\n      attemptsRemaining\n    }\n    ... on TooManyRequestsError {\n      scope\n      retryAfterSeconds\n    }\n    ... on ServiceUnavailableError {\n      retryAfterSeconds\n    }\n  }\n}\n\nmutation RegisterUser($input: RegisterUserInput!) {\n  registerUser(input: $input) {\n    __typename\n    ... on UserRegistered {\n      user {\n        id\n        mobile\n        registeredAt\n      }\n    }\n    ... on UserError {\n      message\n    }\n    ... on ServiceUnavailableError {\n      retryAfterSeconds\n    }\n  }\n}": types.ImageCaptchaDocument,
};

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 *
 *
 * @example
 * ```ts
 * const query = graphql(`query GetUser($id: ID!) { user(id: $id) { name } }`);
 * ```
 *
 * The query argument is unknown!
 * Please regenerate the types.
 */
export function graphql(source: string): unknown;

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query ImageCaptcha {\n  imageCaptcha {\n    __typename\n    ... on ImageCaptcha {\n      id\n      image\n      width\n      height\n      expiresInSeconds\n    }\n    ... on UserError {\n      message\n    }\n    ... on TooManyRequestsError {\n      scope\n      retryAfterSeconds\n    }\n    ... on ServiceUnavailableError {\n      retryAfterSeconds\n    }\n  }\n}\n\nmutation RequestSmsCode($input: RequestSmsCodeInput!) {\n  requestSmsCode(input: $input) {\n    __typename\n    ... on SmsCodeSent {\n      mobile\n      codeLength\n      expiresInSeconds\n      resendAfterSeconds\n    }\n    ... on UserError {\n      message\n    }\n    ... on IncompleteInputError {\n      missingFields\n    }\n    ... on TooManyRequestsError {\n      scope\n      retryAfterSeconds\n    }\n    ... on SmsSendFailedError {\n      mayStillArrive\n      retryAfterSeconds\n    }\n    ... on ServiceUnavailableError {\n      retryAfterSeconds\n    }\n  }\n}\n\nmutation VerifySmsCode($input: VerifySmsCodeInput!) {\n  verifySmsCode(input: $input) {\n    __typename\n    ... on MobileVerified {\n      verificationToken\n      expiresInSeconds\n    }\n    ... on UserError {\n      message\n    }\n    ... on IncompleteInputError {\n      missingFields\n    }\n    ... on SmsCodeMismatchError {\n      attemptsRemaining\n    }\n    ... on TooManyRequestsError {\n      scope\n      retryAfterSeconds\n    }\n    ... on ServiceUnavailableError {\n      retryAfterSeconds\n    }\n  }\n}\n\nmutation RegisterUser($input: RegisterUserInput!) {\n  registerUser(input: $input) {\n    __typename\n    ... on UserRegistered {\n      user {\n        id\n        mobile\n        registeredAt\n      }\n    }\n    ... on UserError {\n      message\n    }\n    ... on ServiceUnavailableError {\n      retryAfterSeconds\n    }\n  }\n}"): (typeof documents)["query ImageCaptcha {\n  imageCaptcha {\n    __typename\n    ... on ImageCaptcha {\n      id\n      image\n      width\n      height\n      expiresInSeconds\n    }\n    ... on UserError {\n      message\n    }\n    ... on TooManyRequestsError {\n      scope\n      retryAfterSeconds\n    }\n    ... on ServiceUnavailableError {\n      retryAfterSeconds\n    }\n  }\n}\n\nmutation RequestSmsCode($input: RequestSmsCodeInput!) {\n  requestSmsCode(input: $input) {\n    __typename\n    ... on SmsCodeSent {\n      mobile\n      codeLength\n      expiresInSeconds\n      resendAfterSeconds\n    }\n    ... on UserError {\n      message\n    }\n    ... on IncompleteInputError {\n      missingFields\n    }\n    ... on TooManyRequestsError {\n      scope\n      retryAfterSeconds\n    }\n    ... on SmsSendFailedError {\n      mayStillArrive\n      retryAfterSeconds\n    }\n    ... on ServiceUnavailableError {\n      retryAfterSeconds\n    }\n  }\n}\n\nmutation VerifySmsCode($input: VerifySmsCodeInput!) {\n  verifySmsCode(input: $input) {\n    __typename\n    ... on MobileVerified {\n      verificationToken\n      expiresInSeconds\n    }\n    ... on UserError {\n      message\n    }\n    ... on IncompleteInputError {\n      missingFields\n    }\n    ... on SmsCodeMismatchError {\n      attemptsRemaining\n    }\n    ... on TooManyRequestsError {\n      scope\n      retryAfterSeconds\n    }\n    ... on ServiceUnavailableError {\n      retryAfterSeconds\n    }\n  }\n}\n\nmutation RegisterUser($input: RegisterUserInput!) {\n  registerUser(input: $input) {\n    __typename\n    ... on UserRegistered {\n      user {\n        id\n        mobile\n        registeredAt\n      }\n    }\n    ... on UserError {\n      message\n    }\n    ... on ServiceUnavailableError {\n      retryAfterSeconds\n    }\n  }\n}"];

export function graphql(source: string) {
  return (documents as any)[source] ?? {};
}

export type DocumentType<TDocumentNode extends DocumentNode<any, any>> = TDocumentNode extends DocumentNode<  infer TType,  any>  ? TType  : never;