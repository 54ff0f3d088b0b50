/**
 * Edits that the homeserver sent along with the message they replace. The edit itself is newer than the loaded part
 * (client-server API, "Server-side aggregation of m.replace relationships"). They are checked like other events, and
 * nothing that the server says about them is trusted. The SDK would put them in place of the message without a check.
 */
import type { IRoomEvent, MatrixEvent } from 'matrix-js-sdk/lib/matrix.js';
import { bundledEdit } from './historyChunk.ts';
import { asRecord } from '../events/rawEvent.ts';

export interface BundledEdits {
    /** Remembers the edits that came with these events, and returns them. */
    take(events: readonly MatrixEvent[]): readonly MatrixEvent[];
    /** The newest edit for each event. */
    readonly all: Iterable<MatrixEvent>;
}

/** `map` turns raw data into an event of the SDK. */
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

/** The event that an event with this `m.relates_to` replaces. */
export function replacedBy(relation: unknown): string | undefined {
    const fields = asRecord(relation);
    const target = fields?.['rel_type'] === 'm.replace' ? fields['event_id'] : undefined;
    return typeof target === 'string' ? target : undefined;
}
