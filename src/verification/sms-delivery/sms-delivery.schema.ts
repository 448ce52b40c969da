// The GraphQL types of `smsDelivery`.

import { createUnionType, Field, GraphQLISODateTime, ID, ObjectType, registerEnumType } from 'type-graphql';
import type { LocalizedMessage } from '../../common/locale.ts';
import { ServiceUnavailableError } from '../../errors/service-unavailable.ts';
import { UserError } from '../../errors/user-error.ts';
import { TooManyRequestsError } from '../../rate-limiting/rate-limiting.schema.ts';
import { SmsDeliveryStatus } from '../../sms/delivery/delivery-status.ts';

registerEnumType(SmsDeliveryStatus, {
  name: 'SmsDeliveryStatus',
  description: 'What is known about the delivery of an SMS.',
  valuesConfig: {
    ACCEPTED: { description: 'The provider accepted the SMS and has reported nothing yet.' },
    DELIVERED: { description: 'The phone received the SMS, or its code was verified.' },
    UNDELIVERED: { description: 'The provider reported that the phone did not receive the SMS.' },
    UNKNOWN: {
      description:
        'There was no answer of the provider, or no report for ten minutes. The SMS may still arrive.',
    },
  },
});

@ObjectType({
  description:
    'What is known about one SMS. With user-enumeration protection (`ENUMERATION=conceal`) the status is always `ACCEPTED`.',
})
export class SmsDelivery {
  @Field(() => ID, { description: 'The `deliveryId` of the SMS.' })
  readonly id!: string;

  @Field(() => SmsDeliveryStatus, {
    description: 'The status. After `DELIVERED` and `UNDELIVERED` only a verified code changes it.',
  })
  readonly status!: SmsDeliveryStatus;

  @Field(() => GraphQLISODateTime, { description: 'Time of the last change of the status.' })
  readonly updatedAt!: Date;

  constructor(fields: SmsDelivery) {
    Object.assign(this, fields);
  }
}

@ObjectType({
  implements: UserError,
  description: 'Returned when no SMS has this id, or when it was requested more than a day ago.',
})
export class SmsDeliveryNotFoundError extends UserError<'SmsDeliveryNotFoundError'> {
  protected messages(): LocalizedMessage {
    return { 'zh-CN': '短信记录不存在', en: 'Nothing is known about this SMS.' };
  }
}

export const SmsDeliveryResult = createUnionType({
  name: 'SmsDeliveryResult',
  description: 'The result of `smsDelivery`.',
  types: () =>
    [SmsDelivery, SmsDeliveryNotFoundError, TooManyRequestsError, ServiceUnavailableError] as const,
});
