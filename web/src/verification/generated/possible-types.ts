
      export type PossibleTypesResultData = {
  "possibleTypes": {
    "ImageCaptchaResult": [
      "ImageCaptcha",
      "ServiceUnavailableError",
      "TooManyRequestsError"
    ],
    "ProofOfWorkCaptchaResult": [
      "ProofOfWorkCaptcha",
      "ServiceUnavailableError",
      "TooManyRequestsError"
    ],
    "RegisterUserResult": [
      "InvalidVerificationTokenError",
      "MobileAlreadyRegisteredError",
      "ServiceUnavailableError",
      "UserRegistered"
    ],
    "RequestSmsCodeResult": [
      "CaptchaExpiredError",
      "CaptchaMismatchError",
      "IncompleteInputError",
      "InvalidMobileError",
      "MobileAlreadyRegisteredError",
      "MobileNotRegisteredError",
      "ServiceUnavailableError",
      "SmsCodeSent",
      "SmsSendFailedError",
      "TooManyRequestsError"
    ],
    "RetryableError": [
      "ServiceUnavailableError",
      "SmsSendFailedError",
      "TooManyRequestsError"
    ],
    "SmsDeliveryResult": [
      "ServiceUnavailableError",
      "SmsDelivery",
      "SmsDeliveryNotFoundError",
      "TooManyRequestsError"
    ],
    "UserError": [
      "CaptchaExpiredError",
      "CaptchaMismatchError",
      "IncompleteInputError",
      "InvalidMobileError",
      "InvalidVerificationTokenError",
      "MobileAlreadyRegisteredError",
      "MobileNotRegisteredError",
      "ServiceUnavailableError",
      "SmsCodeExpiredError",
      "SmsCodeMismatchError",
      "SmsDeliveryNotFoundError",
      "SmsSendFailedError",
      "TooManyRequestsError"
    ],
    "VerifySmsCodeResult": [
      "IncompleteInputError",
      "InvalidMobileError",
      "MobileVerified",
      "ServiceUnavailableError",
      "SmsCodeExpiredError",
      "SmsCodeMismatchError",
      "TooManyRequestsError"
    ]
  }
};
      const result: PossibleTypesResultData = {
  "possibleTypes": {
    "ImageCaptchaResult": [
      "ImageCaptcha",
      "ServiceUnavailableError",
      "TooManyRequestsError"
    ],
    "ProofOfWorkCaptchaResult": [
      "ProofOfWorkCaptcha",
      "ServiceUnavailableError",
      "TooManyRequestsError"
    ],
    "RegisterUserResult": [
      "InvalidVerificationTokenError",
      "MobileAlreadyRegisteredError",
      "ServiceUnavailableError",
      "UserRegistered"
    ],
    "RequestSmsCodeResult": [
      "CaptchaExpiredError",
      "CaptchaMismatchError",
      "IncompleteInputError",
      "InvalidMobileError",
      "MobileAlreadyRegisteredError",
      "MobileNotRegisteredError",
      "ServiceUnavailableError",
      "SmsCodeSent",
      "SmsSendFailedError",
      "TooManyRequestsError"
    ],
    "RetryableError": [
      "ServiceUnavailableError",
      "SmsSendFailedError",
      "TooManyRequestsError"
    ],
    "SmsDeliveryResult": [
      "ServiceUnavailableError",
      "SmsDelivery",
      "SmsDeliveryNotFoundError",
      "TooManyRequestsError"
    ],
    "UserError": [
      "CaptchaExpiredError",
      "CaptchaMismatchError",
      "IncompleteInputError",
      "InvalidMobileError",
      "InvalidVerificationTokenError",
      "MobileAlreadyRegisteredError",
      "MobileNotRegisteredError",
      "ServiceUnavailableError",
      "SmsCodeExpiredError",
      "SmsCodeMismatchError",
      "SmsDeliveryNotFoundError",
      "SmsSendFailedError",
      "TooManyRequestsError"
    ],
    "VerifySmsCodeResult": [
      "IncompleteInputError",
      "InvalidMobileError",
      "MobileVerified",
      "ServiceUnavailableError",
      "SmsCodeExpiredError",
      "SmsCodeMismatchError",
      "TooManyRequestsError"
    ]
  }
};
      export default result;
    