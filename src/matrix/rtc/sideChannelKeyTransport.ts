/** Keys of the side channel between devices as `com.hush.side_channel.key`, encrypted with Olm. */
import * as v from 'valibot';
import type { KeyTransport } from './keyTransport.ts';
import type { Device, OlmMessages } from './olmMessages.ts';

const SIDE_CHANNEL_KEY_TYPE = 'com.hush.side_channel.key';

const id = v.pipe(v.string(), v.minLength(1), v.maxLength(255));
const keyContent = v.looseObject({
    version: v.literal(1),
    room_id: id,
    device_id: id,
    index: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(255)),
    key: v.pipe(
        v.string(),
        v.maxLength(64),
        v.base64(),
        v.check((key) => Buffer.from(key, 'base64').length === 16, 'not 16 bytes'),
    ),
    sent_ts: v.pipe(v.number(), v.minValue(0)),
});

export function createSideChannelKeyTransport(
    messages: OlmMessages,
    self: Device,
    now: () => number,
): Pick<KeyTransport, 'send' | 'onKey'> {
    return {
        send: (roomId, { index, key }, devices) =>
            messages.send(
                SIDE_CHANNEL_KEY_TYPE,
                { version: 1, room_id: roomId, device_id: self.deviceId, index, key, sent_ts: now() },
                devices,
            ),
        onKey: (listener) =>
            messages.onMessage(
                SIDE_CHANNEL_KEY_TYPE,
                keyContent,
                (content) => content.device_id,
                ({ sender, content: { room_id: roomId, index, key, sent_ts: sentTs } }) =>
                    listener(roomId, { ...sender, index, key, sentTs }),
            ),
    };
}
