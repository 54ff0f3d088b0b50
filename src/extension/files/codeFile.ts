/** Lines out of an editor as a file of their own. Pure. */

/** `greet.ts`, lines 3 to 8: `greet.L3-8.ts`, so that the other side's editor knows the language. From 1. */
export function codeFileName(name: string, from: number, to: number): string {
    const dot = name.lastIndexOf('.');
    const [stem, ending] = dot > 0 ? [name.slice(0, dot), name.slice(dot)] : [name, ''];
    return `${stem}.L${from === to ? from : `${from}-${to}`}${ending}`;
}

/** `2026-11-21 19.45.12`; sorts by time, and every file system takes it. `at`: local time. */
export function timeInName(at: Date): string {
    const two = (n: number): string => String(n).padStart(2, '0');
    const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
    return `${day} ${two(at.getHours())}.${two(at.getMinutes())}.${two(at.getSeconds())}`;
}
