/** One room's conversation on the SDK: its events from the sync and from history, decrypted, folded into messages. */
import { Direction, type MatrixClient, type MatrixEvent, type Room } from 'matrix-js-sdk/lib/matrix.js';
import { EventShieldReason } from 'matrix-js-sdk/lib/crypto-api/index.js';
import type { ChatTimeline } from '../../extension/chat/chatPort.ts';
import type { Log } from '../../extension/log.ts';
import { MAX_SHOWN, type ChatMessage } from '../../webview/protocol/chatMessages.ts';
import { fromSdk } from '../http.ts';
import { NOT_THE_SENDER } from './failureWords.ts';
import { foldMessages } from './foldMessages.ts';
import { messagesPage } from './messagesPage.ts';
import { CHAT_TYPES, type RawEvent } from './rawEvent.ts';
import { createSegments } from './segments.ts';

export interface RoomChat {
    /** Resolves when what is there has been decrypted, or found to be unreadable. */
    timeline(): Promise<ChatTimeline>;
    earlier(): Promise<void>;
    /** An event of the sync. */
    onLive(event: MatrixEvent): void;
    /** The sync left something out. */
    onGap(): void;
    /** Sender of an event that is here. */
    senderOf(eventId: string): string | undefined;
    /** Edits that are here of a message by its own sender. */
    editsOf(eventId: string): readonly string[];
}

const PAGE = 40;
/** Pages in a row that may hold nothing to show (calls, reactions) before the person gets a say again. */
const PAGES_AT_ONCE = 8;

export function createRoomChat(sdk: MatrixClient, room: Room, changed: () => void, log: Log): RoomChat {
    const { roomId } = room;
    const live = room.getLiveTimeline();
    const segments = createSegments<MatrixEvent>(
        (event) => event.getId() ?? '',
        live.getEvents().filter(isOurs),
        live.getPaginationToken(Direction.Backward),
    );
    const spoofed = new Set<string>();
    const examined = new WeakMap<MatrixEvent, Promise<void>>();
    let loading: Promise<void> | undefined;

    const examine = (event: MatrixEvent): Promise<void> => {
        let examining = examined.get(event);
        if (!examining) {
            examining = decrypt(event).catch((error: unknown) => log.warn('A message could not be decrypted', error));
            examined.set(event, examining);
        }
        return examining;
    };
    async function decrypt(event: MatrixEvent): Promise<void> {
        if (!event.isEncrypted() || event.isRedacted()) return;
        await sdk.decryptEventIfNeeded(event);
        if (event.isDecryptionFailure()) return void examined.delete(event); // its key may come
        const shield = await sdk.getCrypto()?.getEncryptionInfoForEvent(event);
        if (shield?.shieldReason === EventShieldReason.MISMATCHED_SENDER) spoofed.add(event.getId() ?? '');
    }
    const raw = (event: MatrixEvent): RawEvent => ({
        id: event.getId() ?? '',
        sender: event.getSender() ?? '',
        ts: event.getTs(),
        type: event.getType(),
        content: event.getContent(),
        relation: event.getWireContent()['m.relates_to'],
        redacts: event.getType() === 'm.room.redaction' ? event.getAssociatedId() : undefined,
        redacted: event.isRedacted(),
        txnId: typeof event.getUnsigned().transaction_id === 'string' ? event.getUnsigned().transaction_id : undefined,
        encrypted: event.isEncrypted(),
        failure: spoofed.has(event.getId() ?? '')
            ? NOT_THE_SENDER
            : event.isDecryptionFailure()
              ? (event.decryptionFailureReason ?? 'UNKNOWN_ERROR')
              : undefined,
    });
    const messages = (): ChatMessage[] => {
        const self = sdk.getSafeUserId();
        const mayDeleteAll = room.currentState.hasSufficientPowerLevelFor('redact', powerOf(room, self));
        const mayRedact = room.currentState.maySendEvent('m.room.redaction', self);
        return foldMessages(segments.newest.events.map(raw), {
            self,
            name: (userId) => room.getMember(userId)?.name ?? userId,
            mayDelete: (sender) => mayRedact && (mayDeleteAll || sender === self),
        }).slice(-MAX_SHOWN);
    };

    async function load(): Promise<void> {
        const before = messages().length;
        for (let pages = 0; pages < PAGES_AT_ONCE; pages++) {
            const { token } = segments.newest;
            if (token === null || messages().length >= MAX_SHOWN) return;
            const page = await messagesPage(sdk, roomId, token, PAGE);
            const mapper = sdk.getEventMapper({ decrypt: false });
            const events = page.events.map((event) => mapper(event)).filter(isOurs);
            await Promise.all(events.map(examine));
            segments.earlier(token, events, page.next);
            changed();
            if (messages().length > before) return;
        }
    }

    return {
        async timeline() {
            await Promise.all(segments.newest.events.map(examine));
            const shown = messages();
            return { roomId, messages: shown, atStart: segments.newest.token === null || shown.length >= MAX_SHOWN };
        },
        async earlier() {
            loading ??= load().finally(() => {
                loading = undefined;
            });
            try {
                await loading;
            } catch (error) {
                throw fromSdk(error, 'Getting earlier messages');
            }
        },
        onLive(event) {
            if (!isOurs(event) || !segments.append(event)) return;
            void examine(event).then(changed);
        },
        onGap() {
            segments.gap(room.getLiveTimeline().getPaginationToken(Direction.Backward));
            changed();
        },
        senderOf: (eventId) => segments.newest.events.find((event) => event.getId() === eventId)?.getSender(),
        editsOf(eventId) {
            const sender = this.senderOf(eventId);
            return segments.newest.events
                .filter((event) => {
                    const relation = event.getWireContent()['m.relates_to'] as Record<string, unknown> | undefined;
                    return (
                        event.getSender() === sender &&
                        relation?.['rel_type'] === 'm.replace' &&
                        relation['event_id'] === eventId
                    );
                })
                .flatMap((event) => event.getId() ?? []);
        },
    };
}

/** Confirmed by the server, and of the types that `/messages` is asked for: a page must meet what the sync brought. */
function isOurs(event: MatrixEvent): boolean {
    return event.status === null && !event.isState() && CHAT_TYPES.includes(event.getWireType());
}

function powerOf(room: Room, userId: string): number {
    return room.getMember(userId)?.powerLevel ?? 0;
}
