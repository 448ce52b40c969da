// Rank tests: whether two samples come from the same distribution, whatever its shape.

export interface RankTest {
  /** The standardised statistic. Positive: the first sample tends to be larger. */
  readonly z: number;
  /** Two-sided. */
  readonly pValue: number;
}

export interface Samples {
  readonly first: readonly number[];
  readonly second: readonly number[];
}

/** The Mann–Whitney U test with the normal approximation, corrected for ties. */
export function mannWhitney(samples: Samples): RankTest & { readonly u: number } {
  const { u, expected, variance } = rankSum(samples);
  return { u, ...standardised(u - expected, variance) };
}

/**
 * The van Elteren test: Mann–Whitney within each block, summed over the blocks. What differs from block to block, for
 * example the load of the machine, does not count. A block of the size n weighs 1 / (n + 1).
 */
export function vanElteren(blocks: readonly Samples[]): RankTest {
  let difference = 0;
  let variance = 0;
  for (const block of blocks) {
    const weight = 1 / (block.first.length + block.second.length + 1);
    const ranks = rankSum(block);
    difference += weight * (ranks.u - ranks.expected);
    variance += weight ** 2 * ranks.variance;
  }
  return standardised(difference, variance);
}

function standardised(difference: number, variance: number): RankTest {
  const z = variance === 0 ? 0 : difference / Math.sqrt(variance);
  return { z, pValue: twoSidedPValue(z) };
}

/** U of the first sample, with its mean and variance if both samples come from one distribution. */
function rankSum({ first, second }: Samples): { u: number; expected: number; variance: number } {
  const [n, m] = [first.length, second.length];
  const values = [...first, ...second];
  const order = values.map((_, index) => index).sort((a, b) => Number(values[a]) - Number(values[b]));
  let rankSumOfFirst = 0;
  let ties = 0;
  for (let start = 0; start < order.length; ) {
    let end = start + 1;
    while (end < order.length && values[Number(order[end])] === values[Number(order[start])]) end += 1;
    const rank = (start + 1 + end) / 2; // tied values share their mean rank
    for (const index of order.slice(start, end)) if (index < n) rankSumOfFirst += rank;
    ties += (end - start) ** 3 - (end - start);
    start = end;
  }
  const size = n + m;
  const tieCorrection = size < 2 ? 0 : ties / (size * (size - 1));
  return {
    u: rankSumOfFirst - (n * (n + 1)) / 2,
    expected: (n * m) / 2,
    variance: ((n * m) / 12) * (size + 1 - tieCorrection),
  };
}

/** P(|Z| > |z|) = erfc(|z| / √2), after Numerical Recipes, with a relative error below 1.2e-7. */
export function twoSidedPValue(z: number): number {
  const x = Math.abs(z) / Math.SQRT2;
  const t = 1 / (1 + 0.5 * x);
  const coefficients = [
    -1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398, 1.48851587,
    -0.82215223, 0.17087277,
  ];
  const polynomial = coefficients.reduceRight((sum, coefficient) => sum * t + coefficient, 0);
  return Math.min(1, t * Math.exp(-x * x + polynomial));
}
