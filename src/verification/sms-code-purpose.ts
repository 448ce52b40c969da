// What a code is for. Its values are part of Redis keys, tokens and derived codes.

export enum SmsCodePurpose {
  REGISTER = 'REGISTER',
  LOGIN = 'LOGIN',
}
