/** A file size in words for people. */

const UNITS = ['KB', 'MB', 'GB', 'TB'];

/** Decimal units: `1.5 KB`, `52.4 MB`. */
export function sizeWords(bytes: number): string {
    if (bytes < 1_000) return bytes === 1 ? '1 byte' : `${bytes} bytes`;
    let [value, unit] = [bytes / 1_000, 0];
    while (value >= 999.95 && unit < UNITS.length - 1) [value, unit] = [value / 1_000, unit + 1];
    return `${value >= 100 ? Math.round(value) : Number(value.toFixed(1))} ${UNITS[unit] ?? ''}`;
}
