/** Quantiles and ratios for the bench. Pure. */

/** NaN without values. */
export function quantile(values: readonly number[], q: number): number {
    const sorted = values.toSorted((a, b) => a - b);
    return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN;
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
