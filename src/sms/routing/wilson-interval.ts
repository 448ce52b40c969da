// The confidence interval of a ratio. It says how far the observed ratio may be from the true one by chance alone.

/** The quantile of the normal distribution for a two-sided interval of 95 %. */
const Z = 1.959964;

export interface Interval {
  readonly lower: number;
  readonly upper: number;
}

/**
 * The Wilson score interval of `successes ÷ trials` with 95 % confidence (Wilson 1927). Unlike the interval of the normal
 * approximation, it stays between 0 and 1 and holds for small samples and for ratios near 0 or 1.
 * @returns 0 to 1, the interval that says nothing, without trials.
 */
export function wilsonInterval(successes: number, trials: number): Interval {
  if (trials === 0) return { lower: 0, upper: 1 };
  const ratio = successes / trials;
  const scale = 1 / (1 + Z ** 2 / trials);
  const centre = scale * (ratio + Z ** 2 / (2 * trials));
  const margin = scale * Z * Math.sqrt((ratio * (1 - ratio)) / trials + Z ** 2 / (4 * trials ** 2));
  // Rounding may leave a ratio of 0 or 1 a little outside.
  return { lower: Math.max(0, centre - margin), upper: Math.min(1, centre + margin) };
}
