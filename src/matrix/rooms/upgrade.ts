/**
 * Replaces a room by one of another version (client-server API, "Room Upgrades"). The server copies the basic state.
 * Hush also invites the people and copies the workspace links.
 */
import { type MatrixClient, type Room, KnownMembership } from 'matrix-js-sdk/lib/matrix.js';
import type { Log } from '../../core/base/log.ts';
import type { RoomsPort } from '../../core/rooms/roomsPort.ts';
import type { CapabilitiesSource } from '../requests/serverCapabilities.ts';
import { WORKSPACE_TYPE } from '../../core/rooms/eventTypes.ts';
import { acting, joinedRoom, NO_POWER, untilVisible } from './acting.ts';
import { roomPowers } from './roomState.ts';
import { newestFirst, versionTraits } from '../../core/rooms/roomVersions.ts';

type UpgradePort = Pick<RoomsPort, 'versions' | 'upgrade'>;

export function createUpgrade(sdk: MatrixClient, capabilities: CapabilitiesSource, log: Log): UpgradePort {
    const self = sdk.getSafeUserId();

    /**
     * A failure here does not stop the rest: a half-made room would be worse, and the person can invite people by hand.
     */
    async function takeAlong(old: Room, roomId: string): Promise<string[]> {
        for (const event of old.currentState.getStateEvents(WORKSPACE_TYPE)) {
            await sdk
                .sendStateEvent(roomId, WORKSPACE_TYPE as never, event.getContent<never>(), event.getStateKey() ?? '')
                .catch((error: unknown) => log.warn('a workspace link was not copied to the new room', error));
        }
        await old.loadMembersIfNeeded().catch((error: unknown) => log.warn('members were not loaded', error));
        const left: string[] = [];
        for (const { userId, membership } of old.getMembers()) {
            if (userId === self || (membership !== KnownMembership.Join && membership !== KnownMembership.Invite))
                continue;
            await sdk.invite(roomId, userId).catch((error: unknown) => {
                log.warn(`${userId} was not invited to the new room`, error);
                left.push(userId);
            });
        }
        return left;
    }

    return {
        versions: () =>
            acting('Asking which room versions there are', {}, async () => {
                const { defaultRoomVersion, roomVersions } = await capabilities.get();
                const stable = roomVersions.filter((offer) => offer.stable).map(({ version }) => version);
                return { recommended: defaultRoomVersion, stable: stable.toSorted(newestFirst) };
            }),
        upgrade: (roomId, version) =>
            acting(
                'Upgrading the room',
                {
                    ...NO_POWER,
                    M_UNSUPPORTED_ROOM_VERSION: ['room.forbidden', 'Your homeserver does not know this room version.'],
                },
                async () => {
                    const old = joinedRoom(sdk, roomId);
                    const others = (roomPowers(old)?.creators ?? []).filter((id) => id !== self);
                    const creators = versionTraits(version).infiniteCreators && others.length > 0 ? others : undefined;
                    const { replacement_room: next } = await sdk.upgradeRoom(roomId, version, creators);
                    await untilVisible(sdk, next, () => true);
                    return { roomId: next, notInvited: await takeAlong(old, next) };
                },
            ),
    };
}
