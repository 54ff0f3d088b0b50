/** Media keys between devices as `io.element.call.encryption_keys`, in the form that Element Call sends and reads. */
import * as v from 'valibot';
import type { Disposable } from '../../core/base/disposable.ts';
import type { ReceivedKey } from './keyRing.ts';
import type { Device, OlmMessages, SendOutcome } from './olmMessages.ts';

const KEYS_TYPE = 'io.element.call.encryption_keys';

const keysContent = v.looseObject({
    keys: v.looseObject({
        index: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(255)),
        key: v.pipe(
            v.string(),
            v.maxLength(128),
            v.regex(/^[A-Za-z0-9+/_-]+={0,2}$/u),
            v.transform(toStandardBase64),
            v.check((key) => Buffer.from(key, 'base64').length === 16, 'not 16 bytes'),
        ),
    }),
    room_id: v.pipe(v.string(), v.maxLength(255)),
    member: v.looseObject({ claimed_device_id: v.pipe(v.string(), v.minLength(1), v.maxLength(255)) }),
    sent_ts: v.optional(v.pipe(v.number(), v.minValue(0))),
});

/** The key messages of MSC4143. They do not name the sender's device. Only the Olm session identifies it. */
const RTC_KEY_TYPES = ['m.rtc.encryption_key', 'org.matrix.msc4143.rtc.encryption_key'] as const;

const rtcKeyContent = v.looseObject({
    room_id: v.pipe(v.string(), v.maxLength(255)),
    media_key: v.looseObject({
        index: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(255)),
        key: v.pipe(
            v.string(),
            v.maxLength(128),
            v.regex(/^[A-Za-z0-9+/_-]+={0,2}$/u),
            v.transform(toStandardBase64),
            // Current clients make 16 bytes, MSC4143 demands 32.
            v.check((key) => [16, 32].includes(Buffer.from(key, 'base64').length), 'not 16 or 32 bytes'),
        ),
    }),
});

/** Element Call leaves out the padding. The page and WebCrypto need it. */
function toStandardBase64(text: string): string {
    return Buffer.from(text.replace(/-/gu, '+').replace(/_/gu, '/'), 'base64').toString('base64');
}

export interface KeyTransport {
    send(
        roomId: string,
        key: { index: number; key: string },
        devices: readonly Device[],
        memberId?: string,
    ): Promise<SendOutcome>;
    onKey(listener: (roomId: string, key: ReceivedKey) => void): Disposable;
}

export function createKeyTransport(messages: OlmMessages, self: Device, now: () => number): KeyTransport {
    return {
        send: (roomId, { index, key }, devices, memberId = `${self.userId}:${self.deviceId}`) =>
            messages.send(
                KEYS_TYPE,
                {
                    keys: { index, key },
                    room_id: roomId,
                    member: { claimed_device_id: self.deviceId, id: memberId },
                    session: { call_id: '', application: 'm.call', scope: 'm.room' },
                    sent_ts: now(),
                },
                devices,
            ),
        onKey(listener) {
            const subscriptions = RTC_KEY_TYPES.map((type) =>
                messages.onMessage(
                    type,
                    rtcKeyContent,
                    () => undefined,
                    ({ sender, content: { room_id: roomId, media_key: key } }) => {
                        listener(roomId, { ...sender, index: key.index, key: key.key, sentTs: now() });
                    },
                ),
            );
            const older = messages.onMessage(
                KEYS_TYPE,
                keysContent,
                (content) => content.member.claimed_device_id,
                ({ sender, content }) => {
                    listener(content.room_id, {
                        ...sender,
                        index: content.keys.index,
                        key: content.keys.key,
                        sentTs: content.sent_ts ?? now(),
                    });
                },
            );
            return {
                dispose() {
                    for (const subscription of [...subscriptions, older]) subscription.dispose();
                },
            };
        },
    };
}
