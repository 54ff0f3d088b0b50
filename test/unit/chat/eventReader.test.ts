/** What a homeserver, or a hostile member, puts beside an encrypted event must not change what it says. */
import assert from 'node:assert/strict';
import { MatrixEvent } from 'matrix-js-sdk/lib/matrix.js';
import { EventShieldReason } from 'matrix-js-sdk/lib/crypto-api/index.js';
import { describe, it } from 'mocha';
import { createEventReader, redactsOf, type EventReader } from '../../../src/matrix/chat/eventReader.ts';
import { foldMessages, shownContent } from '../../../src/matrix/chat/foldMessages.ts';
import type { ChatMessage } from '../../../src/core/chat/message.ts';
import { ALICE, clear as clearEvent, decrypt, edit, quiet, sealed as sealedEvent, text } from './fakeRoom.ts';

const people = { self: '@me:hs', name: (id: string) => id, mayDelete: () => true };
const sealed = (...args: Parameters<typeof sealedEvent>): MatrixEvent => new MatrixEvent(sealedEvent(...args));
const clear = (...args: Parameters<typeof clearEvent>): MatrixEvent => new MatrixEvent(clearEvent(...args));

function reading(shield: () => Promise<unknown> = async () => ({ shieldReason: null })): EventReader {
    return createEventReader(
        {
            decryptEventIfNeeded: decrypt,
            getCrypto: () => ({ getEncryptionInfoForEvent: shield }) as never,
        },
        quiet,
    );
}
async function shown(reader: EventReader, events: readonly MatrixEvent[]): Promise<ChatMessage[]> {
    await Promise.all(events.map((event) => reader.examine(event)));
    return foldMessages(events.map(reader.raw), people);
}

describe('events of the SDK', () => {
    for (const [what, content] of [
        ['a text', text('the original')],
        ['a file', { msgtype: 'm.file', body: 'plan.pdf', file: { url: 'mxc://hs/a', key: { k: 'K' } } }],
    ] as const)
        it(`${what} says what was encrypted, whatever the SDK was told replaces it`, async () => {
            const reader = reading();
            const event = sealed('$1', content);
            const forged = clear('$2', {
                ...edit('$1', 'forged'),
                'm.new_content': { ...content, body: 'forged', file: { url: 'mxc://evil/a', key: { k: 'E' } } },
            });
            event.makeReplaced(forged);
            const messages = await shown(reader, [event, forged]);
            assert.equal(event.getContent()['body'], 'forged', 'the SDK does not put it in its place any more');
            assert.deepEqual(
                messages.map(({ body, edited }) => [body, edited]),
                [[(content as { body: string }).body, false]],
            );
            assert.deepEqual(shownContent([reader.raw(event), reader.raw(forged)], '$1'), content);
        });

    it('reads the relation of an encrypted message only from its encrypted part', async () => {
        const reader = reading();
        const moved = (id: string, content: object, relation: unknown): MatrixEvent => {
            const event = sealed(id, content);
            const outside = event.getWireContent();
            if (relation === undefined) delete outside['m.relates_to'];
            else outside['m.relates_to'] = relation as never;
            return event;
        };
        const answer = { ...text('yes'), 'm.relates_to': { 'm.in_reply_to': { event_id: '$1' } } };
        const messages = await shown(reader, [
            sealed('$1', text('lunch?')),
            sealed('$2', text('do not deploy')),
            moved('$3', edit('$1', 'dinner?'), { rel_type: 'm.replace', event_id: '$2' }),
            moved('$4', answer, { 'm.in_reply_to': { event_id: '$2' } }),
            moved('$5', text('go ahead'), { 'm.in_reply_to': { event_id: '$2' } }),
            moved('$6', edit('$2', 'do not deploy today'), undefined),
        ]);
        assert.deepEqual(
            messages.map(({ key, body, reply }) => [key, body, reply?.key]),
            [
                ['$1', 'dinner?', undefined],
                ['$2', 'do not deploy today', undefined],
                ['$4', 'yes', '$1'],
                ['$5', 'go ahead', undefined],
            ],
        );
    });

    it('nothing that came in clear is quoted', async () => {
        const reader = reading();
        const forged = clear('$1', text('send me the key'));
        const reply = { ...text('sure'), 'm.relates_to': { 'm.in_reply_to': { event_id: '$1' } } };
        const messages = await shown(reader, [forged, sealed('$2', reply)]);
        assert.deepEqual(
            messages.map(({ body, reply: to }) => [body, to?.excerpt]),
            [['sure', 'a message that cannot be read']],
        );
    });

    it('an edit of its sender, encrypted, counts', async () => {
        const reader = reading();
        const [message] = await shown(reader, [sealed('$1', text('a')), sealed('$2', edit('$1', 'b'))]);
        assert.deepEqual([message?.body, message?.edited], ['b', true]);
    });

    it('shows a decrypted message only after it knows whose keys decrypted it', async () => {
        const { promise, resolve } = Promise.withResolvers<unknown>();
        const reader = reading(() => promise);
        const event = sealed('$1', text('whose?'));
        const examining = reader.examine(event);
        await decrypt(event);
        assert.equal(foldMessages([reader.raw(event)], people)[0]?.kind, 'unreadable');
        assert.equal(shownContent([reader.raw(event)], '$1'), undefined);
        resolve({ shieldReason: EventShieldReason.MISMATCHED_SENDER });
        await examining;
        assert.match(foldMessages([reader.raw(event)], people)[0]?.body ?? '', /not encrypted by the person/u);
    });

    it('looks that up again the next time when it failed', async () => {
        let failing = true;
        const reader = reading(async () => {
            if (failing) throw new Error('the store is busy');
            return { shieldReason: null };
        });
        const event = sealed('$1', text('hello'));
        assert.equal((await shown(reader, [event]))[0]?.kind, 'unreadable');
        failing = false;
        assert.equal((await shown(reader, [event]))[0]?.body, 'hello');
    });

    it('an edit that was taken back is no message of its own', async () => {
        const reader = reading();
        const events = [sealed('$1', text('a')), sealed('$2', edit('$1', 'b'))];
        await shown(reader, events);
        events[1]?.makeRedacted(clear('$3', {}, 'm.room.redaction'), { getLiveTimeline: () => undefined } as never);
        assert.deepEqual(
            (await shown(reader, events)).map(({ key, body }) => [key, body]),
            [['$1', 'a']],
        );
    });

    it('a redaction takes back what it names where its room version says, and nothing that it relates to', () => {
        const redaction = (content: object, redacts?: unknown): MatrixEvent =>
            new MatrixEvent({ type: 'm.room.redaction', event_id: '$r', sender: ALICE, content, redacts } as never);
        const relating = { 'm.relates_to': { rel_type: 'm.annotation', event_id: '$other' } };
        assert.equal(redactsOf(redaction(relating, '$old'), '10'), '$old');
        assert.equal(redactsOf(redaction({ redacts: '$new' }, '$old'), '10'), '$old');
        assert.equal(redactsOf(redaction({ redacts: '$new', ...relating }, '$old'), '11'), '$new');
        assert.equal(redactsOf(redaction(relating), '11'), undefined);
        assert.equal(redactsOf(redaction({ redacts: ['$new'] }), '12'), undefined);
        assert.equal(redactsOf(redaction({}, '$old'), undefined), '$old', 'its state has not come yet');
        const inside = sealed('$1', { redacts: '$x' }, { redacts: '$x' });
        assert.equal(redactsOf(inside, '10'), undefined);
    });
});
