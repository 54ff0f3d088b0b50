/** What the homeserver sends us in /sync: enough for rooms, members, calls and keys, nothing else. Pure. */

export const CALL_MEMBER_TYPE = 'org.matrix.msc3401.call.member';

export const RTC_MEMBER_TYPE = 'org.matrix.msc4143.rtc.member';

export const LIVEKIT_SESSION_TYPE = 'com.hush.livekit.session';

export const WORKSPACE_TYPE = 'com.hush.workspace';

/** Of a message, as it is sent. */
export const MESSAGE_TYPE = 'm.room.encrypted';

export const REACTION_TYPE = 'm.reaction';
