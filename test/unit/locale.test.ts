// The language of responses, from Accept-Language.

import { describe, expect, it } from '@jest/globals';
import { negotiateLocale } from '../../src/common/locale.ts';

describe('the language of a response', () => {
  it.each([
    'zh',
    'zh-CN',
    'ZH-cn',
    'zh-Hans',
    'zh-Hans-CN',
    'zh-Hant-HK',
    'zh-TW',
    'zh-SG',
    'cmn',
    'cmn-Hans-CN',
    'yue',
    'yue-HK',
    'zh-CN,zh;q=0.9,en;q=0.8',
    'en-GB,en;q=0.9,zh;q=0.1',
    'en, zh',
    'en,  zh-CN ; q=0.5',
    'zh;q=0.001',
    'zh;q=1',
    'zh;q=0,zh-TW',
    ',,zh',
  ])('is Chinese for %j', (header) => {
    expect(negotiateLocale(header)).toBe('zh-CN');
  });

  it.each([
    undefined,
    '',
    'en',
    'en-US,en;q=0.9',
    'de',
    'ja',
    '*',
    '*;q=0.5',
    'zh;q=0',
    'zh;q=0.0',
    'zh;q=0.000',
    'zh; q=0',
    'zh;Q=0',
    'en,zh-CN;q=0,zh;q=0',
    'zhu',
    'x-zh',
    'en-zh',
    'azh',
    ';;;',
    ',',
    'q=0',
    '\u0000',
    'null',
    'zh'.repeat(5000),
  ])('is English for %j', (header) => {
    expect(negotiateLocale(header)).toBe('en');
  });
});
