/** The time of a picture, for its file name. */

/** `2026-11-21 19.45.12`. It sorts by time, and every file system accepts it. `at`: local time. */
export function timeInName(at: Date): string {
    const two = (n: number): string => String(n).padStart(2, '0');
    const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
    return `${day} ${two(at.getHours())}.${two(at.getMinutes())}.${two(at.getSeconds())}`;
}
