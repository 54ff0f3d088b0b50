/** What a room version changes for Hush (Matrix spec, "Room Versions"). Pure. */

export interface VersionTraits {
    /** Power levels may be written as strings: before version 10. */
    readonly stringLevels: boolean;
    /** Creators stand above every power level, and `additional_creators` names more of them: from version 12 (MSC4289). */
    readonly infiniteCreators: boolean;
    /** From version 7. */
    readonly knock: boolean;
    /** From version 8. */
    readonly restricted: boolean;
    /** From version 10. */
    readonly knockRestricted: boolean;
    /** An `m.room.redaction` names what it takes back in its content: from version 11 (MSC2174). */
    readonly redactsInContent: boolean;
}

/** Unstable names of version 12. */
const LIKE_TWELVE = new Set(['org.matrix.hydra.11', 'org.matrix.12']);

/** A version that Hush does not know is taken for one like 11: it offers what most rooms can do, and no power that is not written down. */
export function versionTraits(version: string): VersionTraits {
    const number = LIKE_TWELVE.has(version) ? 12 : /^\d{1,3}$/u.test(version) ? Number(version) : 11;
    return {
        stringLevels: number < 10,
        infiniteCreators: number >= 12,
        knock: number >= 7,
        restricted: number >= 8,
        knockRestricted: number >= 10,
        redactsInContent: number >= 11,
    };
}

/** Orders versions for a list: numbers first, the newest on top, then the others by name. */
export function newestFirst(a: string, b: string): number {
    const [x, y] = [a, b].map((v) => (/^\d{1,3}$/u.test(v) ? Number(v) : -1)) as [number, number];
    return y - x || (a < b ? -1 : a > b ? 1 : 0);
}

/** What a room of version `now` may be upgraded to, the recommended one first; all, where `now` has no number. */
export function newerVersions(now: string, offered: readonly string[], recommended: string): string[] {
    const numbered = /^\d{1,3}$/u.test(now);
    return offered
        .filter((version) => version !== now && (!numbered || newestFirst(version, now) < 0))
        .toSorted((a, b) => Number(b === recommended) - Number(a === recommended) || newestFirst(a, b));
}
