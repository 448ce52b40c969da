// Which fields of an input a person left empty.

/** Names of the fields, of those given, that are empty or only white space. */
export function emptyFields<Input>(input: Input, names: readonly (keyof Input & string)[]): string[] {
  return names.filter((name) => String(input[name]).trim() === '');
}
