/** Keeps a name with letters from right to left from turning the sentence around it. */

const RIGHT_TO_LEFT = /[\u0590-\u08FF\u200F\uFB1D-\uFDFF\uFE70-\uFEFC\u{10800}-\u{10FFF}\u{1E800}-\u{1EFFF}]/u;

/** The name between marks of isolation (Unicode, UAX 9, FSI and PDI), for texts that have no elements of their own. */
export function isolated(name: string): string {
    return RIGHT_TO_LEFT.test(name) ? `\u2068${name}\u2069` : name;
}
