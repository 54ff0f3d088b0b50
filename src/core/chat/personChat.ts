/**
 * One person's chat in this window: the unsent messages, what they have seen, and the room they chose. It is stored
 * with the workspace under their user ID, so that none of it is shown or sent as another person.
 */
import * as v from 'valibot';
import { createDelivery, type Delivery, type DeliveryOptions } from './delivery.ts';
import { createOutbox, type Outbox } from './outbox.ts';
import type { Seen } from './unread.ts';

/** What is stored with the workspace, by user ID. */
export interface ChatMemory {
    get(userId: string, key: ChatMemoryKey): unknown;
    /** Undefined: delete it. */
    set(userId: string, key: ChatMemoryKey, value: unknown): void;
}
export const chatMemoryKeys = ['seen', 'outbox', 'picked'] as const;
type ChatMemoryKey = (typeof chatMemoryKeys)[number];

export interface PersonChat {
    readonly userId: string;
    readonly outbox: Outbox;
    readonly delivery: Delivery;
    seen(roomId: string): Seen | undefined;
    see(roomId: string, seen: Seen): void;
}

/** The most rooms whose read position is stored. */
const MAX_ROOMS = 200;
const remembered = v.array(v.tuple([v.string(), v.object({ key: v.string(), ts: v.number() })]));

export function createPersonChat(
    userId: string,
    memory: ChatMemory,
    options: Omit<DeliveryOptions, 'outbox'>,
): PersonChat {
    const parsed = v.safeParse(remembered, memory.get(userId, 'seen'));
    const seen = new Map<string, Seen>(parsed.success ? parsed.output : []);
    const outbox = createOutbox(memory.get(userId, 'outbox'), (waiting) => memory.set(userId, 'outbox', waiting));
    return {
        userId,
        outbox,
        delivery: createDelivery({ ...options, outbox }),
        seen: (roomId) => seen.get(roomId),
        see(roomId, last) {
            seen.delete(roomId);
            seen.set(roomId, last);
            memory.set(userId, 'seen', [...seen].slice(-MAX_ROOMS));
        },
    };
}

/** The person signed out. */
export function forgetPerson(userId: string, memory: ChatMemory): void {
    for (const key of chatMemoryKeys) memory.set(userId, key, undefined);
}
