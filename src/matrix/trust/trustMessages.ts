/**
 * A sharer's device tells viewers' devices about trust in Olm-encrypted to-device messages:
 * - `com.hush.withheld`: your device gets no picture for this reason, or gets it again.
 * - `com.hush.audience`: who else can see the share. It goes only to devices that can.
 */
import * as v from 'valibot';
import type { Disposable } from '../../core/base/disposable.ts';
import { sharePolicies, type SharePolicy } from '../../core/trust/shareTrust.ts';
import type { Log } from '../../core/base/log.ts';
import { withheldReasons, type WithheldReason } from '../../core/trust/trustLevels.ts';
import type { Device, OlmMessages } from '../rtc/olmMessages.ts';

const WITHHELD_TYPE = 'com.hush.withheld';
const AUDIENCE_TYPE = 'com.hush.audience';
/** The most holders in one message. A to-device message should stay small. */
const MAX_TOLD = 200;

const id = v.pipe(v.string(), v.minLength(1), v.maxLength(255));
const ts = v.pipe(v.number(), v.minValue(0), v.finite());
const withheldContent = v.looseObject({
    version: v.literal(1),
    room_id: id,
    device_id: id,
    reason: v.nullable(v.picklist(withheldReasons)),
});
const audienceContent = v.looseObject({
    version: v.literal(1),
    room_id: id,
    device_id: id,
    policy: v.picklist(sharePolicies),
    generation: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(255))),
    rotated_ts: v.optional(ts),
    holders: v.pipe(
        v.array(v.looseObject({ user_id: id, device_id: id, way: v.picklist(['key', 'direct']), since: ts })),
        v.maxLength(MAX_TOLD),
    ),
});

interface ToldHolder extends Device {
    readonly way: 'key' | 'direct';
    readonly since: number;
}
export interface ToldAudience {
    readonly roomId: string;
    readonly policy: SharePolicy;
    readonly generation: number | undefined;
    readonly rotatedTs: number | undefined;
    readonly holders: readonly ToldHolder[];
}
export interface TrustMessages {
    /** Best effort: a failure is logged. */
    sendWithheld(roomId: string, to: Device, reason: WithheldReason | null): Promise<void>;
    onWithheld(listener: (roomId: string, from: Device, reason: WithheldReason | null) => void): Disposable;
    sendAudience(audience: ToldAudience, to: readonly Device[]): Promise<void>;
    onAudience(listener: (from: Device, audience: ToldAudience) => void): Disposable;
}

export function createTrustMessages(messages: OlmMessages, ownDeviceId: string, log: Log): TrustMessages {
    const send = async (type: string, content: Record<string, unknown>, to: readonly Device[]): Promise<void> => {
        const { failed } = await messages.send(type, { version: 1, device_id: ownDeviceId, ...content }, to);
        for (const { device, reason } of failed)
            log.info(`${type} did not reach ${device.userId} ${device.deviceId} (${reason})`);
    };
    return {
        sendWithheld: (roomId, to, reason) => send(WITHHELD_TYPE, { room_id: roomId, reason }, [to]),
        onWithheld: (listener) =>
            messages.onMessage(
                WITHHELD_TYPE,
                withheldContent,
                (content) => content.device_id,
                ({ sender, content }) => listener(content.room_id, sender, content.reason),
            ),
        sendAudience: ({ roomId, policy, generation, rotatedTs, holders }, to) =>
            send(
                AUDIENCE_TYPE,
                {
                    room_id: roomId,
                    policy,
                    ...(generation === undefined ? {} : { generation }),
                    ...(rotatedTs === undefined ? {} : { rotated_ts: rotatedTs }),
                    holders: holders.slice(0, MAX_TOLD).map(({ userId, deviceId, way, since }) => ({
                        user_id: userId,
                        device_id: deviceId,
                        way,
                        since,
                    })),
                },
                to,
            ),
        onAudience: (listener) =>
            messages.onMessage(
                AUDIENCE_TYPE,
                audienceContent,
                (content) => content.device_id,
                ({ sender, content }) =>
                    listener(sender, {
                        roomId: content.room_id,
                        policy: content.policy,
                        generation: content.generation,
                        rotatedTs: content.rotated_ts,
                        holders: content.holders.map((h) => ({
                            userId: h.user_id,
                            deviceId: h.device_id,
                            way: h.way,
                            since: h.since,
                        })),
                    }),
            ),
    };
}
