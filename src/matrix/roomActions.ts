/** What a person does to rooms. Every promise rejects with a `HushError`. */
import {
    ClientEvent,
    Preset,
    Visibility,
    type ICreateRoomOpts,
    type MatrixClient,
    type Room,
} from 'matrix-js-sdk/lib/matrix.js';
import type { CreateSession } from '../extension/account.ts';
import { HushError } from '../extension/errors.ts';
import type { WorkspaceLink } from '../extension/session/types.ts';
import { fromSdk, type KnownErrors } from './http.ts';
import { SESSION_FIELD, workspaceContentOf } from './roomContents.ts';
import { isComplete } from './snapshots.ts';
import { parseUserId } from './serverName.ts';
import { CALL_MEMBER_TYPE, LIVEKIT_SESSION_TYPE, RTC_MEMBER_TYPE, WORKSPACE_TYPE } from './syncFilter.ts';

export interface RoomActions {
    /** @returns the ID of a new encrypted, private room in which every member may call and share. */
    createSessionRoom(session: CreateSession): Promise<string>;
    invite(roomId: string, userId: string): Promise<void>;
    join(roomId: string): Promise<void>;
    /** Declines an invitation or leaves, then forgets the room. */
    leaveRoom(roomId: string): Promise<void>;
    linkWorkspace(roomId: string, link: WorkspaceLink): Promise<void>;
}

/** Longest wait for a room to show up in the sync after the server confirmed the action, ms. */
const VISIBLE_WITHIN_MS = 10_000;

export function createRoomActions(sdk: MatrixClient): RoomActions {
    const checkUser = async (userId: string): Promise<void> => {
        const parsed = parseUserId(userId);
        if (!parsed)
            throw new HushError('room.invalidUserId', `"${userId}" is not a user ID. Type it like @alice:example.org.`);
        if (userId === sdk.getSafeUserId())
            throw new HushError('room.invalidUserId', 'That is you: you are in the room already.');
        try {
            await sdk.getProfileInfo(userId);
        } catch (error) {
            // By status: Synapse answers 404 with M_UNKNOWN. And asked at all, because it invites nobody without a word.
            const status = error instanceof Error && 'httpStatus' in error ? error.httpStatus : undefined;
            if (status === 404)
                throw new HushError('room.unknownUser', `There is no ${userId}. Check the spelling.`, { cause: error });
            const reason = fromSdk(error, 'Looking up the person');
            if (reason.code.startsWith('network.')) throw reason;
            // Anything else (servers may hide profiles) is no reason not to try.
        }
    };
    const visible = async (roomId: string, holds: (room: Room) => boolean): Promise<void> => {
        const seen = (): boolean => {
            const room = sdk.getRoom(roomId);
            return isComplete(room) && room !== null && holds(room);
        };
        const deadline = AbortSignal.timeout(VISIBLE_WITHIN_MS);
        while (!seen() && !deadline.aborted) {
            const { promise, resolve } = Promise.withResolvers<void>();
            const check = (): void => resolve();
            sdk.once(ClientEvent.Sync, check);
            deadline.addEventListener('abort', check, { once: true });
            await promise;
        }
    };
    const act = async <T>(doing: string, known: KnownErrors, work: () => Promise<T>): Promise<T> => {
        try {
            return await work();
        } catch (error) {
            throw fromSdk(error, doing, known);
        }
    };

    return {
        createSessionRoom: (session) =>
            act(
                'Creating the room',
                {
                    M_FORBIDDEN: [
                        'room.forbidden',
                        'Your homeserver does not let you create rooms. Use an existing room, or ask its administrator.',
                    ],
                },
                async () => {
                    for (const userId of session.invite) await checkUser(userId);
                    const { room_id: roomId } = await sdk.createRoom(sessionRoom(session));
                    // A sync may catch the room half made: Synapse sends its events one by one, the name after the encryption.
                    await visible(
                        roomId,
                        (room) =>
                            room.hasEncryptionStateEvent() &&
                            room.currentState.getStateEvents('m.room.name', '') !== null,
                    );
                    return roomId;
                },
            ),
        invite: (roomId, userId) =>
            act(
                `Inviting ${userId}`,
                {
                    M_FORBIDDEN: [
                        'room.forbidden',
                        `${userId} cannot be invited: they are in the room already, are banned from it, or you may not invite.`,
                    ],
                    M_NOT_FOUND: ['room.unknownUser', `There is no ${userId}. Check the spelling.`],
                },
                async () => {
                    await checkUser(userId);
                    const membership = sdk.getRoom(roomId)?.getMember(userId)?.membership;
                    if (membership === 'join')
                        throw new HushError('room.forbidden', `${userId} is in the room already.`);
                    await sdk.invite(roomId, userId);
                },
            ),
        join: (roomId) =>
            act(
                'Joining the room',
                {
                    M_FORBIDDEN: [
                        'room.forbidden',
                        'You cannot join this room: the invitation was withdrawn. Ask for a new one.',
                    ],
                    M_NOT_FOUND: ['room.notFound', 'This room does not exist any more.'],
                    M_UNKNOWN: ['room.notFound', 'This room does not exist any more.'],
                },
                async () => {
                    await sdk.joinRoom(roomId);
                    await visible(roomId, () => true);
                },
            ),
        leaveRoom: (roomId) =>
            act('Leaving the room', {}, async () => {
                await sdk.leave(roomId);
                // Forgetting is housekeeping on the server: the room is left either way.
                await sdk.forget(roomId).catch(() => undefined);
            }),
        async linkWorkspace(roomId, link) {
            await act(
                'Linking the workspace',
                {
                    M_FORBIDDEN: [
                        'room.forbidden',
                        'You may not link workspaces to this room. Ask somebody with more power in it.',
                    ],
                },
                () => sdk.sendStateEvent(roomId, WORKSPACE_TYPE as never, workspaceContentOf(link) as never, link.hash),
            );
        },
    };
}

function sessionRoom({ name, invite, workspaceLink }: CreateSession): ICreateRoomOpts {
    const invitePower = 0;
    const link = workspaceLink
        ? [{ type: WORKSPACE_TYPE, state_key: workspaceLink.hash, content: workspaceContentOf(workspaceLink) }]
        : [];
    return {
        name,
        preset: Preset.PrivateChat,
        visibility: Visibility.Private,
        invite: [...invite],
        ...(workspaceLink ? { creation_content: { [SESSION_FIELD]: workspaceContentOf(workspaceLink) } } : {}),
        initial_state: [
            { type: 'm.room.encryption', state_key: '', content: { algorithm: 'm.megolm.v1.aes-sha2' } },
            // From the invitation on: what was said before is none of a new member's business.
            { type: 'm.room.history_visibility', state_key: '', content: { history_visibility: 'invited' } },
            ...link,
        ],
        power_level_content_override: {
            invite: invitePower,
            events: {
                'm.room.name': 50,
                'm.room.power_levels': 100,
                'm.room.history_visibility': 100,
                'm.room.encryption': 100,
                'm.room.tombstone': 100,
                'm.room.server_acl': 100,
                [CALL_MEMBER_TYPE]: 0,
                [RTC_MEMBER_TYPE]: 0,
                [LIVEKIT_SESSION_TYPE]: 0,
                [WORKSPACE_TYPE]: invitePower,
            },
        },
    };
}
