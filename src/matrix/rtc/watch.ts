/** `com.hush.watch`: a viewer tells only the sharer's device that it watches. */
import * as v from 'valibot';
import { Latest } from '../../core/base/latest.ts';
import type { Disposable } from '../../core/base/disposable.ts';
import type { WatchEvent } from '../../core/session/rtcPort.ts';
import type { Log } from '../../core/base/log.ts';
import type { OlmMessages } from './olmMessages.ts';

const WATCH_TYPE = 'com.hush.watch';

const id = v.pipe(v.string(), v.minLength(1), v.maxLength(255));
const watchContent = v.looseObject({
    version: v.literal(1),
    room_id: id,
    share_id: id,
    watching: v.boolean(),
    device_id: id,
    /** The transport of the picture. An unknown one counts as none. */
    via: v.optional(v.fallback(v.optional(v.picklist(['mesh', 'livekit', 'unreached'])), undefined)),
});

export interface Watch {
    /** Best effort: a failure is logged. */
    send(
        target: { roomId: string; userId: string; deviceId: string; shareId: string },
        watching: boolean,
        via?: WatchEvent['via'],
    ): Promise<void>;
    /** A new listener first gets the latest earlier messages. */
    onWatch(listener: (event: WatchEvent) => void): Disposable;
}

/** The most recent messages that are kept for new listeners. */
const REMEMBERED = 1_000;

export function createWatch(messages: OlmMessages, ownDeviceId: string, log: Log): Watch {
    // Kept for windows that open later: when another window takes over, messages may arrive before it listens.
    const told = new Latest<WatchEvent>(
        ({ roomId, shareId, userId, deviceId }) => JSON.stringify([roomId, shareId, userId, deviceId]),
        () => true,
        REMEMBERED,
    );
    messages.onMessage(
        WATCH_TYPE,
        watchContent,
        (content) => content.device_id,
        ({ sender, content }) => {
            told.emit({
                roomId: content.room_id,
                shareId: content.share_id,
                userId: sender.userId,
                deviceId: sender.deviceId,
                watching: content.watching,
                ...(content.via === undefined ? {} : { via: content.via }),
            });
        },
    );
    return {
        async send({ roomId, userId, deviceId, shareId }, watching, via) {
            const content = {
                version: 1,
                room_id: roomId,
                share_id: shareId,
                watching,
                device_id: ownDeviceId,
                ...(via === undefined ? {} : { via }),
            };
            const { failed } = await messages.send(WATCH_TYPE, content, [{ userId, deviceId }]);
            if (failed[0])
                log.warn(
                    `The sharer was not told that we ${watching ? 'watch' : 'stopped watching'} (${failed[0].reason})`,
                );
        },
        onWatch: told.add,
    };
}
