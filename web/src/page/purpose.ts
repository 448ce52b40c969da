// What the form is for: registering or logging in.

import type { RequestSmsCodeInput } from 'yanzheng-sdk';

export type Purpose = NonNullable<RequestSmsCodeInput['purpose']>;

export const PURPOSES: readonly Purpose[] = ['REGISTER', 'LOGIN'];
