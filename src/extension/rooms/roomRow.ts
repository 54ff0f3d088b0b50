/**
 * The actions that this account may take in a room, for its row, its tooltip, lists of rooms, and commands that must
 * refuse. Pure.
 */
import { obstacle, type RoomAction } from '../../core/rooms/powerLevels.ts';
import { CALL_MEMBER_TYPE, MESSAGE_TYPE, REACTION_TYPE, WORKSPACE_TYPE } from '../../core/rooms/eventTypes.ts';
import { rowFlags } from '../manifest/contexts.ts';
import type { RoomSnapshot } from '../../core/rooms/room.ts';
import { obstacleSentence } from './roles.ts';
import { peopleCount } from '../../core/rooms/roomWords.ts';

/** `share` includes to watch, because both need a membership in the room's session. */
export type RoomUse = 'share' | 'invite' | 'link' | 'chat';

/** These actions need encryption. A session must not use a room whose homeserver can read the messages. */
const ENCRYPTED: ReadonlySet<RoomUse> = new Set(['share', 'link', 'chat']);
const CLEAR = 'The room is not encrypted.';

/**
 * Returns why the room refuses the action, as a sentence, or undefined if it allows it. `self`: the user ID of this
 * account.
 */
export function refusalOf(room: RoomSnapshot, self: string, deed: RoomUse): string | undefined {
    if (!room.encrypted && ENCRYPTED.has(deed)) return CLEAR;
    if (deed === 'share' && !room.mayJoinSession) return refusal(room, self, { kind: 'state', type: CALL_MEMBER_TYPE });
    if (deed === 'invite' && !room.mayInvite) return refusal(room, self, { kind: 'invite' });
    return undefined;
}

/**
 * The person can link a workspace to any encrypted room for themselves. Returns why Hush does not offer this room to
 * teammates with the same repository, or undefined if it does.
 */
export function whyLinkIsOwn(room: RoomSnapshot, self: string): string | undefined {
    return room.mayLinkWorkspace ? undefined : refusal(room, self, { kind: 'state', type: WORKSPACE_TYPE });
}

/** Returns why this account can read the chat but not write or react, or undefined if it can. For an encrypted room. */
export function whyNotWrite(room: RoomSnapshot, self: string, what: 'message' | 'reaction'): string | undefined {
    if (what === 'message' ? room.mayWrite : room.mayReact) return undefined;
    return refusal(room, self, { kind: 'message', type: what === 'message' ? MESSAGE_TYPE : REACTION_TYPE });
}

/** Returns whether this account can turn on encryption in the room. */
export function mayEncrypt({ encrypted, powers }: RoomSnapshot, self: string): boolean {
    if (encrypted || !powers) return false;
    return obstacle(powers, self, { kind: 'state', type: 'm.room.encryption' }) === undefined;
}

function refusal({ powers }: RoomSnapshot, self: string, action: RoomAction): string {
    const why = powers && obstacle(powers, self, action);
    return why ? obstacleSentence(why) : 'Somebody with more power in the room may.';
}

/** Returns the actions that the room allows. */
export function roomDeeds(room: RoomSnapshot, self: string): RoomUse[] {
    return (['share', 'invite', 'link', 'chat'] as const).filter((deed) => refusalOf(room, self, deed) === undefined);
}

/** Returns the flags for the row of a room. They decide what its menu offers. */
export function roomFlags(room: RoomSnapshot, self: string | undefined): string {
    return self === undefined
        ? ''
        : roomDeeds(room, self)
              .map((deed) => rowFlags[deed])
              .join('');
}

/** Describes the room, then lists what the person may not do, with the reason. */
export function roomTooltip(room: RoomSnapshot, self: string | undefined): string {
    const people = peopleCount(room.members.length);
    const lines = [
        room.wholeName ?? room.name,
        `${room.encrypted ? 'End-to-end encrypted' : 'Not encrypted'} · ${people}`,
    ];
    if (room.replacement) lines.push('This room was replaced by a newer one. Continue there.');
    else if (self !== undefined) lines.push(...refusals(room, self));
    return lines.join('\n');
}

function refusals(room: RoomSnapshot, self: string): string[] {
    const [share, invite] = [refusalOf(room, self, 'share'), refusalOf(room, self, 'invite')];
    const own = whyLinkIsOwn(room, self);
    const line = (what: string, why: string | undefined): string[] => (why === undefined ? [] : [`${what} ${why}`]);
    return [
        ...(room.encrypted
            ? line('You cannot share or watch screens here.', share)
            : ['You cannot share, watch, chat or link a workspace here: that takes an encrypted room.']),
        ...(mayEncrypt(room, self) ? ['Room Settings… turns encryption on.'] : []),
        ...(room.encrypted
            ? line('You can read the chat here, but not write in it.', whyNotWrite(room, self, 'message'))
            : []),
        ...line('You cannot invite.', invite),
        ...(room.encrypted ? line('A workspace that you link here is linked for you alone.', own) : []),
    ];
}
