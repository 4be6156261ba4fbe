/** The largest distance between the distribution functions of two samples (Kolmogorov-Smirnov): 0 for the same, 1 for apart. */
export function distance(first: readonly number[], second: readonly number[]): number {
  const share = (sample: readonly number[], value: number) =>
    sample.filter((other) => other <= value).length / sample.length;
  return Math.max(...[...first, ...second].map((value) => Math.abs(share(first, value) - share(second, value))));
}

/** The distance that two samples of the same kind pass with this probability only. */
export function criticalDistance(first: number, second: number, probability: number): number {
  return Math.sqrt(-Math.log(probability / 2) / 2) * Math.sqrt((first + second) / (first * second));
}
