/** Names a file for lines from an editor. Pure. */

/**
 * `greet.ts`, lines 3 to 8: `greet.L3-8.ts`. The ending stays, so that the receiver's editor knows the language. Lines
 * count from 1.
 */
export function codeFileName(name: string, from: number, to: number): string {
    const dot = name.lastIndexOf('.');
    const [stem, ending] = dot > 0 ? [name.slice(0, dot), name.slice(dot)] : [name, ''];
    return `${stem}.L${from === to ? from : `${from}-${to}`}${ending}`;
}
