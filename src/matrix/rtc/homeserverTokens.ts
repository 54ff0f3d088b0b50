/**
 * The homeserver's endpoints for LiveKit (MSC4195). They give tokens for its SFUs and, over federation, for SFUs of
 * other homeservers. They can also take over the delayed leave.
 */
import * as v from 'valibot';
import { refusedAnswer, requestJson, type Fetch } from '../requests/matrixHttp.ts';
import type { JsonAnswer } from '../../core/account/jsonAnswer.ts';
import { ROOM_CALL_SLOT } from '../../core/rooms/eventTypes.ts';
import type { HomeserverSfu } from './homeserverSfu.ts';

export interface HomeserverTokensOptions {
    readonly baseUrl: string;
    /** Replaces the placeholder in a request with the account's token. */
    readonly fetch: Fetch;
    readonly accessToken: string;
    readonly deviceId: string;
}
export interface HomeserverTokens {
    /** Undefined: this homeserver lacks the endpoint. @throws HushError. */
    token(sfu: HomeserverSfu, roomId: string, memberId: string): Promise<string | undefined>;
    /** Whether the homeserver can end memberships when its SFU loses the participant. Never rejects. */
    delegates(): Promise<boolean>;
    /** Gives a delayed leave to the homeserver. @throws HushError. */
    delegate(sfu: HomeserverSfu, roomId: string, memberId: string, delayId: string): Promise<void>;
}

const tokenAnswer = v.looseObject({
    jwt: v.pipe(v.string(), v.regex(/^[\w-]+\.[\w-]+\.[\w-]*$/u), v.maxLength(16_384)),
});
const TIMEOUT_MS = 10_000;

export function createHomeserverTokens(options: HomeserverTokensOptions): HomeserverTokens {
    const { baseUrl, fetch, accessToken, deviceId } = options;
    const post = (name: string, body: object): Promise<JsonAnswer> =>
        requestJson(fetch, `${baseUrl}/_matrix/client/unstable/io.element.msc4195/rtc/livekit/${name}`, {
            method: 'POST',
            accessToken,
            body,
            timeoutMs: TIMEOUT_MS,
        });
    /** Current servers expect `member`, the text of MSC4195 says `member_id`. */
    const asMember = async (name: string, body: object, memberId: string): Promise<JsonAnswer> => {
        const answer = await post(name, { ...body, member: { id: memberId, claimed_device_id: deviceId } });
        return answer.status === 400 ? post(name, { ...body, member_id: memberId }) : answer;
    };
    let delegating: Promise<boolean> | undefined;
    return {
        async token({ url, serverName }, roomId, memberId) {
            const server = serverName === undefined ? {} : { server_name: serverName };
            const body = { url, room_id: roomId, slot_id: ROOM_CALL_SLOT, ...server };
            const answer = await asMember('get_token', body, memberId);
            if (isMissing(answer)) return undefined;
            const parsed = v.safeParse(tokenAnswer, answer.body);
            if (answer.status === 200 && parsed.success) return parsed.output.jwt;
            throw refusedAnswer(answer, 'Asking the homeserver for access to the media server');
        },
        delegates() {
            // If the endpoint exists, it refuses an empty request.
            delegating ??= post('delegate_delayed_leave', {}).then(
                (answer) => answer.status === 400,
                () => {
                    delegating = undefined;
                    return false;
                },
            );
            return delegating;
        },
        async delegate({ url }, roomId, memberId, delayId) {
            const body = { url, room_id: roomId, slot_id: ROOM_CALL_SLOT, delay_id: delayId };
            const answer = await asMember('delegate_delayed_leave', body, memberId);
            if (answer.status !== 200) throw refusedAnswer(answer, 'Handing the end of the session to the homeserver');
        },
    };
}

function isMissing({ status }: JsonAnswer): boolean {
    return status === 404 || status === 405 || status === 501;
}
