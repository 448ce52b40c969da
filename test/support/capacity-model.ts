// The capacity model of docs/scaling.md: the inputs are in the tables of the page, and so are the formulas of the results.

import { evaluate, parseNumber, threeDigits } from './formulas.ts';
import { tableBelow } from './sources.ts';

const HOUR_SECONDS = 3600;
const DAY_SECONDS = 24 * HOUR_SECONDS;
const OPERATIONS = 4;

type Values = readonly (readonly [symbol: string, value: number])[];

export const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

export function assumptions(page: string): Values {
  return tableBelow(page, 'Assumptions').map(([symbol = '', value = '']) => [symbol, parseNumber(value)]);
}

/** What the operations of one verification cost together. The first row has their numbers. */
export function perVerification(page: string): Values {
  const rows = tableBelow(page, 'Operations').map(([symbol = '', _cost, ...values]) => ({
    symbol,
    values: values.slice(0, OPERATIONS).map(parseNumber),
  }));
  const requests = rows[0]?.values ?? [];
  return rows.map(({ symbol, values }) => [
    symbol,
    symbol === 'requests' ? sum(values) : sum(values.map((value, index) => value * (requests[index] ?? 0))),
  ]);
}

export function redisKeys(page: string) {
  return tableBelow(page, 'Redis keys').map(([name = '', bytes = '', count = '', lifetime = '']) => ({
    name,
    bytes: parseNumber(bytes),
    count: parseNumber(count),
    lifetimeSeconds: parseNumber(lifetime),
  }));
}

/** The sums over the keys of one verification, by their lifetimes. */
export function keySums(page: string): Values {
  const rows = redisKeys(page);
  const bytesOf = (isIncluded: (seconds: number) => boolean, weight: (seconds: number) => number) =>
    sum(
      rows
        .filter(({ lifetimeSeconds }) => isIncluded(lifetimeSeconds))
        .map(({ bytes, count, lifetimeSeconds }) => bytes * count * weight(lifetimeSeconds)),
    );
  return [
    ['keys', sum(rows.map(({ count }) => count))],
    [
      'byteSeconds',
      bytesOf(
        (seconds) => seconds <= HOUR_SECONDS,
        (seconds) => seconds,
      ),
    ],
    [
      'dayBytes',
      bytesOf(
        (seconds) => seconds === DAY_SECONDS,
        () => 1,
      ),
    ],
    [
      'streakBytes',
      bytesOf(
        (seconds) => seconds > DAY_SECONDS,
        () => 1,
      ),
    ],
  ];
}

/** The results of a table of formulas. Each formula may use the results above it. */
function evaluateTable(page: string, heading: string, given: Values = []): Values {
  const symbols = new Map([...assumptions(page), ...perVerification(page), ...keySums(page), ...given]);
  return tableBelow(page, heading).map(([symbol = '', , formula = '']) => {
    const value = symbols.get(symbol) ?? evaluate(formula, symbols);
    symbols.set(symbol, value);
    return [symbol, value];
  });
}

/** The size of a deployment for each number of verifications a day in the first row of the table. */
export function sizes(page: string): Values[] {
  const [[, , , ...perDay] = []] = tableBelow(page, 'Sizes');
  return perDay.map((value) => evaluateTable(page, 'Sizes', [['perDay', parseNumber(value)]]));
}

export function limits(page: string): Values {
  return evaluateTable(page, 'What gives out first');
}

/** The page with all results computed anew. */
export function withResults(page: string): string {
  return [
    ['Operations', [perVerification(page)]],
    ['Sums of the keys', [keySums(page)]],
    ['Sizes', sizes(page)],
    ['What gives out first', [limits(page)]],
  ].reduce((text, [heading, results]) => replaceResults(text, heading as string, results as Values[]), page);
}

/** Replaces the cells of results in the table below a heading. `keySums` has its results in the second column. */
function replaceResults(page: string, heading: string, results: readonly Values[]): string {
  const [before = '', section = '', ...rest] = page.split(new RegExp(`(?<=^#+ ${heading}\\n)`, 'm'));
  const isSecond = heading === 'Sums of the keys';
  const lines = section.split(/(?<=\n)/);
  const end = lines.findIndex((line) => line.startsWith('#'));
  const replaced = lines.map((line, index) => {
    const symbol = /^\| `(\w+)` \|/.exec(line)?.[1];
    if (symbol === undefined || (end >= 0 && index > end)) return line;
    const values = results.map((result) => threeDigits(new Map(result).get(symbol) ?? Number.NaN));
    const cells = line.trimEnd().slice(1, -1).split('|');
    cells.splice(isSecond ? 1 : -values.length, values.length, ...values.map((value) => ` ${value} `));
    return `|${cells.join('|')}|\n`;
  });
  return before + replaced.join('') + rest.join('');
}
