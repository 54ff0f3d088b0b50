/** Joins a room from outside: previews a link, joins through other servers, and knocks. */
import { KnownMembership, type MatrixClient } from 'matrix-js-sdk/lib/matrix.js';
import * as v from 'valibot';
import { HushError } from '../../core/base/errors.ts';
import { isRoomId, MAX_VIA, type JoinTarget } from '../../core/rooms/joinLink.ts';
import type { RoomPreview, RoomsPort } from '../../core/rooms/roomsPort.ts';
import { fromSdk, type KnownErrors } from '../requests/matrixHttp.ts';
import { isServerName } from '../../core/base/identifiers.ts';
import { acting, joinRoom, MAX_REASON, untilVisible } from './acting.ts';
import { entriesOf, optional } from '../../core/base/lenient.ts';
import { nameLine } from '../../core/base/nameLine.ts';

type JoiningPort = Pick<RoomsPort, 'preview' | 'joinTarget' | 'knock'>;

const NOT_THERE: KnownErrors = {
    M_NOT_FOUND: ['room.notFound', 'No room is found there. The link may be old, or its servers are away.'],
    M_UNKNOWN: ['room.notFound', 'No room is found there. The link may be old, or its servers are away.'],
};
const NOT_LET_IN: KnownErrors = {
    ...NOT_THERE,
    M_FORBIDDEN: [
        'room.notInvited',
        'This room lets in only who is invited, or who belongs to another room that it names. Ask somebody inside for an invitation.',
    ],
    M_UNABLE_TO_AUTHORISE_JOIN: [
        'room.notInvited',
        'None of the room’s servers that Hush knows can let you in. Ask somebody inside for an invitation.',
    ],
    M_UNABLE_TO_GRANT_JOIN: [
        'room.notInvited',
        'Your homeserver has nobody in the room who could let you in. Ask somebody inside for an invitation.',
    ],
};
const NO_KNOCKING: KnownErrors = {
    ...NOT_THERE,
    M_FORBIDDEN: [
        'room.notInvited',
        'This room does not take requests to join. Ask somebody inside for an invitation.',
    ],
};

const summary = v.looseObject({
    room_id: v.string(),
    name: optional(v.string()),
    topic: optional(v.string()),
    join_rule: optional(v.string()),
    num_joined_members: optional(v.number()),
    membership: optional(v.string()),
    encryption: optional(v.string()),
});

const directory = v.looseObject({ room_id: v.string(), servers: optional(entriesOf(v.string())) });

const MEMBERSHIPS = ['join', 'invite', 'knock', 'ban'] as const;

export function createJoining(sdk: MatrixClient): JoiningPort {
    /** An alias may move to another room between the preview and the join. So the previewed room is joined. */
    const resolved = async ({ room, via }: JoinTarget): Promise<JoinTarget> => {
        if (!room.startsWith('#')) return { room, via };
        const found = v.safeParse(directory, await sdk.getRoomIdForAlias(room));
        if (!found.success || !isRoomId(found.output.room_id))
            throw new HushError('server.error', 'The homeserver’s answer about this address cannot be read.');
        const servers = (found.output.servers ?? []).filter(isServerName);
        return { room: found.output.room_id, via: [...new Set([...via, ...servers])].slice(0, MAX_VIA) };
    };
    /**
     * Undefined when the server gives no summary. It need not give one, and gives none for a room that is open only to
     * invited people. The link is then the only information.
     */
    const summaryOf = async ({ room, via }: JoinTarget): Promise<v.InferOutput<typeof summary> | undefined> => {
        try {
            const parsed = v.safeParse(summary, await sdk.getRoomSummary(room, [...via]));
            return parsed.success ? parsed.output : undefined;
        } catch (error) {
            const reason = fromSdk(error, 'Looking up the room');
            if (reason.code.startsWith('network.')) throw reason;
            return undefined;
        }
    };
    return {
        preview: (target) =>
            acting('Looking up the room', NOT_THERE, async (): Promise<RoomPreview> => {
                const found = await resolved(target);
                const room = sdk.getRoom(found.room);
                const known = room?.getMyMembership();
                if (known === KnownMembership.Join) {
                    return { target: found, name: lineOf(room?.name), membership: 'join' };
                }
                const told = await summaryOf(found);
                // The server's answer comes first: a lifted ban may not be in the sync yet.
                const membership = MEMBERSHIPS.find((m) => m === (told?.membership ?? known));
                return {
                    target: found,
                    name: lineOf(told?.name ?? (room && membership ? room.name : undefined)),
                    topic: told?.topic?.slice(0, 500),
                    joinRule: told?.join_rule,
                    people: told?.num_joined_members,
                    encrypted: told && told.encryption !== undefined,
                    membership,
                };
            }),
        joinTarget: (target) =>
            acting('Joining the room', NOT_LET_IN, async () => {
                const { room, via } = await resolved(target);
                await joinRoom(sdk, room, via);
                await untilVisible(sdk, room, () => true);
                return room;
            }),
        knock: (target, reason) =>
            acting('Asking to join', NO_KNOCKING, async () => {
                const { room, via } = await resolved(target);
                const text = reason?.trim().slice(0, MAX_REASON);
                const options = {
                    ...(via.length > 0 ? { viaServers: [...via] } : {}),
                    ...(text ? { reason: text } : {}),
                };
                const { room_id: roomId } = await sdk.knockRoom(room, options);
                return roomId;
            }),
    };
}

function lineOf(name: string | undefined): string | undefined {
    return name === undefined ? undefined : nameLine(name) || undefined;
}
