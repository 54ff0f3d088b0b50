/**
 * Which pointers in a conversation have just arrived. One from the history shows nothing in an editor: its person looks
 * at something else by now.
 */
import type { CodePointer } from './codePointer.ts';
import type { ChatMessage } from './message.ts';

export interface FreshPointer {
    /** User ID. */
    readonly sender: string;
    readonly name: string;
    readonly pointer: CodePointer;
}

/** ms that lines stay marked. */
export const POINTER_MS = 20_000;
/** ms that this machine's clock and the servers' may differ. */
const CLOCKS_MS = 60_000;

/**
 * Returns what to call with every reading of a room's newest messages, and the time (ms since the epoch). It returns
 * the newest fresh pointer of each person. Messages of ignored people are in no reading.
 */
export function createFreshPointers() {
    /** By room: the messages of the last reading that could be decrypted. The key of another may still come. */
    const known = new Map<string, ReadonlySet<string>>();
    return (roomId: string, messages: readonly ChatMessage[], now: number): FreshPointer[] => {
        const before = known.get(roomId);
        const readable = messages.filter(({ kind }) => kind !== 'unreadable');
        known.set(roomId, new Set(readable.map(({ key }) => key)));
        // What the first reading has was there before this window looked.
        if (before === undefined) return [];
        const fresh = new Map<string, FreshPointer>();
        for (const { key, own, ts, sender, name, pointer } of readable) {
            if (pointer === undefined || own || before.has(key)) continue;
            if (now - ts < POINTER_MS + CLOCKS_MS) fresh.set(sender, { sender, name, pointer });
        }
        return [...fresh.values()];
    };
}

/** ms between two pointers of ours, so that nobody's editor flickers. */
const APART_MS = 1_000;

/** Returns whether the person may point now (ms). */
export function createPointingPace(): (now: number) => boolean {
    let last = -Infinity;
    return (now) => {
        if (now - last < APART_MS) return false;
        last = now;
        return true;
    };
}
