/** Typing and reading in the conversation of this window: what others do, and what they are told of the person. Pure. */
import type { Disposable } from '../base/disposable.ts';
import type { Log } from '../base/log.ts';
import { NO_ACTIVITY, type PresencePort, type RoomActivity } from '../rooms/presencePort.ts';

export interface ChatPresenceOptions {
    /** What of the person's doings others may be told. */
    readonly tells: () => { readonly typing: boolean; readonly receipts: boolean };
    readonly onChange: (activity: RoomActivity) => void;
    readonly log: Log;
}
export interface ChatPresence extends Disposable {
    readonly activity: RoomActivity;
    /** The room of now and where it is had; the same again changes nothing. */
    follow(port: PresencePort | undefined, roomId: string | undefined): void;
    typing(roomId: string, typing: boolean): void;
    /** `key`: of a message that the person had before them; one that is on its way is nobody's to know of. */
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
            log.debug(`who types and reads is not known: ${String(error)}`);
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
