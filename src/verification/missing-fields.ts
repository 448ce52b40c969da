// Finds the input fields that a person left empty.

/** The names of those of the given fields that are empty or contain only white space. */
export function missingFields<Input>(input: Input, names: readonly (keyof Input & string)[]): string[] {
  return names.filter((name) => String(input[name]).trim() === '');
}
