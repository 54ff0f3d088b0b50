/**
 * The wish to join by a link, as the window stores it. It outlives a reload, and a sign-in through the browser. It
 * holds the link's content and the step that was reached, and no secret.
 */
import * as v from 'valibot';
import { isServerName, parseUserId } from '../base/identifiers.ts';
import { isRoomAlias, isRoomId, MAX_VIA, type RoomLink } from './joinLink.ts';

/**
 * ```
 * opened --the person agrees--> agreed --request sent--> asked --let in--> inside --picture opened--> gone
 *   agreed --joined--> inside          any --given up, or too old--> gone
 * ```
 */
export type JoinStep = 'opened' | 'agreed' | 'asked' | 'inside';

export interface JoinWish {
    readonly link: RoomLink;
    readonly step: JoinStep;
    /** ms since the epoch, when this step was reached. */
    readonly since: number;
    /** The person who sent the request, from `asked` on. */
    readonly userId?: string;
}

const MINUTE = 60_000;
/** ms that a wish lives in each step. A person who comes back later opens the link again, or accepts the invitation. */
const LIVES: Readonly<Record<JoinStep, number>> = {
    opened: 10 * MINUTE,
    // Creating an account may have to wait for a mail.
    agreed: 30 * MINUTE,
    asked: 60 * MINUTE,
    // A share that begins later is announced like any other.
    inside: MINUTE / 2,
};

const stored = v.object({
    link: v.object({
        target: v.object({
            room: v.pipe(
                v.string(),
                v.check((room) => isRoomId(room) || isRoomAlias(room)),
            ),
            via: v.pipe(v.array(v.pipe(v.string(), v.check(isServerName))), v.maxLength(MAX_VIA)),
        }),
        from: v.optional(v.pipe(v.string(), v.check(isUserId))),
    }),
    step: v.picklist(['opened', 'agreed', 'asked', 'inside']),
    since: v.pipe(v.number(), v.finite()),
    userId: v.optional(v.pipe(v.string(), v.check(isUserId))),
});

function isUserId(text: string): boolean {
    return parseUserId(text) !== undefined;
}

/** Undefined: there is no wish, or it is damaged, too old, or dated in the future. `now`: ms since the epoch. */
export function readWish(value: unknown, now: number): JoinWish | undefined {
    const parsed = v.safeParse(stored, value);
    if (!parsed.success) return undefined;
    const { link, userId, ...rest } = parsed.output;
    const age = now - rest.since;
    if (age < 0 || age > LIVES[rest.step]) return undefined;
    const { target, from } = link;
    return {
        ...rest,
        link: { target, ...(from === undefined ? {} : { from }) },
        ...(userId === undefined ? {} : { userId }),
    };
}
