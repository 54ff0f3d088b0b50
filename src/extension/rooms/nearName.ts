/** Names that differ by a typing error. Pure. */

/**
 * Returns whether at most `most` typing errors turn one name into the other: a letter added, removed, replaced, or two
 * letters swapped (restricted Damerau-Levenshtein distance).
 */
export function isNear(a: string, b: string, most: number): boolean {
    const [x, y] = [[...a], [...b]];
    if (Math.abs(x.length - y.length) > most) return false;
    let before: number[] = [];
    let last = y.map((_, index) => index + 1);
    last.unshift(0);
    for (let i = 1; i <= x.length; i++) {
        const row = [i];
        for (let j = 1; j <= y.length; j++) {
            const same = x[i - 1] === y[j - 1] ? 0 : 1;
            let cost = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + same);
            if (i > 1 && j > 1 && x[i - 1] === y[j - 2] && x[i - 2] === y[j - 1])
                cost = Math.min(cost, (before[j - 2] ?? 0) + 1);
            row.push(cost);
        }
        before = last;
        last = row;
    }
    return (last[y.length] ?? 0) <= most;
}
