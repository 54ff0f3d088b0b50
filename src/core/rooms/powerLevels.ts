/**
 * Who may do what in a room, by its power levels. Follows the authorization rules of every room version that
 * homeservers offer (Matrix spec, "Room Versions", and `m.room.power_levels`).
 */
import { versionTraits } from './roomVersions.ts';

/** A room's levels, with every default filled in. */
export interface Powers {
    /** Creators are permanently above every level (room version 12 on). */
    readonly creators: readonly string[];
    readonly users: Readonly<Record<string, number>>;
    readonly usersDefault: number;
    readonly events: Readonly<Record<string, number>>;
    readonly eventsDefault: number;
    readonly stateDefault: number;
    readonly invite: number;
    readonly kick: number;
    readonly ban: number;
    readonly redact: number;
}

export interface CreateEvent {
    readonly sender: string;
    readonly content: Readonly<Record<string, unknown>>;
}

export type RoomAction =
    | { readonly kind: 'invite' }
    /** `kick` also refuses a knock and withdraws an invitation. */
    | { readonly kind: 'kick' | 'ban' | 'unban'; readonly target: string }
    /** Deletes another person's message. */
    | { readonly kind: 'redact' }
    | { readonly kind: 'state' | 'message'; readonly type: string }
    /** Gives `target` this level. */
    | { readonly kind: 'level'; readonly target: string; readonly level: number };

/** Why a room would refuse an action. Levels of creators are `Infinity`. */
export type Obstacle =
    | { readonly kind: 'level'; readonly needed: number; readonly own: number }
    /** The other person has the same power or more. */
    | { readonly kind: 'notAbove'; readonly other: number; readonly own: number }
    /** Nobody can give more power than they have. */
    | { readonly kind: 'tooMuch'; readonly own: number }
    /** A creator's power cannot be changed. */
    | { readonly kind: 'creator' };

/**
 * `levels`: content of `m.room.power_levels`. Undefined when the room has none. Values of wrong types count as absent.
 */
export function powersOf(create: CreateEvent, levels: unknown): Powers {
    const { infiniteCreators, stringLevels } = versionTraits(roomVersionOf(create));
    const content = record(levels);
    const read = (value: unknown): number | undefined => levelFrom(value, stringLevels);
    const map = (value: unknown): Record<string, number> =>
        Object.fromEntries(
            Object.entries(record(value)).flatMap(([key, v]) => {
                const level = read(v);
                return level === undefined ? [] : [[key, level] as const];
            }),
        );
    const users = levels === undefined && !infiniteCreators ? { [creatorOf(create)]: 100 } : map(content['users']);
    return {
        creators: infiniteCreators ? creatorsOf(create) : [],
        users,
        usersDefault: read(content['users_default']) ?? 0,
        events: map(content['events']),
        eventsDefault: read(content['events_default']) ?? 0,
        stateDefault: read(content['state_default']) ?? 50,
        invite: read(content['invite']) ?? 0,
        kick: read(content['kick']) ?? 50,
        ban: read(content['ban']) ?? 50,
        redact: read(content['redact']) ?? 50,
    };
}

/** `1` when the event names no version. */
export function roomVersionOf({ content }: CreateEvent): string {
    const version = content['room_version'];
    return typeof version === 'string' ? version : '1';
}

/** `Infinity` for a creator. */
export function levelOf(powers: Powers, userId: string): number {
    if (powers.creators.includes(userId)) return Number.POSITIVE_INFINITY;
    return own(powers.users, userId) ?? powers.usersDefault;
}

/** The level that a state event of this type requires. */
export function stateLevel(powers: Powers, type: string): number {
    return own(powers.events, type) ?? powers.stateDefault;
}

/** What prevents the action of `self`, who is in the room. Undefined: nothing. */
export function obstacle(powers: Powers, self: string, action: RoomAction): Obstacle | undefined {
    const mine = levelOf(powers, self);
    const needs = (needed: number): Obstacle | undefined =>
        mine >= needed ? undefined : { kind: 'level', needed, own: mine };
    const above = (target: string): Obstacle | undefined => {
        const other = levelOf(powers, target);
        return mine > other ? undefined : { kind: 'notAbove', other, own: mine };
    };
    switch (action.kind) {
        case 'invite':
            return needs(powers.invite);
        case 'kick':
            return needs(powers.kick) ?? above(action.target);
        case 'ban':
            return needs(powers.ban) ?? above(action.target);
        case 'unban':
            // An unban is a leave event that another person sends, so the rules of a kick also apply.
            return needs(Math.max(powers.ban, powers.kick)) ?? above(action.target);
        case 'redact':
            return needs(powers.redact);
        case 'message':
            return needs(own(powers.events, action.type) ?? powers.eventsDefault);
        case 'state':
            return needs(stateLevel(powers, action.type));
        case 'level': {
            if (powers.creators.includes(action.target)) return { kind: 'creator' };
            const refused = needs(stateLevel(powers, 'm.room.power_levels'));
            if (refused) return refused;
            const old = own(powers.users, action.target);
            if (action.target !== self && old !== undefined && old >= mine)
                return { kind: 'notAbove', other: old, own: mine };
            return action.level > mine ? { kind: 'tooMuch', own: mine } : undefined;
        }
    }
}

function creatorOf({ sender, content }: CreateEvent): string {
    const creator = content['creator'];
    return typeof creator === 'string' ? creator : sender;
}

function creatorsOf({ sender, content }: CreateEvent): string[] {
    const more = content['additional_creators'];
    const named = Array.isArray(more) ? more.filter((id): id is string => typeof id === 'string') : [];
    return [...new Set([sender, ...named])];
}

function own(map: Readonly<Record<string, number>>, key: string): number | undefined {
    return Object.hasOwn(map, key) ? map[key] : undefined;
}

function record(value: unknown): Readonly<Record<string, unknown>> {
    return typeof value === 'object' && value !== null && !Array.isArray(value)
        ? (value as Record<string, unknown>)
        : {};
}

/**
 * Old rooms allow a number, which is cut to an integer, or a base-10 integer as a string. The string may have a sign,
 * zeros, and spaces around it.
 */
function levelFrom(value: unknown, strings: boolean): number | undefined {
    if (typeof value === 'number') {
        const level = strings ? Math.trunc(value) : value;
        return Number.isSafeInteger(level) ? level : undefined;
    }
    if (!strings || typeof value !== 'string' || !/^\s*[+-]?\d+\s*$/u.test(value)) return undefined;
    const level = Number(value);
    return Number.isSafeInteger(level) ? level : undefined;
}
