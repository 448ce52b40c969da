// Typed Lua scripts: the generated source, the rejected names, and the decoding of replies.

import { describe, expect, it } from '@jest/globals';
import { booleanReply, defineScript, fieldsReply, noReply } from '../../src/common/redis/define-script.ts';

const define = (keys: readonly string[], args: readonly string[], lua = 'return 1') =>
  defineScript({ name: 'example', keys, args, reply: noReply, lua });

describe('defineScript', () => {
  it('declares a local for every key and argument, in their order', () => {
    const { lua } = define(['code', 'limit'], ['nonce', 'ttlMs', 'attempts']);
    expect(lua).toContain('local code, limit = KEYS[1], KEYS[2]\n');
    expect(lua).toContain('local nonce, ttlMs, attempts = ARGV[1], ARGV[2], ARGV[3]\n');
  });

  it('keeps the names of keys and arguments for the caller, in the same order', () => {
    const script = define(['code', 'limit'], ['nonce', 'ttlMs']);
    expect(script.name).toBe('example');
    expect(script.keys).toEqual(['code', 'limit']);
    expect(script.args).toEqual(['nonce', 'ttlMs']);
  });

  it('declares no locals for an empty list', () => {
    expect(define([], ['nonce']).lua).not.toContain('KEYS');
    expect(define(['code'], []).lua).not.toContain('ARGV');
  });

  it('places the shared functions before the locals and the source after them', () => {
    const { lua } = defineScript({
      name: 'example',
      keys: ['code'],
      args: ['nonce'],
      uses: [
        { name: 'one', lua: 'local function one() end' },
        { name: 'two', lua: 'local function two() one() end' },
      ],
      reply: fieldsReply(),
      lua: '\nreturn code\n',
    });
    const order = ['function fields', 'function one', 'function two', 'KEYS[1]', 'ARGV[1]', 'return code'];
    const positions = order.map((part) => lua.indexOf(part));
    expect(positions).not.toContain(-1);
    expect(positions).toEqual(positions.toSorted((a, b) => a - b));
    expect(lua.endsWith('return code')).toBe(true);
  });

  it.each(['end', 'local', 'nil', 'function', 'until', 'and'])(
    'rejects the Lua keyword `%s` as a name',
    (name) => {
      const message = `script example: invalid or repeated names: ${name}`;
      expect(() => define([name], [])).toThrow(message);
      expect(() => define([], [name])).toThrow(message);
    },
  );

  it.each(['', '1st', 'ttl-ms', 'ttl ms', 'ttl_ms', 'a,b', 'a)', 'größe', 'code\n'])(
    'rejects %j, which is not an identifier of letters and digits',
    (name) => {
      expect(() => define(['code', name], [])).toThrow('invalid or repeated names');
    },
  );

  it('rejects a name that appears twice, as keys or as a key and an argument', () => {
    expect(() => define(['code', 'code'], [])).toThrow('invalid or repeated names: code');
    expect(() => define(['code'], ['code'])).toThrow('invalid or repeated names: code');
    expect(() => define([], ['nonce', 'ttlMs', 'nonce'])).toThrow('invalid or repeated names: nonce');
  });

  it.each(['redis', 'string', 'KEYS', 'fields', 'double'])(
    'rejects the name %s, which would hide a global or a function of the script',
    (name) => {
      const double = { name: 'double', lua: 'local function double(n) return 2 * n end' };
      const defineWithFunctions = () =>
        defineScript({
          name: 'example',
          keys: [name],
          args: [],
          uses: [double],
          reply: fieldsReply(),
          lua: '',
        });
      expect(defineWithFunctions).toThrow(`invalid or repeated names: ${name}`);
    },
  );

  it('accepts names that contain a keyword or differ in case', () => {
    expect(() => define(['ending', 'End', 'END2'], ['format', 'Nil'])).not.toThrow();
  });
});

describe('the reply of a script', () => {
  it('becomes an object from a flat list of names and values', () => {
    const { decode } = fieldsReply<{ kind: string; count: number }>();
    expect(decode(['kind', 'counted', 'count', 3])).toEqual({ kind: 'counted', count: 3 });
    expect(decode([])).toEqual({});
  });

  it('is true for 1 and false for everything else', () => {
    expect(booleanReply.decode(1)).toBe(true);
    for (const raw of [0, null, undefined, '1', 2]) expect(booleanReply.decode(raw)).toBe(false);
  });

  it('is ignored for scripts without a result', () => {
    expect(noReply.decode('OK')).toBeUndefined();
  });
});
