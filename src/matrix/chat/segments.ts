/**
 * A room's events as far as they are known: stretches without a hole, the newest of which is the conversation. A limited
 * sync begins a new stretch; paging back from it makes it one with the older ones when they meet. So what is shown never
 * has a hole and never shows an event twice. (Client-server API, "Syncing": `limited`, `prev_batch`; `/messages`.) Pure.
 */

export interface Segment<E> {
    /** Oldest first. */
    events: readonly E[];
    /** Where to page back from; null: the stretch begins at the room's beginning, or at what we may see of it. */
    token: string | null;
}

export interface Segments<E> {
    /** The newest stretch. */
    readonly newest: Segment<E>;
    /** An event of the sync. False: it is known already. */
    append(event: E): boolean;
    /** A limited sync: what comes now does not follow on what was there. */
    gap(token: string | null): void;
    /** A page that was asked for with `from`, newest first; `next` is null when there is nothing older. */
    earlier(from: string, page: readonly E[], next: string | null): void;
}

export function createSegments<E>(idOf: (event: E) => string, events: readonly E[], token: string | null): Segments<E> {
    /** Newest first. */
    let all: Segment<E>[] = [{ events: [], token }];
    const known = (segment: Segment<E>): Set<string> => new Set(segment.events.map(idOf));

    const newest = (): Segment<E> => all[0] as Segment<E>;
    const append = (event: E): boolean => {
        const id = idOf(event);
        if (all.some((segment) => segment.events.some((e) => idOf(e) === id))) return false;
        newest().events = [...newest().events, event];
        return true;
    };
    for (const event of events) append(event);

    return {
        get newest() {
            return newest();
        },
        append,
        gap(next) {
            // An empty stretch has nothing that a page could meet.
            all = [{ events: [], token: next }, ...all.filter((segment) => segment.events.length > 0)];
        },
        earlier(from, page, next) {
            const at = all.findIndex((segment) => segment.token === from);
            const segment = all[at];
            if (!segment) return; // asked twice, or for a stretch that is one with a newer one by now
            const seen = known(segment);
            const fresh: E[] = [];
            for (const event of page) {
                const id = idOf(event);
                if (seen.has(id)) continue;
                const met = all.findIndex((older, i) => i > at && older.events.some((e) => idOf(e) === id));
                const older = all[met];
                if (older) {
                    // Everything between the two was on this page or before it: they are one from here on.
                    segment.events = [...older.events, ...fresh.toReversed(), ...segment.events];
                    segment.token = older.token;
                    all = all.filter((_, i) => i <= at || i > met);
                    return;
                }
                seen.add(id);
                fresh.push(event);
            }
            segment.events = [...fresh.toReversed(), ...segment.events];
            segment.token = next;
        },
    };
}
