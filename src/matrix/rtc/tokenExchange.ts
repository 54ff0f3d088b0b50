/**
 * `com.hush.livekit.token_request` and `com.hush.livekit.token`. A device in a room's session asks the device that
 * holds an SFU's key for a token to watch there. Both are Olm-encrypted to-device messages with a checked sender.
 */
import * as v from 'valibot';
import { HushError } from '../../core/base/errors.ts';
import type { Log } from '../../core/base/log.ts';
import type { MediaGrant } from '../../core/share/mediaMessages.ts';
import type { Device, OlmMessages } from './olmMessages.ts';
import { ownSfuUrl } from './ownTransport.ts';
import type { OwnSfu } from '../../core/share/ownSfu.ts';

const REQUEST_TYPE = 'com.hush.livekit.token_request';
const TOKEN_TYPE = 'com.hush.livekit.token';

const id = v.pipe(v.string(), v.minLength(1), v.maxLength(255));
const common = { version: v.literal(1), room_id: id, request_id: id, device_id: id };
const requestContent = v.looseObject({ ...common, sfu_url: v.pipe(v.string(), v.maxLength(2_048)), view_id: id });
const tokenContent = v.looseObject({
    ...common,
    jwt: v.pipe(v.string(), v.regex(/^[\w-]+\.[\w-]+\.[\w-]*$/u), v.maxLength(16_384)),
});

export interface TokenExchange {
    /** Asks the devices in the room's session that publish at this SFU. @throws HushError `media.tokenRefused`. */
    ask(serviceUrl: string, roomId: string, tabId: string): Promise<MediaGrant>;
    dispose(): void;
}
export interface TokenExchangeOptions {
    readonly self: Device;
    readonly messages: Pick<OlmMessages, 'send' | 'onMessage'>;
    readonly ownServer: OwnSfu;
    /** Devices in the room's session, with the service where each publishes. */
    readonly members: (roomId: string) => readonly (Device & { readonly serviceUrl: string | undefined })[];
    /** A random UUID. */
    readonly uuid: () => string;
    readonly log: Log;
}

/** ms until the holder's device must answer. */
const ANSWER_WITHIN_MS = 10_000;

export function createTokenExchange(options: TokenExchangeOptions): TokenExchange {
    const { self, messages, ownServer, members, log } = options;
    const asked = new Map<string, { readonly from: readonly Device[]; readonly answer: (jwt: string) => void }>();
    const same = (a: Device, b: Device): boolean => a.userId === b.userId && a.deviceId === b.deviceId;

    const reply = async (sender: Device, content: v.InferOutput<typeof requestContent>): Promise<void> => {
        const { room_id: roomId, request_id: requestId, view_id: tabId } = content;
        const who = `${sender.userId} ${sender.deviceId}`;
        if (!members(roomId).some((member) => same(member, sender)))
            return log.warn(`Refused a media token to ${who}, who is not in the room's session`);
        if (!members(roomId).some((member) => same(member, self)) || content.sfu_url !== (await ownServer.url()))
            return log.debug(`${who} asked us for a media token that another device gives`);
        const jwt = await ownServer.token({ roomId, ...sender, tabId });
        const answer = { version: 1, room_id: roomId, request_id: requestId, device_id: self.deviceId, jwt };
        const { failed } = await messages.send(TOKEN_TYPE, answer, [sender]);
        if (failed[0]) log.warn(`A media token did not reach ${who} (${failed[0].reason})`);
    };
    const subscriptions = [
        messages.onMessage(
            REQUEST_TYPE,
            requestContent,
            (content) => content.device_id,
            ({ sender, content }) => {
                reply(sender, content).catch((error: unknown) => log.warn('No media token could be made', error));
            },
        ),
        messages.onMessage(
            TOKEN_TYPE,
            tokenContent,
            (content) => content.device_id,
            ({ sender, content }) => {
                const request = asked.get(content.request_id);
                if (request?.from.some((device) => same(device, sender))) request.answer(content.jwt);
                else log.warn(`Dropped a media token from ${sender.userId}: not requested`);
            },
        ),
    ];

    return {
        async ask(serviceUrl, roomId, tabId) {
            const url = ownSfuUrl(serviceUrl);
            const from = members(roomId).filter((m) => m.serviceUrl === serviceUrl && !same(m, self));
            const none = new HushError(
                'media.tokenRefused',
                'The teammate whose media server this is did not let you in: their device does not answer. Try again in a moment.',
            );
            if (url === undefined || from.length === 0) throw none;
            const requestId = options.uuid();
            const { promise, resolve, reject } = Promise.withResolvers<string>();
            asked.set(requestId, { from, answer: resolve });
            const timer = setTimeout(() => reject(none), ANSWER_WITHIN_MS);
            try {
                const request = {
                    version: 1,
                    room_id: roomId,
                    request_id: requestId,
                    device_id: self.deviceId,
                    sfu_url: url,
                    view_id: tabId,
                };
                const { delivered } = await messages.send(REQUEST_TYPE, request, from);
                if (delivered.length === 0) throw none;
                return { url, token: await promise };
            } finally {
                clearTimeout(timer);
                asked.delete(requestId);
            }
        },
        dispose() {
            for (const subscription of subscriptions) subscription.dispose();
        },
    };
}
