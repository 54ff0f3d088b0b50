/** A person's actions on rooms. Every promise rejects with a `HushError`. */
import type { MatrixClient } from 'matrix-js-sdk/lib/matrix.js';
import type { CreateSession } from '../../core/account/account.ts';
import { HushError } from '../../core/base/errors.ts';
import type { WorkspaceLink } from '../../core/rooms/room.ts';
import type { CapabilitiesSource } from '../requests/serverCapabilities.ts';
import { workspaceContentOf } from '../events/hushEvents.ts';
import { acting, joinRoom, untilLeft, untilVisible } from './acting.ts';
import { lookUpPerson } from './lookUp.ts';
import { newRoom } from './newRoom.ts';
import { parseUserId } from '../../core/base/identifiers.ts';
import { WORKSPACE_TYPE } from '../../core/rooms/eventTypes.ts';

export interface RoomActions {
    /** @returns the ID of a new private, encrypted room in which every member may call and share. */
    createSessionRoom(session: CreateSession): Promise<string>;
    invite(roomId: string, userId: string): Promise<void>;
    join(roomId: string): Promise<void>;
    /** Declines an invitation or leaves, then forgets the room. */
    leaveRoom(roomId: string): Promise<void>;
    linkWorkspace(roomId: string, link: WorkspaceLink): Promise<void>;
}

export function createRoomActions(sdk: MatrixClient, capabilities: CapabilitiesSource): RoomActions {
    const checkUser = async (userId: string): Promise<void> => {
        const parsed = parseUserId(userId);
        if (!parsed)
            throw new HushError('room.invalidUserId', `"${userId}" is not a user ID. Type it like @alice:example.org.`);
        if (userId === sdk.getSafeUserId())
            throw new HushError('room.invalidUserId', 'That is you: you are in the room already.');
        // Synapse silently invites a person who does not exist, so Hush checks first. If no server can tell, the
        // invitation is sent anyway.
        if ((await lookUpPerson(sdk, userId)).kind === 'nobody')
            throw new HushError('room.unknownUser', `There is no ${userId}. Check the spelling.`);
    };
    const assertReachable = (roomId: string, userId: string): void => {
        const own = parseUserId(sdk.getSafeUserId())?.serverName;
        const theirs = parseUserId(userId)?.serverName;
        const create = sdk.getRoom(roomId)?.currentState.getStateEvents('m.room.create', '');
        if (create?.getContent()['m.federate'] !== false || theirs === undefined || theirs === own) return;
        throw new HushError(
            'room.forbidden',
            `${userId} cannot be invited: this room is for people of ${own} only, and that cannot be changed. Start another session with them.`,
        );
    };
    return {
        createSessionRoom: (session) =>
            acting(
                'Creating the room',
                {
                    M_FORBIDDEN: [
                        'room.forbidden',
                        'Your homeserver does not let you create rooms. Use an existing room, or ask its administrator.',
                    ],
                },
                async () => {
                    for (const userId of session.invite) await checkUser(userId);
                    const version = await capabilities.get().then(
                        ({ defaultRoomVersion }) => defaultRoomVersion,
                        () => undefined,
                    );
                    const { room_id: roomId } = await sdk.createRoom(newRoom(session, version));
                    // A sync may see the room half made: Synapse sends its events one by one, the name after the
                    // encryption.
                    await untilVisible(
                        sdk,
                        roomId,
                        (room) =>
                            room.hasEncryptionStateEvent() &&
                            room.currentState.getStateEvents('m.room.name', '') !== null,
                    );
                    return roomId;
                },
            ),
        invite: (roomId, userId) =>
            acting(
                `Inviting ${userId}`,
                {
                    M_FORBIDDEN: [
                        'room.forbidden',
                        `${userId} cannot be invited: they are in the room already, are banned from it, or you may not invite.`,
                    ],
                    M_BAD_STATE: [
                        'room.forbidden',
                        `${userId} is banned from this room. "Hush: People in This Room…" lifts the ban.`,
                    ],
                    M_NOT_FOUND: ['room.unknownUser', `There is no ${userId}. Check the spelling.`],
                },
                async () => {
                    assertReachable(roomId, userId);
                    await checkUser(userId);
                    const membership = sdk.getRoom(roomId)?.getMember(userId)?.membership;
                    if (membership === 'join')
                        throw new HushError('room.forbidden', `${userId} is in the room already.`);
                    await sdk.invite(roomId, userId);
                },
            ),
        join: (roomId) =>
            acting(
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
                    await joinRoom(sdk, roomId, []);
                    await untilVisible(sdk, roomId, () => true);
                },
            ),
        leaveRoom: (roomId) =>
            acting('Leaving the room', {}, async () => {
                await sdk.leave(roomId);
                // If the leave event arrives after forget(), the SDK creates the room again without its state. If the
                // person then joins again, the SDK only adds new state. So the leave event is awaited first.
                await untilLeft(sdk, roomId);
                // Forgetting is only housekeeping on the server. The room is already left.
                await sdk.forget(roomId).catch(() => undefined);
            }),
        async linkWorkspace(roomId, link) {
            await acting(
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
