/**
 * What one person has in the chat of this window: what they wrote that is not sent yet, what they have seen, and the room
 * they picked. Kept with the workspace under their user ID, so that nothing of it is shown or sent as somebody else. Pure.
 */
import * as v from 'valibot';
import { createDelivery, type Delivery, type DeliveryOptions } from './delivery.ts';
import { createOutbox, type Outbox } from './outbox.ts';
import type { Seen } from './unread.ts';

/** What is kept with the workspace, by user ID. */
export interface ChatMemory {
    get(userId: string, key: ChatMemoryKey): unknown;
    /** Undefined: nothing is kept of it any more. */
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

/** Rooms of which it is known how far they were read. */
const MOST_ROOMS = 200;
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
            memory.set(userId, 'seen', [...seen].slice(-MOST_ROOMS));
        },
    };
}

/** The person signed out. */
export function forgetPerson(userId: string, memory: ChatMemory): void {
    for (const key of chatMemoryKeys) memory.set(userId, key, undefined);
}
