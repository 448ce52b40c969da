// Random numbers that a seed repeats, so that a failure can be repeated.

/** Mulberry32: uniform from 0 up to, without, 1. */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A copy in random order. */
export function shuffled<T>(items: readonly T[], random: () => number): T[] {
  const copy = [...items];
  for (let end = copy.length - 1; end > 0; end -= 1) {
    const index = Math.floor(random() * (end + 1));
    [copy[end], copy[index]] = [copy[index] as T, copy[end] as T];
  }
  return copy;
}
