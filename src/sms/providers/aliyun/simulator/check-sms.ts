// The checks of the simulated SMS service on the parameters of SendSms, in the order of the platform.

import type { CheckedRequest } from '../../../simulator/provider-simulation.ts';
import { asRecord, parseJson } from '../../common/json-value.ts';
import type { AliyunTemplate } from '../aliyun-sender.ts';
import { answerWithResult } from './answers.ts';

/** Eleven digits, alone or after `+86`, `0086` or `86`. */
const MAINLAND_NUMBER = /^(?:\+86|0086|86)?(1\d{10})$/;
/** In a template for codes the variable has four to six letters and digits. */
const CODE = /^[A-Za-z0-9]{4,6}$/;
const MAX_OUT_ID_LENGTH = 256;

/** @returns the SMS, or the answer to a request with an error. */
export function checkSms(
  {
    PhoneNumbers = '',
    SignName,
    TemplateCode,
    TemplateParam = '',
    OutId = '',
  }: Readonly<Record<string, string>>,
  { signName, templateCode }: AliyunTemplate,
): CheckedRequest {
  const mobile = MAINLAND_NUMBER.exec(PhoneNumbers)?.[1];
  if (mobile === undefined) return reject('isv.MOBILE_NUMBER_ILLEGAL', '手机号码格式错误');
  if (SignName !== signName) return reject('isv.SMS_SIGNATURE_ILLEGAL', '签名不合法');
  if (TemplateCode !== templateCode) return reject('isv.SMS_TEMPLATE_ILLEGAL', '模板不合法');
  const variables = asRecord(parseJson(TemplateParam));
  if (variables === undefined) return reject('isv.INVALID_JSON_PARAM', 'JSON参数不合法');
  const { code, ...others } = variables;
  if (code === undefined) return reject('isv.TEMPLATE_MISSING_PARAMETERS', '模板缺少变量');
  if (Object.keys(others).length > 0)
    return reject('template_parameter_count_illegal', '验证码模板仅支持一个变量');
  if (typeof code !== 'string') return reject('isv.INVALID_JSON_PARAM', '变量只接受字符串值');
  if (!CODE.test(code)) return reject('isv.TEMPLATE_PARAMS_ILLEGAL', '变量内容不合法');
  if (OutId.length > MAX_OUT_ID_LENGTH) return reject('isv.INVALID_PARAMETERS', '参数异常');
  const text = `【${signName}】您的验证码是${code}，5分钟内有效。如非本人操作，请忽略本短信。`;
  return { kind: 'sms', sms: { mobile, code, text, attemptId: OutId || undefined } };
}

function reject(code: string, message: string): CheckedRequest {
  return { kind: 'answered', response: answerWithResult(code, message) };
}
