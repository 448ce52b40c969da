// The rank tests that the timing tests rely on, against published values.

import { describe, expect, it } from '@jest/globals';
import { mannWhitney, type Samples, twoSidedPValue, vanElteren } from '../support/rank-test.ts';
import { seededRandom } from '../support/seeded-random.ts';

/** Ages at diagnosis from the documentation of SciPy's `mannwhitneyu`. */
const AGES = { first: [19, 22, 16, 29, 24], second: [20, 11, 17, 12] };

describe('the Mann–Whitney U test', () => {
  it('gives the published U', () => {
    expect(mannWhitney(AGES).u).toBe(17);
    expect(mannWhitney({ first: AGES.second, second: AGES.first }).u).toBe(3);
  });

  it('gives z = (U − nm/2) / √(nm(n+m+1)/12)', () => {
    const { z, pValue } = mannWhitney(AGES);
    expect(z).toBeCloseTo(7 / Math.sqrt(200 / 12), 12);
    expect(pValue).toBeCloseTo(0.0864107, 6);
  });

  it.each([
    [0, 1],
    [1.959963985, 0.05],
    [-2.575829304, 0.01],
    [3.890591886, 1e-4],
    [4.891638475, 1e-6],
  ])('has the two-sided p-value of a normal distribution: z = %d is p = %d', (z, pValue) => {
    expect(twoSidedPValue(z) / pValue).toBeCloseTo(1, 5);
  });

  it('corrects the variance for ties', () => {
    // Ranks 1.5, 1.5, 4, 4, 4, 6: U is 1 of 9; the variance is 9/12 × (7 − (6 + 24)/30) = 4.5.
    const { u, z } = mannWhitney({ first: [1, 1, 2], second: [2, 2, 3] });
    expect(u).toBe(1);
    expect(z).toBeCloseTo((1 - 4.5) / Math.sqrt(4.5), 12);
  });

  it('finds no difference between samples of equal values, nor between empty ones', () => {
    expect(mannWhitney({ first: [5, 5, 5], second: [5, 5] })).toMatchObject({ z: 0, pValue: 1 });
    expect(mannWhitney({ first: [], second: [] })).toMatchObject({ z: 0, pValue: 1 });
  });
});

describe('the van Elteren test', () => {
  it('is the Mann–Whitney U test for one block', () => {
    const { z, pValue } = mannWhitney(AGES);
    const blocked = vanElteren([AGES]);
    expect(blocked.z).toBeCloseTo(z, 12);
    expect(blocked.pValue).toBeCloseTo(pValue, 12);
  });

  it('is 1 / √blocks times the sum of z for equal blocks', () => {
    const z = mannWhitney(AGES).z;
    expect(vanElteren([AGES, AGES, AGES, AGES]).z).toBeCloseTo(2 * z, 12);
  });

  it('ignores differences between blocks', () => {
    const shifted = (by: number): Samples => ({
      first: AGES.first.map((age) => age + by),
      second: AGES.second.map((age) => age + by),
    });
    const blocks = [shifted(0), shifted(1000), shifted(-1000)];
    expect(vanElteren(blocks).z).toBeCloseTo(vanElteren([AGES, AGES, AGES]).z, 12);
  });

  it('rejects 1 in 20 at p < 0.05 if there is no difference, and all of them if there is a large one', () => {
    const random = seededRandom(1);
    const sample = (shift: number) => Array.from({ length: 10 }, () => random() + shift);
    const rejected = (shift: number) =>
      Array.from({ length: 400 }, () =>
        vanElteren(Array.from({ length: 5 }, () => ({ first: sample(0), second: sample(shift) }))),
      ).filter(({ pValue }) => pValue < 0.05).length;
    expect(rejected(0)).toBeGreaterThan(8);
    expect(rejected(0)).toBeLessThan(32);
    expect(rejected(0.5)).toBe(400);
  });
});
