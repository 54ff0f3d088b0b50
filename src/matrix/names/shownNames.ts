/**
 * Names of people and rooms for all parts of Hush: one short line each. Names may look alike once they are cut, folded
 * or freed of hidden characters. These get an ID that tells them apart. (Client-server API, "Calculating the display
 * name for a user", demands that only for equal names.)
 */
import { RoomStateEvent, type Room, type RoomState } from 'matrix-js-sdk/lib/matrix.js';
import { removeHiddenChars } from 'matrix-js-sdk/lib/utils.js';
import type { RoomSnapshot } from '../../core/rooms/room.ts';
import { cutText } from '../../core/base/cutText.ts';
import { MAX_NAME, nameLine, wholeNameLine } from '../../core/base/nameLine.ts';

export interface ShownName {
    readonly name: string;
    /** Present if the name is cut, or has an ID behind it. */
    readonly wholeName?: string;
}

interface Named {
    readonly id: string;
    readonly raw: string;
    /** Stands behind a name that others have too. Default: the ID. */
    readonly sign?: string | undefined;
    /** The SDK already knows another member with a name like it. */
    readonly isDoubtful?: boolean;
}

/** Returns the shown name of each, by ID. */
export function tellApart(all: readonly Named[]): Map<string, ShownName> {
    const counts = new Map<string, number>();
    for (const { raw } of all) counts.set(fold(raw), (counts.get(fold(raw)) ?? 0) + 1);
    return new Map(all.map((one) => [one.id, shownAs(one, (counts.get(fold(one.raw)) ?? 0) > 1)]));
}

/**
 * Looks like a user ID, so like somebody else, or has marks that turn its direction, so that no comparison finds the
 * name that it looks like.
 */
const POSING = /@.+:.+|[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/u;

function isPosing({ id, raw }: Named): boolean {
    return id.startsWith('@') && POSING.test(raw.slice(0, MAX_NAME * 4).normalize('NFKC'));
}

/** A long name would push the ID out of a narrow side bar. */
const MAX_BEFORE_ID = 24;

function shownAs(one: Named, isShared: boolean): ShownName {
    const { id, raw, sign = id, isDoubtful = false } = one;
    const line = nameLine(raw);
    if (line === '' || raw === id) return { name: wholeNameLine(id) };
    const name = isShared || isDoubtful || isPosing(one) ? `${cutText(line, MAX_BEFORE_ID)} (${sign})` : line;
    const whole = wholeNameLine(raw);
    return name === whole ? { name } : { name, wholeName: whole };
}

const folded = new Map<string, string>();
const MAX_FOLDED = 20_000;
const HIDDEN = /\p{Default_Ignorable_Code_Point}/gu;

/** Names that people may take for each other have the same fold. The SDK knows which letters look alike. */
function fold(raw: string): string {
    const known = folded.get(raw);
    if (known !== undefined) return known;
    if (folded.size >= MAX_FOLDED) folded.clear();
    const seen = raw
        .slice(0, MAX_NAME * 4)
        .replaceAll(HIDDEN, '')
        .replaceAll(/\s+/gu, ' ')
        .trim();
    const result = removeHiddenChars(
        seen
            .slice(0, MAX_NAME - 1)
            .normalize('NFKC')
            .toLowerCase(),
    ).toLowerCase();
    folded.set(raw, result);
    return result;
}

const members = new WeakMap<RoomState, Map<string, ShownName>>();
const followed = new WeakSet<RoomState>();

/** The names of everybody whom the room's state knows. Kept until the state changes. */
function namesIn(room: Room): Map<string, ShownName> {
    const state = room.currentState;
    let names = members.get(state);
    if (!names) {
        if (!followed.has(state)) {
            followed.add(state);
            for (const change of [RoomStateEvent.Update, RoomStateEvent.Members] as const)
                state.on(change, () => void members.delete(state));
        }
        names = tellApart(
            room.getMembers().map(({ userId, rawDisplayName, disambiguate }) => ({
                id: userId,
                raw: rawDisplayName,
                isDoubtful: disambiguate,
            })),
        );
        members.set(state, names);
    }
    return names;
}

/** The name of a member. The ID if the room does not know the person. */
export function memberName(room: Room | null | undefined, userId: string): string {
    return shownMember(room, userId).name;
}

export function shownMember(room: Room | null | undefined, userId: string): ShownName {
    return (room?.getMember(userId) ? namesIn(room).get(userId) : undefined) ?? { name: wholeNameLine(userId) };
}

/** The name of somebody who is not in the room. Their name may equal the name of a member. */
export function newcomerName(room: Room, userId: string, raw: string): string {
    const others = room.getMembers().filter((member) => member.userId !== userId);
    const all = others.map(({ userId: id, rawDisplayName }) => ({ id, raw: rawDisplayName }));
    return tellApart([...all, { id: userId, raw }]).get(userId)?.name ?? wholeNameLine(userId);
}

const apart = new WeakMap<RoomSnapshot, RoomSnapshot>();

/** Rooms with names that look alike get their address, the person they are with, or their ID behind the name. */
export function tellRoomsApart(rooms: readonly RoomSnapshot[], self: string): RoomSnapshot[] {
    const named = (room: RoomSnapshot): Named => ({
        id: room.roomId,
        raw: room.wholeName ?? room.name,
        sign: signOf(room, self),
    });
    // A room and its replacement are one room for the person. Both rooms must say so, because anybody can make a room
    // that names another one as its predecessor.
    const predecessors = new Map(rooms.map((room) => [room.roomId, room.predecessor]));
    const isReplaced = ({ roomId, replacement }: RoomSnapshot): boolean =>
        replacement !== undefined && predecessors.get(replacement.room) === roomId;
    const names = new Map([
        ...rooms.filter(isReplaced).flatMap((room) => [...tellApart([named(room)])]),
        ...tellApart(rooms.filter((room) => !isReplaced(room)).map(named)),
    ]);
    return rooms.map((room) => {
        const shown = names.get(room.roomId);
        if (!shown || shown.name === room.name) return room;
        const known = apart.get(room);
        if (known?.name === shown.name) return known;
        const next = { ...room, ...shown };
        apart.set(room, next);
        return next;
    });
}

function signOf({ isDirect, members: all, alias }: RoomSnapshot, self: string): string | undefined {
    const others = all.filter(({ userId }) => userId !== self);
    return isDirect && others.length === 1 ? others[0]?.userId : alias;
}
