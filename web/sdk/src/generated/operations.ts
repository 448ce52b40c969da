/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
/** The subject of a rate limit. */
export type RateLimitScope =
  /** The network address of the client: an IPv4 address or an IPv6 /64 network. */
  | 'ADDRESS'
  /** The mobile: too many SMS were sent to it, or too many wrong codes were entered for it. */
  | 'MOBILE'
  /** The service as a whole, or the number range of the mobile. */
  | 'SERVICE';

/** Input of `registerUser`. */
export type RegisterUserInput = {
  /** The `verificationToken` of a `MobileVerified` with the purpose `REGISTER`. */
  verificationToken: string;
};

/** Input of `requestSmsCode`. */
export type RequestSmsCodeInput = {
  /** The characters of the image. Case and surrounding spaces are ignored. */
  captchaAnswer: string;
  /** The `id` of an `ImageCaptcha`. A captcha works for one request. An identical retry is a replay. */
  captchaId: string;
  /** A mainland China mobile number of eleven digits. The prefixes `+86`, `0086` and `86`, spaces, dashes and full-width digits are allowed. */
  mobile: string;
  /** What the code is for. */
  purpose?: SmsCodePurpose;
};

/** What a code is for. A code for one purpose cannot be verified for another. */
export type SmsCodePurpose =
  /** Verify the mobile of a registered user. */
  | 'LOGIN'
  /** Register a mobile that is not registered yet. */
  | 'REGISTER';

/** What is known about the delivery of an SMS. */
export type SmsDeliveryStatus =
  /** The provider accepted the SMS and has reported nothing yet. */
  | 'ACCEPTED'
  /** The phone received the SMS, or its code was verified. */
  | 'DELIVERED'
  /** The provider reported that the phone did not receive the SMS. */
  | 'UNDELIVERED'
  /** There was no answer of the provider, or no report for ten minutes. The SMS may still arrive. */
  | 'UNKNOWN';

/** Input of `verifySmsCode`. */
export type VerifySmsCodeInput = {
  /** The code, including leading zeros. Surrounding spaces are ignored and full-width digits are accepted. A code of the wrong length counts as a wrong code. */
  code: string;
  /** The mobile that the code was sent to, in any format that `requestSmsCode` accepts. */
  mobile: string;
  /** The purpose that the code was requested for. */
  purpose?: SmsCodePurpose;
};

export type ImageCaptchaQueryVariables = Exact<{ [key: string]: never; }>;


export type ImageCaptchaQuery = { imageCaptcha:
    | { __typename: 'ImageCaptcha', id: string, image: string, width: number, height: number, expiresInSeconds: number }
    | { __typename: 'ServiceUnavailableError', message: string, retryAfterSeconds: number }
    | { __typename: 'TooManyRequestsError', message: string, scope: RateLimitScope, retryAfterSeconds: number }
   };

export type ProofOfWorkCaptchaQueryVariables = Exact<{ [key: string]: never; }>;


export type ProofOfWorkCaptchaQuery = { proofOfWorkCaptcha:
    | { __typename: 'ProofOfWorkCaptcha', id: string, salt: string, iterations: number, prefix: string, largestCounter: number, expiresInSeconds: number }
    | { __typename: 'ServiceUnavailableError', message: string, retryAfterSeconds: number }
    | { __typename: 'TooManyRequestsError', message: string, scope: RateLimitScope, retryAfterSeconds: number }
   };

export type RequestSmsCodeMutationVariables = Exact<{
  input: RequestSmsCodeInput;
}>;


export type RequestSmsCodeMutation = { requestSmsCode:
    | { __typename: 'CaptchaExpiredError', message: string }
    | { __typename: 'CaptchaMismatchError', message: string }
    | { __typename: 'IncompleteInputError', message: string, missingFields: Array<string> }
    | { __typename: 'InvalidMobileError', message: string }
    | { __typename: 'MobileAlreadyRegisteredError', message: string }
    | { __typename: 'MobileNotRegisteredError', message: string }
    | { __typename: 'ServiceUnavailableError', message: string, retryAfterSeconds: number }
    | { __typename: 'SmsCodeSent', mobile: string, codeLength: number, expiresInSeconds: number, resendAfterSeconds: number, deliveryId: string }
    | { __typename: 'SmsSendFailedError', message: string, mayStillArrive: boolean, retryAfterSeconds: number }
    | { __typename: 'TooManyRequestsError', message: string, scope: RateLimitScope, retryAfterSeconds: number }
   };

export type SmsDeliveryQueryVariables = Exact<{
  id: string;
}>;


export type SmsDeliveryQuery = { smsDelivery:
    | { __typename: 'ServiceUnavailableError', message: string, retryAfterSeconds: number }
    | { __typename: 'SmsDelivery', id: string, status: SmsDeliveryStatus }
    | { __typename: 'SmsDeliveryNotFoundError', message: string }
    | { __typename: 'TooManyRequestsError', message: string, scope: RateLimitScope, retryAfterSeconds: number }
   };

export type VerifySmsCodeMutationVariables = Exact<{
  input: VerifySmsCodeInput;
}>;


export type VerifySmsCodeMutation = { verifySmsCode:
    | { __typename: 'IncompleteInputError', message: string, missingFields: Array<string> }
    | { __typename: 'InvalidMobileError', message: string }
    | { __typename: 'MobileVerified', verificationToken: string, expiresInSeconds: number }
    | { __typename: 'ServiceUnavailableError', message: string, retryAfterSeconds: number }
    | { __typename: 'SmsCodeExpiredError', message: string }
    | { __typename: 'SmsCodeMismatchError', message: string, attemptsRemaining: number }
    | { __typename: 'TooManyRequestsError', message: string, scope: RateLimitScope, retryAfterSeconds: number }
   };

export type RegisterUserMutationVariables = Exact<{
  input: RegisterUserInput;
}>;


export type RegisterUserMutation = { registerUser:
    | { __typename: 'InvalidVerificationTokenError', message: string }
    | { __typename: 'MobileAlreadyRegisteredError', message: string }
    | { __typename: 'ServiceUnavailableError', message: string, retryAfterSeconds: number }
    | { __typename: 'UserRegistered', user: { id: string, mobile: string, registeredAt: string } }
   };
