/**
 * Typing and read receipts in this window's conversation: what others do, and what others are told about the person.
 */
import type { Disposable } from '../base/disposable.ts';
import type { Log } from '../base/log.ts';
import { NO_ACTIVITY, type PresencePort, type RoomActivity } from '../rooms/presencePort.ts';

export interface ChatPresenceOptions {
    /** What others may be told about the person. */
    readonly tells: () => { readonly typing: boolean; readonly receipts: boolean };
    readonly onChange: (activity: RoomActivity) => void;
    readonly log: Log;
}
export interface ChatPresence extends Disposable {
    readonly activity: RoomActivity;
    /** Sets the current room and its port. The same values again change nothing. */
    follow(port: PresencePort | undefined, roomId: string | undefined): void;
    typing(roomId: string, typing: boolean): void;
    /** `key`: a message that was in view. An unsent message has no receipt. */
    read(roomId: string, key: string): void;
}

export function createChatPresence({ tells, onChange, log }: ChatPresenceOptions): ChatPresence {
    let port: PresencePort | undefined;
    let roomId: string | undefined;
    let subscription: Disposable | undefined;
    let activity = NO_ACTIVITY;
    let typing = false;

    async function look(): Promise<void> {
        const [at, room] = [port, roomId];
        if (!at || room === undefined) return;
        try {
            const next = await at.activity(room);
            if (at !== port || room !== roomId) return;
            activity = next;
            onChange(activity);
        } catch (error) {
            log.debug(`loading typing notices and read receipts failed: ${String(error)}`);
        }
    }
    const stopTyping = (): void => {
        if (typing && roomId !== undefined) port?.type(roomId, false);
        typing = false;
    };
    return {
        get activity() {
            return activity;
        },
        follow(nextPort, nextRoom) {
            if (nextPort === port && nextRoom === roomId) return;
            stopTyping();
            if (nextPort !== port) {
                subscription?.dispose();
                subscription = nextPort?.onActivity((changed) => (changed === roomId ? void look() : undefined));
            }
            [port, roomId, activity] = [nextPort, nextRoom, NO_ACTIVITY];
            if (roomId !== undefined) port?.look(roomId);
            void look();
        },
        typing(room, on) {
            if (room !== roomId) return;
            if (!on || !tells().typing) return stopTyping();
            typing = true;
            port?.type(room, true);
        },
        read(room, key) {
            if (tells().receipts && key.startsWith('$')) port?.markRead(room, key);
        },
        dispose: () => subscription?.dispose(),
    };
}
