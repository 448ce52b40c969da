// The operations of the SDK. Their types are generated from the schema.
//
// `__typename` tells the members of a union apart. `... on UserError { message }` covers the errors that the service has gained
// since the page was deployed.

export const IMAGE_CAPTCHA = /* GraphQL */ `
  query ImageCaptcha {
    imageCaptcha {
      __typename
      ... on ImageCaptcha { id image width height expiresInSeconds }
      ... on UserError { message }
      ... on TooManyRequestsError { scope retryAfterSeconds }
      ... on ServiceUnavailableError { retryAfterSeconds }
    }
  }
`;

export const PROOF_OF_WORK_CAPTCHA = /* GraphQL */ `
  query ProofOfWorkCaptcha {
    proofOfWorkCaptcha {
      __typename
      ... on ProofOfWorkCaptcha { id salt iterations prefix largestCounter expiresInSeconds }
      ... on UserError { message }
      ... on TooManyRequestsError { scope retryAfterSeconds }
      ... on ServiceUnavailableError { retryAfterSeconds }
    }
  }
`;

export const REQUEST_SMS_CODE = /* GraphQL */ `
  mutation RequestSmsCode($input: RequestSmsCodeInput!) {
    requestSmsCode(input: $input) {
      __typename
      ... on SmsCodeSent { mobile codeLength expiresInSeconds resendAfterSeconds deliveryId }
      ... on UserError { message }
      ... on IncompleteInputError { missingFields }
      ... on TooManyRequestsError { scope retryAfterSeconds }
      ... on SmsSendFailedError { mayStillArrive retryAfterSeconds }
      ... on ServiceUnavailableError { retryAfterSeconds }
    }
  }
`;

export const SMS_DELIVERY = /* GraphQL */ `
  query SmsDelivery($id: ID!) {
    smsDelivery(id: $id) {
      __typename
      ... on SmsDelivery { id status }
      ... on UserError { message }
      ... on TooManyRequestsError { scope retryAfterSeconds }
      ... on ServiceUnavailableError { retryAfterSeconds }
    }
  }
`;

export const VERIFY_SMS_CODE = /* GraphQL */ `
  mutation VerifySmsCode($input: VerifySmsCodeInput!) {
    verifySmsCode(input: $input) {
      __typename
      ... on MobileVerified { verificationToken expiresInSeconds }
      ... on UserError { message }
      ... on IncompleteInputError { missingFields }
      ... on SmsCodeMismatchError { attemptsRemaining }
      ... on TooManyRequestsError { scope retryAfterSeconds }
      ... on ServiceUnavailableError { retryAfterSeconds }
    }
  }
`;

export const REGISTER_USER = /* GraphQL */ `
  mutation RegisterUser($input: RegisterUserInput!) {
    registerUser(input: $input) {
      __typename
      ... on UserRegistered { user { id mobile registeredAt } }
      ... on UserError { message }
      ... on ServiceUnavailableError { retryAfterSeconds }
    }
  }
`;
