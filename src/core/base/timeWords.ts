/**
 * Dates and times in words, in the language of VS Code. Without this, the extension host and its pages may use two
 * different languages.
 */

export interface TimeWords {
    /** `14:05` */
    time(ts: number): string;
    /** `Monday, 3 November 2025` */
    day(ts: number): string;
    /** `3 Nov 2025, 14:05` */
    moment(ts: number): string;
}

/** For a number that is no time: dates end in the year 275760. */
const UNKNOWN = 'unknown time';

/** `language`: a tag of BCP 47, as `vscode.env.language`. An unknown one counts as English. ts: ms since the epoch. */
export function createTimeWords(language: string): TimeWords {
    const format = (options: Intl.DateTimeFormatOptions): ((ts: number) => string) => {
        const formatter = formatterOf(language, options);
        return (ts) => (isTime(ts) ? formatter.format(ts) : UNKNOWN);
    };
    return {
        time: format({ hour: '2-digit', minute: '2-digit' }),
        day: format({ weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' }),
        moment: format({ dateStyle: 'medium', timeStyle: 'short' }),
    };
}

function formatterOf(language: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
    try {
        return new Intl.DateTimeFormat([language, 'en'], options);
    } catch {
        return new Intl.DateTimeFormat('en', options); // not a tag at all
    }
}

export function isTime(ts: number): boolean {
    return !Number.isNaN(new Date(ts).getTime());
}
