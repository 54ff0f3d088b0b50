/** Quantiles and ratios for the bench. Pure. */

/** Interpolates between neighbours. NaN without values. */
export function quantile(values: readonly number[], q: number): number {
    const sorted = values.toSorted((a, b) => a - b);
    const at = q * (sorted.length - 1);
    const [low, high] = [sorted[Math.floor(at)] ?? Number.NaN, sorted[Math.ceil(at)] ?? Number.NaN];
    return low + (high - low) * (at - Math.floor(at));
}

export interface Spread {
    readonly median: number;
    readonly low: number;
    readonly high: number;
}

/** Of one figure over the rounds. */
export function spread(values: readonly number[]): Spread {
    const known = values.filter((v) => Number.isFinite(v));
    return { median: quantile(known, 0.5), low: quantile(known, 0), high: quantile(known, 1) };
}

/** `63 (58–71)`. */
export function spreadWords({ median, low, high }: Spread, digits = 0): string {
    if (!Number.isFinite(median)) return '–';
    return `${median.toFixed(digits)} (${low.toFixed(digits)}–${high.toFixed(digits)})`;
}
