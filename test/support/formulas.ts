// Evaluates the formulas of a document: numbers, symbols, + − × / and parentheses, and the functions ceil, floor, min and max.

const FUNCTIONS = { ceil: Math.ceil, floor: Math.floor, min: Math.min, max: Math.max };
const FORMULA = /^(?:[A-Za-z]\w*|\d+(?:\.\d+)?(?:e\d+)?|[-+*/(),\s])+$/;

/** @throws Error if the formula has an unknown symbol, or is not a formula. */
export function evaluate(formula: string, symbols: ReadonlyMap<string, number>): number {
  const code = formula.replaceAll('×', '*').replaceAll('−', '-');
  if (!FORMULA.test(code)) throw new Error(`not a formula: ${formula}`);
  const scope = { ...FUNCTIONS, ...Object.fromEntries(symbols) };
  const value: unknown = new Function(...Object.keys(scope), `return ${code}`)(...Object.values(scope));
  if (typeof value !== 'number' || !Number.isFinite(value)) throw new Error(`no number: ${formula}`);
  return value;
}

/** A number of a document: `1,234.5` */
export function parseNumber(text: string): number {
  const value = Number(text.replaceAll(',', ''));
  if (text === '' || Number.isNaN(value)) throw new Error(`not a number: ${text}`);
  return value;
}

/** The form in which a document has results: three digits, thousands separated by commas. */
export function threeDigits(value: number): string {
  return Number(value.toPrecision(3)).toLocaleString('en', { maximumFractionDigits: 6 });
}
