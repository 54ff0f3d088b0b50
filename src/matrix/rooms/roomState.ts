/** Reads a room's state from the SDK and returns it in the terms of Hush. */
import { KnownMembership, type Room } from 'matrix-js-sdk/lib/matrix.js';
import { isRoomAlias, isRoomId, type JoinTarget } from '../../core/rooms/joinLink.ts';
import { JOIN_RULES, type JoinRule, type Knock } from '../../core/rooms/roomWords.ts';
import { parseUserId } from '../../core/base/identifiers.ts';
import { powersOf, roomVersionOf, type CreateEvent, type Powers } from '../../core/rooms/powerLevels.ts';
import { memberName } from '../names/shownNames.ts';

function createOf(room: Room): CreateEvent | undefined {
    const event = room.currentState.getStateEvents('m.room.create', '');
    const sender = event?.getSender();
    return event && sender !== undefined ? { sender, content: event.getContent() } : undefined;
}

/** Undefined until the room's state has arrived. */
export function roomPowers(room: Room): Powers | undefined {
    const create = createOf(room);
    return create && powersOf(create, room.currentState.getStateEvents('m.room.power_levels', '')?.getContent());
}

/** Undefined until the room's state has arrived. */
export function roomVersion(room: Room): string | undefined {
    const create = createOf(room);
    return create && roomVersionOf(create);
}

/** The room that replaced this one. Joining it goes through the server of the person who replaced it. */
export function replacementOf(room: Room): JoinTarget | undefined {
    const event = room.currentState.getStateEvents('m.room.tombstone', '');
    const target: unknown = event?.getContent()['replacement_room'];
    if (typeof target !== 'string' || !isRoomId(target) || target === room.roomId) return undefined;
    const server = parseUserId(event?.getSender() ?? '')?.serverName;
    return { room: target, via: server === undefined ? [] : [server] };
}

/** The room that this one claims to replace. It counts only if that room also names this one. */
export function predecessorOf(room: Room): string | undefined {
    const predecessor: unknown = room.currentState.getStateEvents('m.room.create', '')?.getContent()['predecessor'];
    const id: unknown =
        typeof predecessor === 'object' && predecessor !== null && 'room_id' in predecessor
            ? predecessor.room_id
            : undefined;
    return typeof id === 'string' && isRoomId(id) ? id : undefined;
}

/** `invite` if the rule is missing or unknown. */
export function joinRuleOf(room: Room): JoinRule {
    const rule: unknown = room.currentState.getStateEvents('m.room.join_rules', '')?.getContent()['join_rule'];
    return JOIN_RULES.find((known) => known === rule) ?? 'invite';
}

/** The room's main address, if it has a valid one. */
export function aliasOf(room: Room): string | undefined {
    const alias: unknown = room.currentState.getStateEvents('m.room.canonical_alias', '')?.getContent()['alias'];
    return typeof alias === 'string' && isRoomAlias(alias) ? alias : undefined;
}

/** People who ask to join, oldest first. */
export function knocksOf(room: Room): Knock[] {
    return room
        .getMembersWithMembership(KnownMembership.Knock)
        .toSorted((a, b) => (a.events.member?.getTs() ?? 0) - (b.events.member?.getTs() ?? 0))
        .map((member) => {
            const reason: unknown = member.events.member?.getContent()['reason'];
            const said = typeof reason === 'string' && reason.trim() !== '' ? reason.slice(0, 500) : undefined;
            return { userId: member.userId, name: memberName(room, member.userId), reason: said };
        });
}
