/** Loads pages of a room's history before, behind or around what is shown. */
import type { MatrixClient, MatrixEvent } from 'matrix-js-sdk/lib/matrix.js';
import { fromSdk, type KnownErrors } from '../requests/matrixHttp.ts';
import type { FoldedPart } from './foldedPart.ts';
import { eventContext, historyChunk } from './historyChunk.ts';
import type { LoadedEvents } from './loadedEvents.ts';
import type { Segment } from './segments.ts';

export const GONE = 'This message is not available: it was deleted, or it was sent before you could read this room.';
const NOT_THERE: KnownErrors = { M_NOT_FOUND: ['chat.notThere', GONE], M_FORBIDDEN: ['chat.notThere', GONE] };

const PAGE = 40;
/** The most pages in a row without a visible message (calls, reactions) before the person must ask again. */
const MAX_PAGES = 8;

export interface HistoryLoading {
    /** Each loads pages until there is more to show, up to a limit. */
    earlier(around: string | null): Promise<void>;
    later(around: string | null): Promise<void>;
    around(eventId: string): Promise<void>;
}
export interface HistoryLoadingOptions {
    readonly sdk: MatrixClient;
    readonly roomId: string;
    readonly loaded: LoadedEvents;
    readonly shown: (around: string | null) => FoldedPart;
    readonly changed: () => void;
}

/** Loads one page. Returns false when there is none. */
type LoadPage = (at: Segment<MatrixEvent>) => Promise<boolean>;

export function createHistoryLoading(options: HistoryLoadingOptions): HistoryLoading {
    const { sdk, roomId, loaded, shown, changed } = options;
    const { segments } = loaded;
    const running = new Map<string, Promise<void>>();

    const pageBefore: LoadPage = async ({ token }) => {
        if (token === null) return false;
        const page = await historyChunk(sdk, roomId, token, 'b', PAGE);
        segments.earlier(token, await loaded.take(page.events), page.next);
        return true;
    };
    const pageAfter: LoadPage = async ({ later }) => {
        if (later === null) return false;
        const page = await historyChunk(sdk, roomId, later, 'f', PAGE);
        segments.onward(later, await loaded.take(page.events), page.next);
        return page.next !== null;
    };
    async function load(around: string | null, end: 'roomAbove' | 'roomBelow', loadPage: LoadPage): Promise<void> {
        const before = shown(around).all.length;
        for (let pages = 0; pages < MAX_PAGES; pages++) {
            const part = shown(around);
            if (part.all.length > before || !part[end] || !(await loadPage(part.at))) return;
            changed();
        }
    }
    /** Two equal requests at the same time share one result. */
    const once = async (what: string, doing: string, work: () => Promise<void>): Promise<void> => {
        let result = running.get(what);
        if (!result) {
            result = work().finally(() => running.delete(what));
            running.set(what, result);
        }
        try {
            await result;
        } catch (error) {
            throw fromSdk(error, doing, NOT_THERE);
        }
    };
    return {
        earlier: (around) =>
            once(`earlier ${around}`, 'Getting earlier messages', () => load(around, 'roomAbove', pageBefore)),
        later: (around) =>
            once(`later ${around}`, 'Getting later messages', () => load(around, 'roomBelow', pageAfter)),
        around: (eventId) =>
            once(`find ${eventId}`, 'Looking up the message', async () => {
                const { events, start, end } = await eventContext(sdk, roomId, eventId, PAGE);
                segments.around(await loaded.take(events), start, end);
                changed();
            }),
    };
}
