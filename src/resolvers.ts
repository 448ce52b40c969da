// Every resolver of the schema.

import { CaptchaResolver } from './captcha/captcha.resolver.ts';
import type { ResolverClasses } from './graphql/schema.ts';
import { VerificationResolver } from './verification/verification.resolver.ts';

export const resolvers: ResolverClasses = [CaptchaResolver, VerificationResolver];
