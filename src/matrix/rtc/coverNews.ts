/** `com.hush.cover`: a sharer tells its viewers' devices that a card is in place of the screen, and why. */
import * as v from 'valibot';
import { latestCovers } from '../../core/session/trustEvents.ts';
import type { Disposable } from '../../core/base/disposable.ts';
import type { CoverEvent, RtcPort } from '../../core/session/rtcPort.ts';
import type { Log } from '../../core/base/log.ts';
import { covers } from '../../core/share/mediaMessages.ts';
import type { OlmMessages } from './olmMessages.ts';

const COVER_TYPE = 'com.hush.cover';

const id = v.pipe(v.string(), v.minLength(1), v.maxLength(255));
const coverContent = v.looseObject({
    version: v.literal(1),
    room_id: id,
    share_id: id,
    device_id: id,
    /** Rises with each message about a share. They may arrive in another order. */
    order: v.pipe(v.number(), v.integer(), v.minValue(0)),
    /** A reason that this version does not know hides the screen all the same. */
    cover: v.nullable(v.fallback(v.picklist(covers), 'paused')),
});

export interface CoverNews {
    readonly send: RtcPort['sendCover'];
    onCover(listener: (event: CoverEvent) => void): Disposable;
}

export function createCoverNews(messages: OlmMessages, ownDeviceId: string, log: Log): CoverNews {
    const told = latestCovers();
    messages.onMessage(
        COVER_TYPE,
        coverContent,
        (content) => content.device_id,
        ({ sender, content }) =>
            told.emit({
                roomId: content.room_id,
                shareId: content.share_id,
                userId: sender.userId,
                deviceId: sender.deviceId,
                order: content.order,
                cover: content.cover,
            }),
    );
    return {
        async send({ roomId, shareId, cover, order }, to) {
            const content = { version: 1, room_id: roomId, share_id: shareId, device_id: ownDeviceId, order, cover };
            const first = await messages.send(COVER_TYPE, content, to);
            // A viewer that misses the end of a cover would be told of a hidden screen until the next cover.
            const again = cover === null ? first.failed.map(({ device }) => device) : [];
            const { failed } = again.length > 0 ? await messages.send(COVER_TYPE, content, again) : first;
            for (const { device, reason } of failed)
                log.info(`${COVER_TYPE} did not reach ${device.userId} ${device.deviceId} (${reason})`);
        },
        onCover: told.add,
    };
}
