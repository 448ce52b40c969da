// The resolvers of the schema.

import { CaptchaResolver } from './captcha/captcha.resolver.ts';
import type { ResolverClasses } from './graphql/schema.ts';
import { RegisterUserResolver } from './verification/register-user/register-user.resolver.ts';
import { RequestSmsCodeResolver } from './verification/request-sms-code/request-sms-code.resolver.ts';
import { SmsDeliveryResolver } from './verification/sms-delivery/sms-delivery.resolver.ts';
import { VerifySmsCodeResolver } from './verification/verify-sms-code/verify-sms-code.resolver.ts';

export const resolvers: ResolverClasses = [
  CaptchaResolver,
  SmsDeliveryResolver,
  RequestSmsCodeResolver,
  VerifySmsCodeResolver,
  RegisterUserResolver,
];
