/** How room versions differ for Hush (Matrix spec, "Room Versions"). */

export interface VersionTraits {
    /** Before version 10, power levels may be strings. */
    readonly stringLevels: boolean;
    /**
     * From version 12 (MSC4289), creators are above every power level, and `additional_creators` names more creators.
     */
    readonly infiniteCreators: boolean;
    /** From version 7. */
    readonly knock: boolean;
    /** From version 8. */
    readonly restricted: boolean;
    /** From version 10. */
    readonly knockRestricted: boolean;
    /** From version 11 (MSC2174), the content of an `m.room.redaction` names the redacted event. */
    readonly redactsInContent: boolean;
}

/** Unstable names of version 12. */
const LIKE_TWELVE = new Set(['org.matrix.hydra.11', 'org.matrix.12']);

/**
 * An unknown version is treated like version 11. This offers what most rooms can do, and no power without a power
 * level.
 */
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

/** Sorts versions for a list: numbers first, the newest on top, then the others by name. */
export function newestFirst(a: string, b: string): number {
    const [x, y] = [a, b].map((v) => (/^\d{1,3}$/u.test(v) ? Number(v) : -1)) as [number, number];
    return y - x || (a < b ? -1 : a > b ? 1 : 0);
}

/**
 * The versions to which a room of version `now` can be upgraded, the recommended one first. All versions if `now` is
 * not a number.
 */
export function newerVersions(now: string, offered: readonly string[], recommended: string): string[] {
    const numbered = /^\d{1,3}$/u.test(now);
    return offered
        .filter((version) => version !== now && (!numbered || newestFirst(version, now) < 0))
        .toSorted((a, b) => Number(b === recommended) - Number(a === recommended) || newestFirst(a, b));
}
