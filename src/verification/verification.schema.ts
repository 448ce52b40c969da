// What the verification's operations have in common in the schema.

import { Field, ObjectType, registerEnumType } from 'type-graphql';
import type { Sentences } from '../common/locale.ts';
import { UserError } from '../errors/user-error.ts';

export enum SmsCodePurpose {
  REGISTER = 'REGISTER',
  LOGIN = 'LOGIN',
}

registerEnumType(SmsCodePurpose, {
  name: 'SmsCodePurpose',
  description: 'What a code is good for. A code for one purpose is worth nothing for the other.',
  valuesConfig: {
    REGISTER: { description: 'To register a mobile that nobody has registered.' },
    LOGIN: { description: 'To prove a mobile that is registered.' },
  },
});

@ObjectType({
  implements: UserError,
  description: 'Returned when a field is empty or only white space. Nothing was spent.',
})
export class IncompleteInputError extends UserError<'IncompleteInputError'> {
  @Field(() => [String], { description: 'The names of those input fields.' })
  readonly missingFields: string[];

  constructor(missingFields: string[]) {
    super();
    this.missingFields = missingFields;
  }

  protected text(): Sentences {
    return { 'zh-CN': '参数不完整', en: 'Please fill in every field.' };
  }
}

@ObjectType({
  implements: UserError,
  description: 'Returned when the number is no mainland China mobile number. Nothing was spent.',
})
export class InvalidMobileError extends UserError<'InvalidMobileError'> {
  protected text(): Sentences {
    return { 'zh-CN': '手机号格式错误', en: 'This is not a mainland China mobile number.' };
  }
}
