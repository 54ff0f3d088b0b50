/**
 * Edits that the homeserver told of beside the message they replace: the edit itself is further down than what is loaded
 * (client-server API, "Server-side aggregation of m.replace relationships"). They are events like others, and nothing
 * that the server says of them is believed. The SDK would put them in the place of the message, unread.
 */
import type { IRoomEvent, MatrixEvent } from 'matrix-js-sdk/lib/matrix.js';
import { bundledEdit } from './messagesPage.ts';
import { asRecord } from '../events/rawEvent.ts';

export interface BundledEdits {
    /** Takes note of what came with these events; returns it. */
    take(events: readonly MatrixEvent[]): readonly MatrixEvent[];
    /** The newest that came for each event. */
    readonly all: Iterable<MatrixEvent>;
}

/** `map`: as an event of the SDK. */
export function createBundledEdits(roomId: string, map: (event: IRoomEvent) => MatrixEvent): BundledEdits {
    const byTarget = new Map<string, MatrixEvent>();
    return {
        take(events) {
            return events.flatMap((event) => {
                const target = event.getId();
                const bundle = bundledEdit(event.getUnsigned(), roomId);
                if (target === undefined || bundle?.type !== 'm.room.encrypted') return [];
                if (replacedBy(asRecord(bundle.content)?.['m.relates_to']) !== target) return [];
                const edit = map(bundle);
                byTarget.set(target, edit);
                return [edit];
            });
        },
        get all() {
            return byTarget.values();
        },
    };
}

/** What an event with this `m.relates_to` replaces. */
export function replacedBy(relation: unknown): string | undefined {
    const fields = asRecord(relation);
    const target = fields?.['rel_type'] === 'm.replace' ? fields['event_id'] : undefined;
    return typeof target === 'string' ? target : undefined;
}
