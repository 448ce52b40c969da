// Settings that the tests share.

export const CODE_SECRET = 'a secret of the tests, 32 bytes and more';

/** The SMS account of the tests, as a provider's settings. */
export const ACCOUNT = {
  accountSid: '8a216da85f0000000000000000000001',
  authToken: '0123456789abcdef0123456789abcdef',
  appId: '8a216da85f0000000000000000000002',
};

/** The same account as environment variables, with the gateway at `baseUrl`. */
export function yuntongxunSettings(baseUrl: string): Record<string, string> {
  return {
    SMS_PROVIDER: 'yuntongxun',
    YUNTONGXUN_ACCOUNT_SID: ACCOUNT.accountSid,
    YUNTONGXUN_AUTH_TOKEN: ACCOUNT.authToken,
    YUNTONGXUN_APP_ID: ACCOUNT.appId,
    YUNTONGXUN_BASE_URL: baseUrl,
  };
}

/** Limits that only a test about a rate limit exceeds, because it sets a lower one. */
export const permissiveLimits = {
  CAPTCHA_PER_ADDRESS_PER_MINUTE: '100000',
  SMS_PER_ADDRESS_PER_HOUR: '100000',
  SMS_PER_RANGE_PER_HOUR: '100000',
  SMS_PER_DAY: '100000',
  VERIFY_PER_ADDRESS_PER_HOUR: '100000',
};
