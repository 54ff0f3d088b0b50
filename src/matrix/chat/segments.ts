/**
 * A room's events as far as they are known: stretches without a hole, the newest of which the sync goes on with. A limited
 * sync begins a new stretch, and so does a message that is looked up; paging from a stretch, back or on, makes it one with
 * another when they meet. So what is shown never has a hole and never shows an event twice. (Client-server API, "Syncing":
 * `limited`, `prev_batch`; `/messages`; `/context`.) Pure.
 */

export interface Segment<E> {
    /** Oldest first. */
    events: readonly E[];
    /** Where to page back from; null: the stretch begins at the room's beginning, or at what we may see of it. */
    token: string | null;
    /** Where to page on from; null: it is the newest, and goes on by itself. */
    later: string | null;
}

export interface Segments<E> {
    /** The newest stretch. */
    readonly newest: Segment<E>;
    /** The newest first; the rest in any order. */
    readonly all: readonly Segment<E>[];
    /** The stretch that the event is in. */
    at(id: string): Segment<E> | undefined;
    /** An event of the sync. False: it is known already. */
    append(event: E): boolean;
    /** A limited sync: what comes now does not follow on what was there. `since`: where what was there ends. */
    gap(token: string | null, since: string | null): void;
    /** A page that was asked for with `from`, newest first; `next` is null when there is nothing older. */
    earlier(from: string, page: readonly E[], next: string | null): void;
    /** A page that was asked for with `from`, oldest first; `next` is null when there is nothing newer yet. */
    onward(from: string, page: readonly E[], next: string | null): void;
    /** What lies around an event, oldest first, with the places to page from. */
    around(events: readonly E[], token: string | null, later: string | null): void;
}

export function createSegments<E>(idOf: (event: E) => string, events: readonly E[], token: string | null): Segments<E> {
    /** The newest first; the rest in any order. */
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

    /** `stretch`, which has no hole, and every stretch that it touches become one. */
    function join(stretch: Segment<E>): void {
        for (;;) {
            const ids = new Set(stretch.events.map(idOf));
            const met = all.find((other) => other !== stretch && other.events.some((event) => ids.has(idOf(event))));
            if (!met) return;
            const theirs = new Set(met.events.map(idOf));
            const first = stretch.events.findIndex((event) => theirs.has(idOf(event)));
            const last = stretch.events.findLastIndex((event) => theirs.has(idOf(event)));
            const [before, after] = [stretch.events.slice(0, first), stretch.events.slice(last + 1)];
            // In place: the newest stays the one that the sync goes on with.
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
            // An empty stretch has nothing that a page could meet.
            const rest = before.events.length > 0 ? all : all.slice(1);
            before.later = since;
            all = [{ events: [], token: next, later: null }, ...rest];
        },
        earlier(from, page, next) {
            const segment = all.find(({ token: place }) => place === from);
            if (!segment) return; // asked twice, or for a stretch that is one with another by now
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
            // Nothing newer yet: it is asked again from here, unless it has met the newest by then.
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

/** What both have, with what only the second has where it stands there: an event of another server may come in late. */
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
