/** Event types that we receive in /sync: only those for rooms, members, calls and keys. */

export const CALL_MEMBER_TYPE = 'org.matrix.msc3401.call.member';

export const RTC_MEMBER_TYPE = 'org.matrix.msc4143.rtc.member';

/** The slot of a room call, as MatrixRTC clients name it. */
export const ROOM_CALL_SLOT = 'm.call#ROOM';

export const LIVEKIT_SESSION_TYPE = 'com.hush.livekit.session';

export const WORKSPACE_TYPE = 'com.hush.workspace';

/** The type of a message as it is sent. */
export const MESSAGE_TYPE = 'm.room.encrypted';

export const REACTION_TYPE = 'm.reaction';
