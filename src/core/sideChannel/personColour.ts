/** The colour of a person's pointer and drawings. All participants compute the same one. Pure. */

/** Hues in degrees that are told apart well, on dark and on light pictures. */
const HUES = [212, 28, 152, 328, 48, 272, 184, 4] as const;

/** CSS colours: the line, and the text on a label of that colour. */
export interface PersonColour {
    readonly line: string;
    readonly label: string;
}

export function personColour(userId: string): PersonColour {
    let hash = 2_166_136_261;
    for (const char of userId) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 16_777_619);
    const hue = HUES[(hash >>> 0) % HUES.length] ?? HUES[0];
    // A dark label with white text has a contrast of at least 4.5 at each of these hues.
    return { line: `hsl(${hue} 95% 58%)`, label: `hsl(${hue} 90% 24%)` };
}
