/**
 * The rules of a conversation, whatever events make it up and however they get here: an edit counts only from its message's
 * sender, encrypted, and of a message; what was taken back by who may is not shown; nothing is lost, nothing is doubled.
 */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { IEvent } from 'matrix-js-sdk/lib/matrix.js';
import { describe, it } from 'mocha';
import type { ChatMessage } from '../../../src/core/chat/message.ts';
import { EDIT_OF } from '../../../src/matrix/chat/eventReader.ts';
import { foldMessages, shownContent } from '../../../src/matrix/chat/foldMessages.ts';
import type { RawEvent } from '../../../src/matrix/events/rawEvent.ts';
import { clear, edit, FakeRoom, sealed, text } from './fakeRoom.ts';

const ADMIN = '@admin:hs';
const who = fc.constantFrom('@alice:hs', '@bob:hs', ADMIN);
/** What an event is about: one of those before it. */
const about = fc.oneof(fc.nat(4), fc.nat(30));
const ts = fc.integer({ min: 1, max: 4 });
const deed = fc.oneof(
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('message' as const), sender: who, ts }) },
    {
        weight: 5,
        arbitrary: fc.record({ kind: fc.constant('edit' as const), sender: who, ts, about, encrypted: fc.boolean() }),
    },
    {
        weight: 3,
        arbitrary: fc.record({ kind: fc.constant('redaction' as const), sender: who, about, marked: fc.boolean() }),
    },
    {
        weight: 2,
        arbitrary: fc.record({
            kind: fc.constant('reaction' as const),
            sender: who,
            about,
            key: fc.constantFrom('A', 'B'),
        }),
    },
);
type Deed = typeof deed extends fc.Arbitrary<infer D> ? D : never;
const step = fc.oneof(
    { weight: 3, arbitrary: fc.record({ do: fc.constant('arrive' as const) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('again' as const), which: fc.nat(60) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('find' as const), which: fc.nat(60) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('earlier' as const) }) },
);

interface Made {
    readonly id: string;
    readonly deed: Deed;
    readonly event: IEvent;
    /** ID of the event that it is about. */
    readonly target: string;
}
const bodyOf = (id: string): string => `what ${id} says`;

function made(deeds: readonly Deed[]): Made[] {
    const all: Made[] = [];
    for (const [i, deed] of deeds.entries()) {
        const id = `$${String(i).padStart(2, '0')}`;
        const target = deed.kind === 'message' || i === 0 ? '$nothing' : `$${String(deed.about % i).padStart(2, '0')}`;
        const { sender } = deed;
        const more = { sender, origin_server_ts: 'ts' in deed ? deed.ts : 1 };
        const editOf = all.find((one) => one.id === target && one.deed.kind === 'edit')?.target;
        const event =
            deed.kind === 'message'
                ? sealed(id, text(bodyOf(id)), more)
                : deed.kind === 'edit'
                  ? (deed.encrypted ? sealed : clear)(
                        id,
                        edit(target, bodyOf(id)),
                        ...((deed.encrypted ? [more] : ['m.room.message', more]) as never[]),
                    )
                  : deed.kind === 'reaction'
                    ? clear(
                          id,
                          { 'm.relates_to': { rel_type: 'm.annotation', event_id: target, key: deed.key } },
                          'm.reaction',
                          more,
                      )
                    : clear(
                          id,
                          { redacts: target, ...(deed.marked && editOf !== undefined ? { [EDIT_OF]: editOf } : {}) },
                          'm.room.redaction',
                          more,
                      );
        all.push({ id, deed, event, target });
    }
    return all;
}

/** What must be shown once all of `events` is known. */
class Model {
    readonly #all: readonly Made[];
    readonly taken: ReadonlySet<string>;
    readonly #applied: readonly Made[];
    constructor(all: readonly Made[]) {
        this.#all = all;
        const sender = (id: string): string | undefined => all.find((one) => one.id === id)?.deed.sender;
        const applied = all.filter(
            ({ deed, target }) =>
                deed.kind === 'redaction' && (deed.sender === ADMIN || deed.sender === sender(target)),
        );
        this.#applied = applied;
        this.taken = new Set(applied.map(({ target }) => target));
    }
    /** `marked`: it says what it takes back. What it says is gone when it was itself taken back. */
    redactionsOf(id: string): { marked: boolean }[] {
        const own = this.#applied.filter(({ target }) => target === id);
        return own.map(({ id: redaction, deed }) => ({
            marked: deed.kind === 'redaction' && deed.marked && !this.taken.has(redaction),
        }));
    }
    get messages(): readonly Made[] {
        return this.#all.filter(({ deed }) => deed.kind === 'message');
    }
    validEdits({ id, deed }: Made): Made[] {
        return this.#all.filter(
            (one) =>
                one.deed.kind === 'edit' && one.deed.encrypted && one.target === id && one.deed.sender === deed.sender,
        );
    }
    expected(message: Made): object {
        if (this.taken.has(message.id))
            return { key: message.id, kind: 'deleted', body: '', edited: false, reactions: {} };
        const edits = this.validEdits(message)
            .filter(({ id }) => !this.taken.has(id))
            .toSorted((a, b) => a.event.origin_server_ts - b.event.origin_server_ts || (a.id < b.id ? -1 : 1));
        const reactions: Record<string, string[]> = {};
        for (const { id, deed, target } of this.#all)
            if (deed.kind === 'reaction' && target === message.id && !this.taken.has(id))
                reactions[deed.key] = [...new Set([...(reactions[deed.key] ?? []), deed.sender])].toSorted();
        const last = edits.at(-1);
        return {
            key: message.id,
            kind: 'text',
            body: bodyOf((last ?? message).id),
            edited: last !== undefined,
            reactions,
        };
    }
}
const seen = ({ key, kind, body, edited, reactions }: ChatMessage): object => ({
    key,
    kind,
    body,
    edited,
    reactions: Object.fromEntries(reactions.map((reaction) => [reaction.key, reaction.names.toSorted()])),
});
/** As the homeserver has it after a redaction. */
const redacted = (event: IEvent, because: IEvent): IEvent => ({
    ...event,
    content: {},
    unsigned: { redacted_because: because },
});

describe('the rules of a conversation', function () {
    this.timeout(60_000);

    it('hold for plain data in any order', () => {
        fc.assert(
            fc.property(
                fc.array(deed, { minLength: 1, maxLength: 40 }),
                fc.infiniteStream(fc.nat()),
                (deeds, order) => {
                    const all = made(deeds);
                    const model = new Model(all);
                    const events = all.map(({ id, event, deed }): RawEvent => {
                        const redacted = model.taken.has(id);
                        const content = deed.kind === 'message' ? text(bodyOf(id)) : edit('', bodyOf(id));
                        return {
                            id,
                            sender: deed.sender,
                            ts: event.origin_server_ts,
                            type: deed.kind === 'edit' ? 'm.room.message' : event.type.replace('encrypted', 'message'),
                            content: redacted ? {} : content,
                            relation: event.content['m.relates_to'],
                            redacted,
                            txnId: undefined,
                            encrypted: event.type === 'm.room.encrypted',
                            failure: undefined,
                        };
                    });
                    const isMessage = ({ id }: RawEvent): boolean => model.messages.some((one) => one.id === id);
                    const mixed = events.filter(isMessage);
                    for (const other of events.filter((event) => !isMessage(event)))
                        mixed.splice(order.next().value % (mixed.length + 1), 0, other);
                    const people = { self: '@me:hs', name: (id: string) => id, mayDelete: () => true };
                    const messages = foldMessages(mixed, people);
                    assert.deepEqual(
                        messages.map(seen),
                        model.messages.map((message) => model.expected(message)),
                    );
                    for (const { id } of events) {
                        const shown = messages.find(({ key }) => key === id);
                        const { body } = (shownContent(mixed, id) ?? {}) as { body?: string };
                        assert.equal(body, shown?.kind === 'text' ? shown.body : undefined, 'what a file is got by');
                    }
                },
            ),
            { numRuns: 2_000 },
        );
    });

    it('hold whatever happens in it, in whatever order it gets here, and how often', async () => {
        await fc.assert(
            fc.asyncProperty(
                fc.array(deed, { minLength: 1, maxLength: 30 }),
                fc.nat(30),
                fc.nat(30),
                fc.array(step, { maxLength: 50 }),
                async (deeds, before, loaded, steps) => {
                    const all = made(deeds);
                    const model = new Model(all);
                    const there: IEvent[] = [];
                    const happen = (list: IEvent[], { event, target, deed }: Made): void => {
                        list.push(event);
                        const at = list.findIndex(({ event_id: id }) => id === target);
                        const old = list[at];
                        if (deed.kind === 'redaction' && old && (deed.sender === ADMIN || deed.sender === old.sender))
                            list[at] = redacted(old, event);
                    };
                    const start = Math.min(before, all.length);
                    for (const one of all.slice(0, start)) happen(there, one);
                    const room = new FakeRoom(there, loaded);
                    let next = start;
                    const arrive = (): void => {
                        const one = all[next++];
                        if (!one) return;
                        happen(room.events, one);
                        room.arrive(one.event);
                    };
                    const looked: (string | null)[] = [null];
                    const check = async (): Promise<void> => {
                        for (const around of looked) {
                            const { messages } = await room.chat.timeline(around);
                            const keys = messages.map(({ key }) => key);
                            assert.equal(new Set(keys).size, keys.length, 'a message is there twice');
                            for (const shown of messages) {
                                const message = model.messages.find(({ id }) => id === shown.key);
                                if (!message) {
                                    // An edit that was taken back, of which nothing says what it was.
                                    assert.equal(shown.kind, 'deleted');
                                    assert.ok(model.redactionsOf(shown.key).some(({ marked }) => !marked));
                                    continue;
                                }
                                const may = [message, ...model.validEdits(message)].map(({ id }) => bodyOf(id));
                                if (shown.kind === 'deleted') assert.equal(shown.body + (shown.html ?? ''), '');
                                else assert.ok(may.includes(shown.body), `${shown.key}: ${shown.body}`);
                            }
                        }
                    };
                    for (const s of steps) {
                        if (s.do === 'arrive') arrive();
                        else if (s.do === 'again') {
                            const one = all[s.which % Math.max(1, next)];
                            if (one && room.chat.senderOf(one.id) !== undefined) room.arrive(one.event);
                        } else if (s.do === 'find') {
                            const one = room.events[s.which % Math.max(1, room.events.length)];
                            if (one?.type !== 'm.room.encrypted') continue;
                            await room.chat.find(one.event_id);
                            looked.push(one.event_id);
                        } else await room.chat.earlier(null);
                        await check();
                    }
                    while (next < all.length) arrive();
                    for (let turns = 0; !(await room.chat.timeline(null)).atStart; turns++) {
                        assert.ok(turns < 100, 'it does not get to the beginning');
                        await room.chat.earlier(null);
                    }
                    await check();
                    const { messages } = await room.chat.timeline(null);
                    const told = messages.filter(({ key }) => model.messages.some(({ id }) => id === key));
                    assert.deepEqual(
                        told.map(seen),
                        model.messages.map((message) => model.expected(message)),
                    );
                },
            ),
            { numRuns: 400 },
        );
    });
});
