/** Cuts text for people. */

const segmenter = new Intl.Segmenter();
/** A character for people may be long: a family, or a letter with many accents. */
const LONGEST = 64;

/** At most `max` UTF-16 units. A cut ends with `…` and never splits a character as people see it. */
export function cutText(text: string, max: number): string {
    if (text.length <= max) return text;
    let end = 0;
    for (const { index, segment } of segmenter.segment(text.slice(0, max + LONGEST))) {
        if (index + segment.length > max - 1) break;
        end = index + segment.length;
    }
    // One character that is longer than the limit is split nevertheless.
    return `${(end === 0 ? text.slice(0, max - 1).toWellFormed() : text.slice(0, end)).trimEnd()}…`;
}
