// The query `smsDelivery`.

import { Arg, Ctx, ID, Query, Resolver } from 'type-graphql';
import type { RequestContext } from '../../common/request-context.ts';
import { unavailableOnOutage } from '../../errors/service-unavailable.ts';
import { SmsDeliveryResult } from './sms-delivery.schema.ts';
import type { SmsDeliveryQueryService } from './sms-delivery-query.service.ts';

@Resolver()
export class SmsDeliveryResolver {
  constructor(private readonly service: SmsDeliveryQueryService) {}

  @Query(() => SmsDeliveryResult, {
    description:
      'Tells what became of an SMS. A page asks every few seconds after `SmsCodeSent`, until the status is `DELIVERED` or ' +
      '`UNDELIVERED`. Responses must not be cached.',
  })
  async smsDelivery(
    @Arg('id', () => ID, { description: 'The `deliveryId` of `SmsCodeSent`.' }) id: string,
    @Ctx() context: RequestContext,
  ): Promise<typeof SmsDeliveryResult> {
    return unavailableOnOutage(() => this.service.smsDelivery(id, context));
  }
}
