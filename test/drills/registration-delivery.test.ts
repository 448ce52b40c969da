// The registration page tells what became of the SMS.

import { expect, it } from '@jest/globals';
import type { Route } from 'playwright-core';
import { freshMobile } from '../support/api.ts';
import { eventually } from '../support/eventually.ts';
import {
  intercept,
  type PageLanguage,
  type RegistrationPage,
  withRegistrationPage,
} from '../support/registration-page.ts';
import { describeWithBrowser } from '../support/suites.ts';
import { masked } from '../support/verification.ts';

const SENTENCES = {
  'zh-CN': {
    DELIVERED: '验证码已送达',
    UNDELIVERED: '短信未送达',
    UNKNOWN: '可能延迟',
    ACCEPTED: '验证码已发送至',
  },
  en: {
    DELIVERED: 'Code delivered to',
    UNDELIVERED: 'Not delivered to',
    UNKNOWN: 'may be delayed',
    ACCEPTED: 'Code sent to',
  },
} as const;

type Status = keyof (typeof SENTENCES)['en'];

describeWithBrowser('the registration page after an SMS', () => {
  const suite = withRegistrationPage();

  /** Sends an SMS, and lets the service answer these statuses, the last one from then on. */
  async function sendWithStatuses(language: PageLanguage, ...statuses: readonly Status[]) {
    const registration = await suite.open({ language });
    let asked = 0;
    await intercept(registration.page, 'SmsDelivery', async (route: Route) => {
      const { id } = route.request().postDataJSON().variables;
      const status = statuses[Math.min(asked, statuses.length - 1)];
      asked += 1;
      await route.fulfill({ json: { data: { smsDelivery: { __typename: 'SmsDelivery', id, status } } } });
    });
    await registration.reloadWithFakeClock();
    const mobile = freshMobile();
    await registration.sendSuccessfullyTo(mobile);
    return { registration, mobile };
  }

  const shows = (registration: RegistrationPage, sentence: string) =>
    registration.page.getByText(sentence).waitFor({ timeout: 5000 });

  it.each([
    ['zh-CN', 'DELIVERED'],
    ['zh-CN', 'UNKNOWN'],
    ['en', 'UNDELIVERED'],
  ] as const)('says in %s that the SMS is %s, with the masked mobile', async (language, status) => {
    const { registration, mobile } = await sendWithStatuses(language, status);
    await shows(registration, SENTENCES[language].ACCEPTED);
    await registration.page.clock.runFor(3500);
    await shows(registration, SENTENCES[language][status]);
    await shows(registration, masked(mobile));
    await registration.saveScreenshot(`delivery-${status.toLowerCase()}-${language}`);
  });

  it('asks at growing intervals, and stops when the status is final', async () => {
    const { registration } = await sendWithStatuses('en', 'ACCEPTED', 'ACCEPTED', 'DELIVERED');
    const countAfter = async (seconds: number, count: number) => {
      await registration.page.clock.runFor(seconds * 1000);
      await eventually(async () => registration.countOf('SmsDelivery') === count);
    };
    await countAfter(3.5, 1);
    await shows(registration, SENTENCES.en.ACCEPTED);
    await countAfter(5.5, 2);
    await countAfter(8.5, 3);
    await shows(registration, SENTENCES.en.DELIVERED);
    await registration.page.clock.runFor(120_000);
    expect(registration.countOf('SmsDelivery')).toBe(3);
  });

  it('shows what the service knows: a verified code means that the SMS was delivered', async () => {
    const registration = await suite.open({ language: 'en' });
    await registration.reloadWithFakeClock();
    await registration.sendSuccessfullyTo(freshMobile());
    await registration.page.clock.runFor(3500);
    await eventually(async () => registration.countOf('SmsDelivery') === 1);
    await shows(registration, SENTENCES.en.ACCEPTED);
  });
});
