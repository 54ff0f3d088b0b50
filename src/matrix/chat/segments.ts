/**
 * A room's known events, as segments without gaps. The sync continues the newest segment. A limited sync starts a new
 * segment, and so does a message that is looked up. Paging from a segment in either direction joins it with another
 * when they meet. So a shown part never has a gap and never shows an event twice. (Client-server API, "Syncing":
 * `limited`, `prev_batch`; `/messages`; `/context`.)
 */

export interface Segment<E> {
    /** Oldest first. */
    events: readonly E[];
    /**
     * The place from which to page back. Null: the segment begins at the room's start, or at the first event that we
     * may see.
     */
    token: string | null;
    /** The place from which to page forward. Null: it is the newest segment and grows by itself. */
    later: string | null;
}

export interface Segments<E> {
    /** The newest segment. */
    readonly newest: Segment<E>;
    /** The newest first. The others have no order. */
    readonly all: readonly Segment<E>[];
    /** The segment that contains the event. */
    at(id: string): Segment<E> | undefined;
    /** Adds an event of the sync. False: it is already known. */
    append(event: E): boolean;
    /** A limited sync: new events do not follow the known ones. `since`: where the known ones end. */
    gap(token: string | null, since: string | null): void;
    /** Adds a page that was requested with `from`, newest first. `next` is null when there is nothing older. */
    earlier(from: string, page: readonly E[], next: string | null): void;
    /** Adds a page that was requested with `from`, oldest first. `next` is null when there is nothing newer yet. */
    onward(from: string, page: readonly E[], next: string | null): void;
    /** Adds the events around an event, oldest first, with the places to page from. */
    around(events: readonly E[], token: string | null, later: string | null): void;
}

export function createSegments<E>(idOf: (event: E) => string, events: readonly E[], token: string | null): Segments<E> {
    /** The newest first. The others have no order. */
    let all: Segment<E>[] = [{ events: [], token, later: null }];
    const has = (segment: Segment<E>, id: string): boolean => segment.events.some((event) => idOf(event) === id);
    const newest = (): Segment<E> => all[0] as Segment<E>;
    const at = (id: string): Segment<E> | undefined => all.find((segment) => has(segment, id));
    const append = (event: E): boolean => {
        if (at(idOf(event))) return false;
        newest().events = [...newest().events, event];
        return true;
    };
    for (const event of events) append(event);

    /** Joins `stretch`, which has no gap, with every segment that shares an event with it. */
    function join(stretch: Segment<E>): void {
        for (;;) {
            const ids = new Set(stretch.events.map(idOf));
            const met = all.find((other) => other !== stretch && other.events.some((event) => ids.has(idOf(event))));
            if (!met) return;
            const theirs = new Set(met.events.map(idOf));
            const first = stretch.events.findIndex((event) => theirs.has(idOf(event)));
            const last = stretch.events.findLastIndex((event) => theirs.has(idOf(event)));
            const [before, after] = [stretch.events.slice(0, first), stretch.events.slice(last + 1)];
            // Changes the newest segment in place, because the sync continues it.
            const kept = met === newest() ? met : stretch;
            const gone = kept === met ? stretch : met;
            const [older, newer] = [before.length > 0 ? stretch : met, after.length > 0 ? stretch : met];
            const joined = {
                events: [...before, ...woven(met.events, stretch.events.slice(first, last + 1), idOf), ...after],
                token: older.token,
                later: kept === newest() ? null : newer.later,
            };
            Object.assign(kept, joined);
            all = all.filter((segment) => segment !== gone);
            stretch = kept;
        }
    }

    return {
        get newest() {
            return newest();
        },
        get all() {
            return all;
        },
        at,
        append,
        gap(next, since) {
            const before = newest();
            // An empty segment has nothing that a page could meet.
            const rest = before.events.length > 0 ? all : all.slice(1);
            before.later = since;
            all = [{ events: [], token: next, later: null }, ...rest];
        },
        earlier(from, page, next) {
            const segment = all.find(({ token: place }) => place === from);
            if (!segment) return; // requested twice, or the segment was joined with another meanwhile
            const seen = new Set(segment.events.map(idOf));
            const fresh = page.filter((event) => !seen.has(idOf(event))).toReversed();
            segment.events = [...fresh, ...segment.events];
            segment.token = next;
            join(segment);
        },
        onward(from, page, next) {
            const segment = all.find(({ later }) => later === from);
            if (!segment) return;
            const seen = new Set(segment.events.map(idOf));
            segment.events = [...segment.events, ...page.filter((event) => !seen.has(idOf(event)))];
            // Nothing is newer yet. It is asked again from here, unless the segment has met the newest one by then.
            segment.later = next ?? from;
            if (next === null && newest().events.length === 0) {
                const { events: known, token: place } = segment;
                Object.assign(newest(), { events: known, token: place });
                all = all.filter((other) => other !== segment);
                return;
            }
            join(segment);
        },
        around(known, place, later) {
            const stretch: Segment<E> = { events: known, token: place, later };
            all = [...all, stretch];
            join(stretch);
        },
    };
}

/**
 * Merges the shared parts. Events that only the second has keep their place there, because an event of another server
 * may arrive late.
 */
function woven<E>(ours: readonly E[], theirs: readonly E[], idOf: (event: E) => string): E[] {
    const known = new Set(ours.map(idOf));
    const behind = new Map<string, E[]>();
    let shared = '';
    for (const event of theirs) {
        if (known.has(idOf(event))) shared = idOf(event);
        else behind.set(shared, [...(behind.get(shared) ?? []), event]);
    }
    return ours.flatMap((event) => [event, ...(behind.get(idOf(event)) ?? [])]);
}
