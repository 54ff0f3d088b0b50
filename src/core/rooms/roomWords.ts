/** Room settings as data and in words. */

export const JOIN_RULES = ['invite', 'knock', 'restricted', 'knock_restricted', 'public', 'private'] as const;
/** `m.room.join_rules`. */
export type JoinRule = (typeof JOIN_RULES)[number];

export const HISTORY = ['joined', 'invited', 'shared', 'world_readable'] as const;
/** `m.room.history_visibility`. */
export type History = (typeof HISTORY)[number];

/** Who can read messages from before they joined. */
export function historySentence(history: History): string {
    return {
        joined: 'People read what is written from when they join.',
        invited: 'People read what is written from when they are invited.',
        shared: 'Everybody in the room can read what was written before they came, where keys are shared.',
        world_readable: 'Everybody, also outside, can fetch the room’s events; encrypted ones stay unreadable.',
    }[history];
}

export function peopleCount(count: number): string {
    return count === 1 ? '1 person' : `${count} people`;
}

/** A person who asks to join. */
export interface Knock {
    readonly userId: string;
    readonly name: string;
    readonly reason: string | undefined;
}

/**
 * Whether a request to join makes sense under this join rule. It does for undefined and for unknown rules, which may
 * accept requests.
 */
export function letsAsk(rule: string | undefined): boolean {
    return rule === 'knock' || rule === 'knock_restricted' || !JOIN_RULES.some((known) => known === rule);
}

/** Whether only invited people can join, as far as Hush knows the rule. A link would then not help. */
export function isClosed(rule: string | undefined): boolean {
    return rule === undefined || rule === 'invite' || rule === 'private';
}

/**
 * What happened to a request to join that can no longer be answered. `now`: the person's membership, undefined for
 * none.
 */
export function knockFate(name: string, room: string, now: 'join' | 'invite' | 'knock' | 'ban' | undefined): string {
    switch (now) {
        case 'join':
            return `${name} was let in meanwhile, and is in ${room}.`;
        case 'invite':
            return `${name} was let in meanwhile, and has not come to ${room} yet.`;
        case 'ban':
            return `${name} was banned from ${room} meanwhile.`;
        case 'knock':
            return `${name} still asks to join ${room}. Answer again.`;
        case undefined:
            return `${name} does not ask to join ${room} any more: the request was withdrawn, or somebody denied it.`;
    }
}

/** A sentence: who can join. Includes rules that Hush does not know. */
export function joinRuleSentence(rule: string | undefined): string {
    switch (rule) {
        case 'public':
            return 'Everybody who has the link gets in.';
        case 'knock':
            return 'People may ask to join; somebody inside lets them in.';
        case 'restricted':
            return 'Members of another room that it names get in, and who is invited.';
        case 'knock_restricted':
            return 'Members of another room that it names get in; others may ask to join.';
        default:
            return 'Only who is invited gets in.';
    }
}
