// Typed Lua scripts for Redis. A script names its keys and arguments once: callers pass them by name, and the Lua source
// reads them as locals of the same names.

/** A Lua function that several scripts share. */
export interface LuaFunction {
  readonly name: string;
  /** `local function <name>(…) … end` */
  readonly lua: string;
}

/** The form of a script's result. */
export interface ReplyFormat<Reply> {
  readonly decode: (raw: unknown) => Reply;
  /** Lua functions that produce the form. */
  readonly uses: readonly LuaFunction[];
}

export interface Script<Name extends string, Key extends string, Arg extends string, Reply> {
  readonly name: Name;
  readonly keys: readonly Key[];
  readonly args: readonly Arg[];
  readonly decode: (raw: unknown) => Reply;
  /** The complete source, including the shared functions and the locals. */
  readonly lua: string;
}

// biome-ignore lint/suspicious/noExplicitAny: any script, whatever its keys, arguments and reply
export type AnyScript = Script<any, any, any, any>;

/** What a caller passes: one value for each name. */
export type ScriptInput<S extends AnyScript> =
  S extends Script<string, infer Key, infer Arg, unknown>
    ? { readonly keys: Readonly<Record<Key, string>>; readonly args: Readonly<Record<Arg, string | number>> }
    : never;

export type ScriptReply<S extends AnyScript> = ReturnType<S['decode']>;

export interface ScriptDefinition<Name extends string, Key extends string, Arg extends string, Reply> {
  readonly name: Name;
  /** In a Redis Cluster all keys of one call must share a hash tag. */
  readonly keys: readonly Key[];
  /** Arrive in Lua as strings: use `tonumber` before comparing numbers. */
  readonly args: readonly Arg[];
  readonly uses?: readonly LuaFunction[];
  readonly reply: ReplyFormat<Reply>;
  readonly lua: string;
}

/** @throws Error at start-up if a name is not a Lua identifier, appears twice, or hides a function of Lua or of the script. */
export function defineScript<
  const Name extends string,
  const Key extends string,
  const Arg extends string,
  Reply,
>(definition: ScriptDefinition<Name, Key, Arg, Reply>): Script<Name, Key, Arg, Reply> {
  const { name, keys, args, uses = [], reply, lua } = definition;
  const functions = [...reply.uses, ...uses];
  assertLocals(name, [...keys, ...args], functions);
  const source = [
    ...functions.map((shared) => shared.lua.trim()),
    locals(keys, 'KEYS'),
    locals(args, 'ARGV'),
    lua.trim(),
  ];
  return { name, keys, args, decode: reply.decode, lua: source.filter(Boolean).join('\n') };
}

/** For scripts that end in `return fields({ … })`: the reply is an object with these fields. */
export function fieldsReply<Reply extends object>(): ReplyFormat<Reply> {
  return { decode: (raw) => fieldsOf(raw as readonly unknown[]) as Reply, uses: [fieldsFunction] };
}

function fieldsOf(flat: readonly unknown[]): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  for (let index = 0; index < flat.length; index += 2) fields[String(flat[index])] = flat[index + 1];
  return fields;
}

/** For scripts that end in `return 1` or `return 0`. */
export const booleanReply: ReplyFormat<boolean> = { decode: (raw) => raw === 1, uses: [] };

/** For scripts without a result. */
export const noReply: ReplyFormat<void> = { decode: () => {}, uses: [] };

/** Redis drops the string keys of a Lua table, so fields travel as a flat list of names and values. */
const fieldsFunction: LuaFunction = {
  name: 'fields',
  lua: `
local function fields(values)
  local flat = {}
  for name, value in pairs(values) do
    flat[#flat + 1] = name
    flat[#flat + 1] = value
  end
  return flat
end`,
};

function locals(names: readonly string[], table: 'KEYS' | 'ARGV'): string {
  if (names.length === 0) return '';
  return `local ${names.join(', ')} = ${names.map((_name, index) => `${table}[${index + 1}]`).join(', ')}`;
}

const LUA_IDENTIFIER = /^[A-Za-z][A-Za-z0-9]*$/;
const LUA_KEYWORDS =
  /^(and|break|do|else|elseif|end|false|for|function|if|in|local|nil|not|or|repeat|return|then|true|until|while)$/;

/** Names that a local would hide from the functions of the script. */
const LUA_GLOBALS = /^(redis|KEYS|ARGV|string|math|table|cjson|ipairs|pairs|tonumber|tostring|unpack|type)$/;

function assertLocals(script: string, names: readonly string[], functions: readonly LuaFunction[]): void {
  const isInvalid = (name: string, index: number) =>
    !LUA_IDENTIFIER.test(name) ||
    LUA_KEYWORDS.test(name) ||
    LUA_GLOBALS.test(name) ||
    functions.some((shared) => shared.name === name) ||
    names.indexOf(name) !== index;
  const invalid = names.filter(isInvalid);
  if (invalid.length > 0)
    throw new Error(`script ${script}: invalid or repeated names: ${invalid.join(', ')}`);
}
