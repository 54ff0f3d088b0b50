/**
 * Turns the SDK's events into plain data. Only the event itself counts. The SDK replaces a content with what the
 * homeserver calls a replacement, encrypted or not, and mistakes a redaction's relation for its target.
 */
import type { MatrixClient, MatrixEvent } from 'matrix-js-sdk/lib/matrix.js';
import { EventShieldReason } from 'matrix-js-sdk/lib/crypto-api/index.js';
import type { Log } from '../../core/base/log.ts';
import { versionTraits } from '../../core/rooms/roomVersions.ts';
import { NOT_THE_SENDER } from './failureWords.ts';
import { asRecord, isId, type RawEvent } from '../events/rawEvent.ts';

export interface EventReader {
    /**
     * Decrypts it and checks whose keys were used. Never rejects. Until it resolves, an encrypted event is unreadable.
     */
    examine(event: MatrixEvent): Promise<void>;
    raw(event: MatrixEvent): RawEvent;
    /**
     * `m.relates_to` from the encrypted part, once that is decrypted. The homeserver could change the one outside, and
     * so make a message a reply to, or an edit of, another message.
     */
    relation(event: MatrixEvent): unknown;
}

export function createEventReader(
    sdk: Pick<MatrixClient, 'decryptEventIfNeeded' | 'getCrypto'>,
    log: Log,
): EventReader {
    const examined = new WeakMap<MatrixEvent, Promise<void>>();
    /** Decrypted with keys of its sender. */
    const believed = new WeakSet<MatrixEvent>();
    const spoofed = new WeakSet<MatrixEvent>();
    /** A redaction removes the relation. Without this copy a deleted edit would look like a message. */
    const relations = new WeakMap<MatrixEvent, unknown>();

    const isRead = (event: MatrixEvent): boolean => believed.has(event) && !event.isRedacted();
    const relation = (event: MatrixEvent): unknown =>
        isRead(event)
            ? event.getOriginalContent()['m.relates_to']
            : (event.getWireContent()['m.relates_to'] ?? relations.get(event) ?? redactedEdit(event));

    async function decrypt(event: MatrixEvent): Promise<void> {
        if (!event.isEncrypted() || event.isRedacted()) return;
        await sdk.decryptEventIfNeeded(event);
        if (event.isDecryptionFailure()) return void examined.delete(event); // its key may still arrive
        const shield = await sdk.getCrypto()?.getEncryptionInfoForEvent(event);
        if (shield?.shieldReason === EventShieldReason.MISMATCHED_SENDER) spoofed.add(event);
        else if (shield) believed.add(event);
        if (isRead(event)) relations.set(event, relation(event));
    }
    const failureOf = (event: MatrixEvent): string | undefined => {
        if (!event.isEncrypted() || event.isRedacted() || believed.has(event)) return undefined;
        if (spoofed.has(event)) return NOT_THE_SENDER;
        return event.decryptionFailureReason ?? 'UNKNOWN_ERROR';
    };
    return {
        examine(event) {
            if (!isRead(event) && !event.isRedacted()) relations.set(event, event.getWireContent()['m.relates_to']);
            let examining = examined.get(event);
            if (!examining) {
                examining = decrypt(event).catch((error: unknown) => {
                    examined.delete(event);
                    log.warn('A message could not be decrypted', error);
                });
                examined.set(event, examining);
            }
            return examining;
        },
        raw(event) {
            const { transaction_id: txnId } = event.getUnsigned();
            return {
                id: event.getId() ?? '',
                sender: event.getSender() ?? '',
                ts: event.getTs(),
                type: event.getType(),
                content: event.getOriginalContent(),
                relation: relation(event),
                redacted: event.isRedacted(),
                txnId: typeof txnId === 'string' ? txnId : undefined,
                encrypted: event.isEncrypted(),
                failure: failureOf(event),
            };
        },
        relation,
    };
}

/**
 * A field in the redaction with which Hush deletes an edit. It names the edited message. The server deletes the edit's
 * own relation, so each edit would otherwise look like another deleted message (MSC3389 would keep it).
 */
export const EDIT_OF = 'com.hush.edit_of';

function redactedEdit(event: MatrixEvent): unknown {
    const target = asRecord(asRecord(event.getUnsigned().redacted_because)?.['content'])?.[EDIT_OF];
    return isId(target) ? { rel_type: 'm.replace', event_id: target } : undefined;
}

/** The event that an `m.room.redaction` deletes (room versions, "Redactions"). Undefined for other events. */
export function redactsOf(event: MatrixEvent, roomVersion: string | undefined): string | undefined {
    if (event.getWireType() !== 'm.room.redaction') return undefined;
    const { redacts: inContent } = event.getWireContent();
    const target: unknown =
        roomVersion !== undefined && versionTraits(roomVersion).redactsInContent ? inContent : event.event.redacts;
    return isId(target) ? target : undefined;
}
