// The checks of the simulated platform on the body of SendSms, in the order of the platform.

import type { CheckedRequest } from '../../../simulator/provider-simulation.ts';
import { asRecord, asText, parseJson } from '../../common/json-value.ts';
import type { SendSmsBody } from '../send-sms.ts';
import { answerWithError, answerWithStatus } from './answers.ts';

/** What a request must name. */
export interface Application {
  readonly sdkAppId: string;
  readonly signName: string;
  readonly templateId: string;
}

type Body = Partial<Readonly<Record<keyof SendSmsBody, unknown>>>;

/** An E.164 number, or eleven digits alone or after `86` or `0086`. */
const MAINLAND_NUMBER = /^(?:\+86|0086|86)?(1\d{10})$/;

/** Of the template: the code and the minutes. In a template for codes each has at most six digits. */
const VARIABLES = 2;
const VARIABLE = /^\d{0,6}$/;

/** @returns the SMS, or the answer to a request with an error. */
export function checkBody(text: string, application: Application): CheckedRequest {
  const body: Body | undefined = asRecord(parseJson(text));
  if (body === undefined) return withError('FailedOperation.JsonParseFail', 'The body is not a JSON object.');
  const numbers = body.PhoneNumberSet;
  if (!Array.isArray(numbers) || numbers.length === 0)
    return withError('MissingParameter.EmptyPhoneNumberSet', 'There is no number.');
  // The platform accepts 200. The simulator sends one SMS for each request.
  if (numbers.length > 1)
    return withError('LimitExceeded.PhoneNumberCountLimit', 'The simulator accepts one number.');
  if (body.SmsSdkAppId !== application.sdkAppId)
    return withError(
      'UnauthorizedOperation.SmsSdkAppIdVerifyFail',
      'The SmsSdkAppId is not one of this account.',
    );
  return checkSms(String(numbers[0]), body, application);
}

function checkSms(number: string, body: Body, { signName, templateId }: Application): CheckedRequest {
  const sessionContext = asText(body.SessionContext) ?? '';
  const reject = (Code: string, Message: string): CheckedRequest => {
    const status = {
      PhoneNumber: number,
      SessionContext: sessionContext,
      SerialNo: '',
      Fee: 0,
      Code,
      Message,
    };
    return { kind: 'answered', response: answerWithStatus(status) };
  };
  const mobile = MAINLAND_NUMBER.exec(number)?.[1];
  if (mobile === undefined)
    return reject('InvalidParameterValue.IncorrectPhoneNumber', 'The number has another form.');
  if (body.SignName !== signName)
    return reject('FailedOperation.SignatureIncorrectOrUnapproved', 'The signature is not approved.');
  if (body.TemplateId !== templateId)
    return reject('FailedOperation.TemplateIncorrectOrUnapproved', 'The template is not approved.');
  const values = body.TemplateParamSet;
  if (!Array.isArray(values) || values.length !== VARIABLES)
    return reject(
      'FailedOperation.TemplateParamSetNotMatchApprovedTemplate',
      'The template has two variables.',
    );
  if (!values.every((value) => typeof value === 'string' && VARIABLE.test(value)))
    return reject('InvalidParameterValue.TemplateParameterFormatError', 'A variable has at most six digits.');
  const [code, minutes] = values;
  const text = `【${signName}】您的验证码是${code}，请于${minutes}分钟内填写。如非本人操作，请忽略本短信。`;
  return { kind: 'sms', sms: { mobile, code, text, attemptId: sessionContext || undefined } };
}

function withError(Code: string, Message: string): CheckedRequest {
  return { kind: 'answered', response: answerWithError({ Code, Message }) };
}
