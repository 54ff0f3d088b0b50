/** The request that creates a room for Hush: private, and encrypted from its first event. Pure. */
import type { ICreateRoomOpts } from 'matrix-js-sdk/lib/matrix.js';
import type { CreateSession } from '../../core/account/account.ts';
import { SESSION_FIELD, workspaceContentOf } from '../events/hushEvents.ts';
import {
    CALL_MEMBER_TYPE,
    LIVEKIT_SESSION_TYPE,
    RTC_MEMBER_TYPE,
    WORKSPACE_TYPE,
} from '../../core/rooms/eventTypes.ts';
import { versionTraits } from '../../core/rooms/roomVersions.ts';

/** The power level for these state events. Every member may do the rest of a session. */
const LEVELS = {
    'm.room.name': 50,
    'm.room.power_levels': 100,
    'm.room.history_visibility': 100,
    'm.room.encryption': 100,
    'm.room.server_acl': 100,
    [CALL_MEMBER_TYPE]: 0,
    [RTC_MEMBER_TYPE]: 0,
    [LIVEKIT_SESSION_TYPE]: 0,
    [WORKSPACE_TYPE]: 0,
};

/** `version`: the version of the new room, if it is known. */
export function newRoom(session: CreateSession, version: string | undefined): ICreateRoomOpts {
    const { name, invite, workspaceLink, access = 'private', federate = true } = session;
    const link = workspaceLink
        ? [{ type: WORKSPACE_TYPE, state_key: workspaceLink.hash, content: workspaceContentOf(workspaceLink) }]
        : [];
    // Old room versions do not support knocking. Such a room is open only to invited people.
    const knocks = access === 'knock' && (version === undefined || versionTraits(version).knock);
    const knock = knocks ? [{ type: 'm.room.join_rules', state_key: '', content: { join_rule: 'knock' } }] : [];
    // In these versions creators stand above all levels, and only they may replace the room.
    const tombstone = version !== undefined && versionTraits(version).infiniteCreators ? 150 : 100;
    return {
        name,
        preset: (access === 'trusted' ? 'trusted_private_chat' : 'private_chat') as never,
        visibility: 'private' as never,
        invite: [...invite],
        creation_content: {
            ...(workspaceLink ? { [SESSION_FIELD]: workspaceContentOf(workspaceLink) } : {}),
            // It cannot be changed later. Leaving it out means true.
            ...(federate ? {} : { 'm.federate': false }),
        },
        initial_state: [
            { type: 'm.room.encryption', state_key: '', content: { algorithm: 'm.megolm.v1.aes-sha2' } },
            // A new member may read messages from the invitation on, not earlier ones.
            { type: 'm.room.history_visibility', state_key: '', content: { history_visibility: 'invited' } },
            ...knock,
            ...link,
        ],
        power_level_content_override: { invite: 0, events: { ...LEVELS, 'm.room.tombstone': tombstone } },
    };
}
