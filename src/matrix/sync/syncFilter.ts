/** The filter of the sync (client-server API, "Filtering"). */
import {
    CALL_MEMBER_TYPE,
    RTC_MEMBER_TYPE,
    LIVEKIT_SESSION_TYPE,
    WORKSPACE_TYPE,
    MESSAGE_TYPE,
    REACTION_TYPE,
} from '../../core/rooms/eventTypes.ts';

export const STATE_TYPES: readonly string[] = [
    'm.room.create',
    'm.room.name',
    'm.room.canonical_alias',
    'm.room.encryption',
    'm.room.member',
    'm.room.power_levels',
    'm.room.join_rules',
    'm.room.history_visibility',
    'm.room.tombstone',
    CALL_MEMBER_TYPE,
    'org.matrix.msc4143.rtc.slot',
    LIVEKIT_SESSION_TYPE,
    WORKSPACE_TYPE,
];

/** State types are listed for the timeline too, because an incremental sync brings state changes only there. */
const TIMELINE_TYPES = [
    ...STATE_TYPES,
    RTC_MEMBER_TYPE,
    MESSAGE_TYPE,
    'm.call.*',
    // For the chat. Its messages are encrypted. These two types are never encrypted.
    REACTION_TYPE,
    'm.room.redaction',
    // The SDK sends verification unencrypted, even in encrypted rooms. A request is a message. The emoji prove it.
    'm.key.verification.*',
    'm.room.message',
];

/** Members are loaded lazily. */
export function syncFilterDefinition(): Record<string, unknown> {
    const nothing = { not_types: ['*'], limit: 0 };
    return {
        presence: { types: ['m.presence'] },
        // The SDK reads secret storage from the synced account data.
        account_data: {
            types: [
                'm.direct',
                'm.ignored_user_list',
                'm.secret_storage.*',
                'm.cross_signing.*',
                'm.megolm_backup.v1',
                'm.org.matrix.custom.backup_disabled',
            ],
        },
        room: {
            include_leave: false,
            ephemeral: { types: ['m.typing', 'm.receipt'] },
            account_data: nothing,
            // Calls lose the events above this limit between two syncs. Three people who share to each other at once
            // send 40 events, and people may chat in the room meanwhile. The first sync has its own limit (client.ts).
            timeline: { types: TIMELINE_TYPES, limit: 100, lazy_load_members: true },
            state: { types: STATE_TYPES, lazy_load_members: true },
        },
    };
}
