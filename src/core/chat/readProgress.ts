/** How far the person has read in the room: where the unread messages begin, and what the room was told. */
import type { ChatMessage } from './message.ts';
import { markedMessage } from './roomActivity.ts';
import type { PersonChat } from './personChat.ts';
import { unreadOf, type Unread } from './unread.ts';

type Receipt = Parameters<typeof markedMessage>[1];

export interface ReadProgressOptions {
    latest(): readonly ChatMessage[];
    person(): PersonChat | undefined;
    roomId(): string | undefined;
    /** True while the chat is open and its window has the focus. */
    watching(): boolean;
    /** ms since the epoch. */
    now(): number;
    /** Tells the room. */
    tell(roomId: string, key: string): void;
    onChange(): void;
}

export interface ReadProgress {
    readonly unread: Unread;
    /** The message above which the unread ones are announced. */
    readonly divider: string | null;
    /** The page shows this message. */
    seen(roomId: string, key: string): void;
    /** The person's own receipt, which may be of another device. */
    readElsewhere(receipt: Receipt): void;
    /** The room's messages were read again. */
    read(roomId: string): void;
    /** The page was opened again. */
    opened(): void;
    /** The window got the focus. */
    focus(): void;
    /** The person writes, so the divider goes. */
    writes(): void;
    /** The room is another one. */
    clear(): void;
    /** The person is another one. */
    forget(): void;
}

/** Clocks of servers differ by less. */
const MAX_AHEAD_MS = 60 * 60_000;

export function createReadProgress(options: ReadProgressOptions): ReadProgress {
    const { latest, person, roomId: currentRoom } = options;
    /** The last message in each room that we reported as read. */
    const told = new Map<string, string>();
    let divider: string | null = null;
    /** The message that was in view while the window was in the background. */
    let glanced: string | undefined;

    const unread = (): Unread => {
        const roomId = currentRoom();
        return unreadOf(latest(), roomId === undefined ? undefined : person()?.seen(roomId));
    };
    const note = (roomId: string, key: string): void => {
        const ts = latest().find((m) => m.key === key)?.ts;
        if (ts === undefined || person()?.seen(roomId)?.key === key) return;
        // A message from a wrong clock must not make all later ones count as seen.
        person()?.see(roomId, { key, ts: Math.min(ts, options.now() + MAX_AHEAD_MS) });
        options.onChange();
    };
    const tell = (roomId: string, key: string): void => {
        if (told.get(roomId) !== key) options.tell(roomId, key);
        told.set(roomId, key);
        note(roomId, key);
    };

    return {
        get unread() {
            return unread();
        },
        get divider() {
            return divider;
        },
        seen(roomId, key) {
            if (roomId !== currentRoom()) return;
            if (options.watching()) tell(roomId, key);
            else glanced = key;
        },
        readElsewhere(receipt) {
            const roomId = currentRoom();
            const marked = markedMessage(latest(), receipt);
            if (roomId !== undefined && marked && marked.ts > (person()?.seen(roomId)?.ts ?? Infinity))
                note(roomId, marked.key);
        },
        read(roomId) {
            const last = latest().at(-1);
            // A room that is opened for the first time has no unread messages.
            if (last && !person()?.seen(roomId)) note(roomId, last.key);
            if (!options.watching()) divider ??= unread().first;
        },
        opened() {
            divider = unread().first;
        },
        focus() {
            const roomId = currentRoom();
            if (roomId !== undefined && glanced !== undefined) tell(roomId, glanced);
            glanced = undefined;
        },
        writes() {
            divider = null;
        },
        clear() {
            divider = null;
            glanced = undefined;
        },
        forget: () => told.clear(),
    };
}
