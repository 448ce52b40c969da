// The GraphQL types that several operations of the verification share.

import { Field, ObjectType, registerEnumType } from 'type-graphql';
import type { LocalizedMessage } from '../common/locale.ts';
import { UserError } from '../errors/user-error.ts';
import { SmsCodePurpose } from './sms-code-purpose.ts';

registerEnumType(SmsCodePurpose, {
  name: 'SmsCodePurpose',
  description: 'What a code is for. A code for one purpose cannot be verified for another.',
  valuesConfig: {
    REGISTER: { description: 'Register a mobile that is not registered yet.' },
    LOGIN: { description: 'Verify the mobile of a registered user.' },
  },
});

@ObjectType({
  implements: UserError,
  description: 'Returned when an input field is empty or contains only white space. Nothing was spent.',
})
export class IncompleteInputError extends UserError<'IncompleteInputError'> {
  @Field(() => [String], { description: 'Names of the empty input fields.' })
  readonly missingFields: string[];

  constructor(missingFields: string[]) {
    super();
    this.missingFields = missingFields;
  }

  protected messages(): LocalizedMessage {
    return { 'zh-CN': '参数不完整', en: 'Please fill in every field.' };
  }
}

@ObjectType({
  implements: UserError,
  description: 'Returned when `mobile` is not a mainland China mobile number. Nothing was spent.',
})
export class InvalidMobileError extends UserError<'InvalidMobileError'> {
  protected messages(): LocalizedMessage {
    return { 'zh-CN': '手机号格式错误', en: 'This is not a mainland China mobile number.' };
  }
}
