/** The part of a conversation that the person looks at, beside its newest messages. Reads what is asked for. */
import type { ChatMessage } from './message.ts';
import type { ChatPort } from './chatPort.ts';
import { userMessage } from '../base/errors.ts';
import type { Log } from '../base/log.ts';

export interface TimelinePartOptions {
    /** The open account's messages. */
    chat(): ChatPort | undefined;
    roomId(): string | undefined;
    /** What is shown was read again. */
    onRead(roomId: string): void;
    onChange(): void;
    onProblem(text: string): void;
    /** The requested message is now in the conversation on the screen. */
    onFound(key: string): void;
    readonly log: Log;
}

export interface TimelinePart {
    readonly messages: readonly ChatMessage[];
    /** The messages up to the newest one, whatever part the person looks at. */
    readonly latest: readonly ChatMessage[];
    readonly atStart: boolean;
    readonly full: boolean;
    readonly atEnd: boolean;
    readonly loading: boolean;
    /** Every message that is known here. */
    readonly known: readonly ChatMessage[];
    /** Resolves when the current state is shown. */
    read(): Promise<void>;
    earlier(roomId: string): Promise<void>;
    later(roomId: string): Promise<void>;
    goTo(roomId: string, key: string): Promise<void>;
    toNewest(): void;
    /** The room is another one. */
    clear(): void;
}

const EMPTY = {
    messages: [],
    latest: [],
    atStart: false,
    full: false,
    atEnd: true,
} as const satisfies Partial<TimelinePart>;
const NOT_SHOWN = 'That is not a message that Hush can show.';

export function createTimelinePart(options: TimelinePartOptions): TimelinePart {
    const { chat, roomId: currentRoom, log } = options;
    let part: Pick<TimelinePart, keyof typeof EMPTY> = EMPTY;
    /** An older message that the person looks at. The messages around it are shown. */
    let anchor: string | null = null;
    /** The room whose messages are loading. */
    let loading: string | undefined;
    let running: Promise<void> | undefined;
    let again = false;

    const read = (): Promise<void> => {
        again = true;
        return (running ??= readOn().then(() => {
            running = undefined;
            return again ? read() : undefined; // (requested while the last run ended)
        }));
    };
    const readOn = async (): Promise<void> => {
        try {
            do {
                again = false;
                const [from, roomId, at] = [chat(), currentRoom(), anchor];
                if (!from || roomId === undefined) return;
                const newest = await from.timeline(roomId);
                const timeline = at === null ? newest : await from.timeline(roomId, at);
                if (from !== chat() || roomId !== currentRoom() || at !== anchor) {
                    again = true;
                    continue;
                }
                const { messages, atStart, full, atEnd } = timeline;
                part = { messages, atStart, full, atEnd, latest: newest.messages };
                if (atEnd) anchor = null; // the two parts have joined
                options.onRead(roomId);
            } while (again);
        } catch (error) {
            log.warn('The conversation could not be read', error);
        }
    };
    const load = async (roomId: string, get: (port: ChatPort) => Promise<void>): Promise<void> => {
        const from = chat();
        if (loading === roomId || !from || roomId !== currentRoom()) return;
        loading = roomId;
        options.onChange();
        try {
            await get(from);
        } catch (error) {
            options.onProblem(userMessage(error, 'Getting messages'));
        }
        await read();
        if (loading === roomId) loading = undefined;
        options.onChange();
    };

    return {
        get messages() {
            return part.messages;
        },
        get latest() {
            return part.latest;
        },
        get atStart() {
            return part.atStart;
        },
        get full() {
            return part.full;
        },
        get atEnd() {
            return part.atEnd;
        },
        get loading() {
            return loading !== undefined && loading === currentRoom();
        },
        get known() {
            return anchor === null ? part.latest : [...part.latest, ...part.messages];
        },
        read,
        async earlier(roomId) {
            // The anchor becomes the oldest message, so that the part around it includes the older ones that arrive.
            if (anchor !== null) anchor = part.messages[0]?.key ?? anchor;
            const first = anchor;
            await load(roomId, (from) => from.earlier(roomId, first));
        },
        async later(roomId) {
            if (anchor === null) return;
            const last = (anchor = part.messages.at(-1)?.key ?? anchor);
            await load(roomId, (from) => from.later(roomId, last));
        },
        async goTo(roomId, key) {
            try {
                await chat()?.find(roomId, key);
                const found = await chat()?.timeline(roomId, key);
                if (roomId !== currentRoom()) return;
                // A call, or a message of an ignored person, is not in the part.
                if (!found?.messages.some((m) => m.key === key)) return options.onProblem(NOT_SHOWN);
            } catch (error) {
                return options.onProblem(userMessage(error, 'Looking up the message'));
            }
            anchor = key;
            await read();
            options.onFound(key);
        },
        toNewest() {
            if (anchor === null) return;
            anchor = null;
            void read();
        },
        clear() {
            part = EMPTY;
            anchor = null;
        },
    };
}
