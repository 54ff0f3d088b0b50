/** `com.hush.call.request`: a viewer's device asks only the sharer's device to call it with a share. */
import * as v from 'valibot';
import type { Disposable } from '../../core/base/disposable.ts';
import type { Log } from '../../core/base/log.ts';
import type { OlmMessages } from '../rtc/olmMessages.ts';
import type { Device } from './callState.ts';

const CALL_REQUEST_TYPE = 'com.hush.call.request';

const id = v.pipe(v.string(), v.minLength(1), v.maxLength(255));
const requestContent = v.looseObject({
    version: v.literal(1),
    room_id: id,
    share_id: id,
    device_id: id,
    call_id: v.optional(v.pipe(v.string(), v.maxLength(512))),
});

export interface CallRequest {
    readonly roomId: string;
    readonly shareId: string;
    readonly from: Device;
    /** The call in which the viewer already has the share, but no picture. */
    readonly callId: string | undefined;
}
export interface CallRequests {
    /** Best effort: a failure is logged, and the call machine asks again. */
    send(roomId: string, shareId: string, to: Device, callId: string | undefined): Promise<void>;
    onRequest(listener: (request: CallRequest) => void): Disposable;
}

export function createCallRequests(messages: OlmMessages, ownDeviceId: string, log: Log): CallRequests {
    return {
        async send(roomId, shareId, to, callId) {
            const content = {
                version: 1,
                room_id: roomId,
                share_id: shareId,
                device_id: ownDeviceId,
                ...(callId === undefined ? {} : { call_id: callId }),
            };
            const { failed } = await messages.send(CALL_REQUEST_TYPE, content, [to]);
            if (failed[0]) log.warn(`The sharer could not be asked for the share (${failed[0].reason})`);
        },
        onRequest: (listener) =>
            messages.onMessage(
                CALL_REQUEST_TYPE,
                requestContent,
                (content) => content.device_id,
                ({ sender, content }) => {
                    listener({
                        roomId: content.room_id,
                        shareId: content.share_id,
                        from: sender,
                        callId: content.call_id,
                    });
                },
            ),
    };
}
