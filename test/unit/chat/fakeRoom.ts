/** A room on a homeserver with as many events as one likes, for the SDK's part of a conversation; what it encrypts is legible. */
import { MatrixEvent, type IEvent, type MatrixClient, type Room } from 'matrix-js-sdk/lib/matrix.js';
import { createLog } from '../../../src/core/base/log.ts';
import { createRoomChat, type RoomChat } from '../../../src/matrix/chat/roomChat.ts';

const ROOM_ID = '!r:hs';
export const ALICE = '@alice:hs';
export const quiet = createLog({ debug() {}, info() {}, warn() {}, error() {} });

export const text = (body: string): object => ({ msgtype: 'm.text', body });
export const edit = (target: string, body: string): object => ({
    ...text(`* ${body}`),
    'm.new_content': text(body),
    'm.relates_to': { rel_type: 'm.replace', event_id: target },
});

/** An encrypted event, as a homeserver has it. */
export const sealed = (id: string, content: object, more: Partial<IEvent> = {}): IEvent =>
    ({
        event_id: id,
        room_id: ROOM_ID,
        sender: ALICE,
        origin_server_ts: 1,
        type: 'm.room.encrypted',
        content: {
            algorithm: 'm.megolm.v1.aes-sha2',
            ciphertext: JSON.stringify(content),
            ...('m.relates_to' in content ? { 'm.relates_to': content['m.relates_to'] } : {}),
        },
        ...more,
    }) as IEvent;
export const clear = (id: string, content: object, type = 'm.room.message', more: Partial<IEvent> = {}): IEvent =>
    ({ event_id: id, room_id: ROOM_ID, sender: ALICE, origin_server_ts: 2, type, content, ...more }) as IEvent;

const decryptor = {
    decryptEvent: async (event: MatrixEvent) => ({
        clearEvent: {
            type: 'm.room.message',
            content: JSON.parse(String(event.getWireContent()['ciphertext'] ?? '{}')),
        },
    }),
};
export async function decrypt(event: MatrixEvent): Promise<void> {
    if (event.shouldAttemptDecryption()) await event.attemptDecryption(decryptor as never);
}

export class FakeRoom {
    /** What the homeserver has, oldest first; a token is a place between two. */
    readonly events: IEvent[] = [];
    /** Content of `m.room.power_levels`. */
    powers: object = { users: { '@admin:hs': 100 } };
    readonly chat: RoomChat;
    readonly #mapped: MatrixEvent[] = [];

    /** `loaded`: of `events`, so many of the newest are in the sync. */
    constructor(events: readonly IEvent[], loaded: number) {
        this.events.push(...events);
        const known = events.slice(Math.max(0, events.length - loaded)).map((event) => this.mapped(event));
        const state = (type: string): { getSender(): string; getContent(): object } => ({
            getSender: () => '@creator:hs',
            getContent: () => (type === 'm.room.create' ? { room_version: '11' } : this.powers),
        });
        const timeline = {
            getEvents: () => known,
            getPaginationToken: () => (known.length === events.length ? null : `t${events.length - known.length}`),
        };
        const room = {
            roomId: ROOM_ID,
            getLiveTimeline: () => timeline,
            currentState: { getStateEvents: state },
            getMember: () => null,
        };
        const sdk = {
            getSafeUserId: () => '@me:hs',
            isUserIgnored: () => false,
            decryptEventIfNeeded: decrypt,
            getCrypto: () => ({ getEncryptionInfoForEvent: async () => ({ shieldReason: null }) }),
            getEventMapper: () => (event: IEvent) => this.mapped(event),
            http: {
                authedRequest: async (_method: string, path: string, query: Record<string, string>) =>
                    path.includes('/context/')
                        ? this.context(decodeURIComponent(path.split('/').at(-1) ?? ''), Number(query['limit']))
                        : this.page(Number(query['from']?.slice(1)), Number(query['limit']), query['dir'] === 'b'),
            },
        };
        this.chat = createRoomChat(sdk as unknown as MatrixClient, room as unknown as Room, () => undefined, quiet);
    }
    /** Comes by the sync; the same again is a replay. */
    arrive(event: IEvent): void {
        if (!this.events.some(({ event_id: id }) => id === event.event_id)) this.events.push(event);
        this.chat.onLive(this.mapped(event));
    }
    /** Puts edits in the place of what they edit, as the SDK does. */
    private mapped(event: IEvent): MatrixEvent {
        const made = new MatrixEvent(structuredClone(event));
        const bundle: IEvent | undefined = event.unsigned?.['m.relations']?.['m.replace'] as never;
        if (bundle) made.makeReplaced(new MatrixEvent(structuredClone(bundle)));
        const relation = event.content['m.relates_to'];
        for (const known of relation?.['rel_type'] === 'm.replace' ? this.#mapped : [])
            if (known.getId() === relation?.event_id && known.getSender() === event.sender) known.makeReplaced(made);
        this.#mapped.push(made);
        return made;
    }
    /** An event as the homeserver gives it in a page: with its latest edit, whatever that is. */
    private given(event: IEvent): IEvent {
        const edits = this.events.filter(
            ({ type, sender, content }) =>
                type === event.type &&
                sender === event.sender &&
                content['m.relates_to']?.['rel_type'] === 'm.replace' &&
                content['m.relates_to']['event_id'] === event.event_id,
        );
        const latest = edits.toSorted((a, b) => a.origin_server_ts - b.origin_server_ts).at(-1);
        if (!latest) return event;
        return { ...event, unsigned: { 'm.relations': { 'm.replace': latest }, ...event.unsigned } };
    }

    private page(from: number, limit: number, back: boolean): object {
        const [first, last] = back ? [Math.max(0, from - limit), from] : [from, from + limit];
        const chunk = this.events.slice(first, last).map((event) => this.given(event));
        const more = back ? first > 0 : last < this.events.length;
        return { chunk: back ? chunk.toReversed() : chunk, ...(more ? { end: `t${back ? first : last}` } : {}) };
    }
    private context(id: string, limit: number): object {
        const at = this.events.findIndex((event) => event.event_id === id);
        const [first, last] = [Math.max(0, at - limit / 2), Math.min(this.events.length, at + limit / 2)];
        return {
            start: `t${first}`,
            end: `t${last}`,
            events_before: this.events
                .slice(first, at)
                .map((event) => this.given(event))
                .toReversed(),
            event: this.given(this.events[at] as IEvent),
            events_after: this.events.slice(at + 1, last).map((event) => this.given(event)),
        };
    }
}
