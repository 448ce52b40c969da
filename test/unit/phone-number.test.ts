// Mobile numbers of mainland China: every spelling that is accepted, and what is rejected.

import { describe, expect, it } from '@jest/globals';
import { parsePhoneNumberFromString } from 'libphonenumber-js/mobile';
import { type Mobile, maskMobile, nationalNumber, parseMobile } from '../../src/common/phone-number.ts';

/** All segments (the first three digits) that are assigned to mobile phones. */
const SEGMENTS = [
  ...['130', '131', '132', '133', '134', '135', '136', '137', '138', '139'],
  ...['145', '147'],
  ...['150', '151', '152', '153', '155', '156', '157', '158', '159'],
  ...['161', '162', '165', '166', '167'],
  ...['170', '171', '172', '173', '174', '175', '176', '177', '178'],
  ...['180', '181', '182', '183', '184', '185', '186', '187', '188', '189'],
  ...['190', '191', '192', '193', '195', '196', '197', '198', '199'],
];

const MOBILE = '+8613800138000' as Mobile;

describe('a mobile number', () => {
  it('is accepted from every segment in use, and from no other', () => {
    const all = Array.from({ length: 70 }, (_, index) => String(130 + index));
    const accepted = all.filter((segment) => parseMobile(`${segment}00123456`) !== undefined);
    expect(accepted).toEqual(SEGMENTS);
  });

  it('is accepted as by libphonenumber, for each beginning of six digits', () => {
    const beginnings = Array.from({ length: 100_000 }, (_, index) => String(100_000 + index));
    const differing = beginnings.filter((beginning) => {
      const national = `${beginning}12345`;
      const number = parsePhoneNumberFromString(`+86${national}`);
      const expected = number?.country === 'CN' && number.isValid();
      return expected !== (parseMobile(national) !== undefined);
    });
    expect(differing).toEqual([]);
  });

  it('is accepted from the assigned part of the segments 161 and 174', () => {
    expect(parseMobile('16109123456')).toBe('+8616109123456');
    expect(parseMobile('16110123456')).toBeUndefined();
    expect(parseMobile('17405123456')).toBe('+8617405123456');
    expect(parseMobile('17406123456')).toBeUndefined();
  });

  it.each(['162', '165', '166', '167', '190', '192', '193', '196', '197'])(
    'is accepted from segment %s, which older patterns reject',
    (segment) => {
      expect(parseMobile(`${segment}12345678`)).toBe(`+86${segment}12345678`);
    },
  );

  it.each([
    ['alone', '13800138000'],
    ['after +86', '+8613800138000'],
    ['after 86', '8613800138000'],
    ['after 0086', '008613800138000'],
    ['after +86 and a space', '+86 13800138000'],
    ['in the usual groups', '138 0013 8000'],
    ['with dashes', '138-0013-8000'],
    ['with a dash and spaces', '+86 - 138 0013 8000'],
    ['with spaces around it', '  13800138000  '],
    ['with a space after each digit', '1 3 8 0 0 1 3 8 0 0 0 '],
    ['with no-break spaces', '138\u00a00013\u00a08000'],
    ['with ideographic spaces', '\u300013800138000\u3000'],
    ['with hyphens U+2010 and U+2011', '138\u20100013\u20118000'],
    ['with en and em dashes', '138\u20130013\u20148000'],
    ['in full width', '１３８００１３８０００'],
    ['in full width with plus and dash', '＋８６－１３８－００１３－８０００'],
    ['partly in full width', '138００13８０００'],
  ])('is the same mobile %s', (_way, typed) => {
    expect(parseMobile(typed)).toBe(MOBILE);
  });

  it.each([
    ['an empty string', ''],
    ['spaces', '   '],
    ['dashes', '---'],
    ['a country code alone', '+86'],
    ['a country code and a dash', '86-'],
    ['0086 alone', '0086'],
    ['a plus', '+'],
    ['one digit missing', '1380013800'],
    ['one digit missing after 86', '861380013800'],
    ['one digit too many', '138001380000'],
    ['the country code twice', '+86 86 13800138000'],
    ['0086 and 86', '0086 86 13800138000'],
    ['86 twice', '868613800138000'],
    ['two plus signs', '++8613800138000'],
    ['+0086', '+008613800138000'],
    ['one zero and 86', '08613800138000'],
    ['a plus without a country code', '+13800138000'],
    ['a leading zero, as for calls between provinces', '013800138000'],
    ['a carrier prefix', '1259313800138000'],
    ['a landline in Beijing', '01012345678'],
    ['a landline in Shanghai with its country code', '+862112345678'],
    ['a landline without its area', '62345678'],
    ['a service number', '4008123123'],
    ['the police', '110'],
    ['segment 120', '12012345678'],
    ['segment 100', '10012345678'],
    ['segment 200', '20012345678'],
    ['a mobile in Hong Kong', '+85251234567'],
    ['a mobile in Taiwan', '+886912345678'],
    ['a mobile in Macao', '+85366123456'],
    ['a mobile in the United States', '+12025550123'],
    ['a mobile in Great Britain', '+447400123456'],
    ['a mobile in Russia', '+79123456789'],
    ['a Chinese number with another country code', '+8513800138000'],
    ['letters', 'mobile'],
    ['a letter among the digits', '1380013800O'],
    ['letters that spell digits on a keypad', '138CALLHOME'],
    ['a number with an extension', '13800138000x12'],
    ['a number in a link', 'tel:13800138000'],
    ['a number in brackets', '(138)00138000'],
    ['a number with dots', '138.0013.8000'],
    ['two numbers', '13800138000,13900139000'],
    ['two numbers with a space', '13800138000 13900139000'],
    ['a number followed by NUL', '13800138000\0'],
    ['a number with NUL in it', '1380013\u00008000'],
    ['a number with a trailing newline', '13800138000\n'],
    ['a number with a leading newline', '\n13800138000'],
    ['two lines', '13800138000\n13900139000'],
    ['a carriage return', '13800138000\r'],
    ['a tab', '13800138000\t'],
    ['a vertical tab', '138\v00138000'],
    ['a zero-width space', '138\u200b00138000'],
    ['a byte order mark', '\ufeff13800138000'],
    ['a direction mark, as copied from a contact', '\u202d13800138000\u202c'],
    ['a line separator', '13800138000\u2028'],
    ['superscript digits', '¹³⁸⁰⁰¹³⁸⁰⁰⁰'],
    ['one superscript digit', '1³800138000'],
    ['Arabic-Indic digits', '١٣٨٠٠١٣٨٠٠٠'],
    ['one Arabic-Indic digit', '1380013800٠'],
    ['Persian digits', '۱۳۸۰۰۱۳۸۰۰۰'],
    ['Devanagari digits', '१३८००१३८०००'],
    ['Chinese digits', '一三八〇〇一三八〇〇〇'],
    ['circled digits', '①③⑧⓪⓪①③⑧⓪⓪⓪'],
    ['mathematical digits', '𝟏𝟑𝟖𝟎𝟎𝟏𝟑𝟖𝟎𝟎𝟎'],
    ['a decimal number', '13800138000.0'],
    ['scientific notation', '1.38e10'],
    ['a number with a minus sign', '−13800138000'],
    ['a hexadecimal number', '0x3368A2B60'],
    ['SQL', "13800138000' or '1'='1"],
    ['200 digits', '1'.repeat(200)],
    ['a number after 200 spaces', `${' '.repeat(200)}13800138000`],
    ['one megabyte of digits', '1'.repeat(1_000_000)],
  ])('is not %s', (_what, typed) => {
    expect(parseMobile(typed)).toBeUndefined();
  });

  it('has a national form of eleven digits', () => {
    expect(nationalNumber(MOBILE)).toBe('13800138000');
  });

  it('is masked with its four middle digits hidden', () => {
    expect(maskMobile(MOBILE)).toBe('138****8000');
    expect(maskMobile('+8619912345678' as Mobile)).toBe('199****5678');
  });
});
