/** Messages that are no plain text: what they are, and what they say. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import type { ChatMessage } from '../../../src/core/chat/message.ts';
import { unreadOf } from '../../../src/core/chat/unread.ts';
import { foldMessages } from '../../../src/matrix/chat/foldMessages.ts';
import type { RawEvent } from '../../../src/matrix/events/rawEvent.ts';

const PEOPLE = { self: '@me:hs', name: (id: string) => id, mayDelete: () => true };
const event = (type: string, content: object, more: Partial<RawEvent> = {}): RawEvent => ({
    id: `$${type}`,
    sender: '@you:hs',
    ts: 1,
    type,
    content,
    relation: (content as Record<string, unknown>)['m.relates_to'],
    redacted: false,
    txnId: undefined,
    encrypted: true,
    failure: undefined,
    ...more,
});
const fold = (...events: readonly RawEvent[]): ChatMessage[] => foldMessages(events, PEOPLE);
const said = (type: string, content: object): readonly [what: string | undefined, body: string | undefined] => {
    const [one] = fold(event(type, content));
    return [one?.what, one?.body];
};
const reply = { 'm.in_reply_to': { event_id: '$first' } };

describe('a message of a kind that Hush has no view for', () => {
    it('says what it is, and what its sender wrote for other clients', () => {
        const stable = {
            question: { 'm.text': [{ body: 'Lunch?' }] },
            answers: [{ 'm.id': 'a', 'm.text': [{ body: 'Soup' }] }],
        };
        const draft = {
            question: { body: 'Lunch?', 'org.matrix.msc1767.text': 'Lunch?' },
            answers: [
                { id: 'a', 'org.matrix.msc1767.text': 'Soup' },
                { id: 'b', 'org.matrix.msc1767.text': 'Rice' },
            ],
        };
        for (const [type, content, what, body] of [
            ['m.poll.start', { 'm.poll': stable }, 'Poll', 'Lunch?\n1. Soup'],
            [
                'org.matrix.msc3381.poll.start',
                { 'org.matrix.msc3381.poll.start': draft },
                'Poll',
                'Lunch?\n1. Soup\n2. Rice',
            ],
            ['m.poll.start', { 'm.text': [{ body: 'Lunch? 1. Soup' }] }, 'Poll', 'Lunch? 1. Soup'],
            ['m.poll.end', { 'm.text': [{ body: 'Soup won' }] }, 'Poll closed', 'Soup won'],
            ['m.sticker', { body: 'A cat', url: 'mxc://hs/x' }, 'Sticker', 'A cat'],
            [
                'm.location',
                { 'm.location': { uri: 'geo:48.2,16.4;u=35', description: 'Here' } },
                'Location',
                'Here: 48.2, 16.4',
            ],
            [
                'org.matrix.msc3672.beacon',
                { 'org.matrix.msc3488.location': { uri: 'geo:1,2' } },
                'Live location',
                '1, 2',
            ],
            ['im.vector.modular.widgets', { name: 'Board', url: 'https://e.org' }, 'Widget', 'Board\nhttps://e.org'],
            ['m.voice', { 'm.text': [{ body: 'Voice, 3 s' }] }, 'Voice message', 'Voice, 3 s'],
            ['com.example.note', { body: 'remember' }, '“com.example.note”', 'remember'],
            ['com.example.note', { 'org.matrix.msc1767.text': 'remember' }, '“com.example.note”', 'remember'],
            ['com.example.empty', { x: 1 }, '“com.example.empty”', 'Hush cannot show this kind of message.'],
            ['com.example\u202Enote', { body: 'x' }, '“com.example[U+202E]note”', 'x'],
        ] as const)
            assert.deepEqual(said(type, content), [what, body], type);
    });

    it('is told by its msgtype too, and comes with its place', () => {
        for (const [content, what, body] of [
            [{ msgtype: 'm.location', body: 'My place', geo_uri: 'geo:48.2,16.4' }, 'Location', 'My place\n48.2, 16.4'],
            [{ msgtype: 'com.example.x', body: 'y' }, '“com.example.x”', 'y'],
            [{ msgtype: 'm.audio', body: 'Voice', 'org.matrix.msc3245.voice': {} }, 'Voice message', 'Voice'],
            [{ msgtype: 'm.text', body: 'y' }, undefined, 'y'],
            [{ msgtype: 'm.text', 'm.text': [{ body: 'y' }] }, undefined, 'y'],
            [{ body: 'y' }, undefined, 'y'],
        ] as const)
            assert.deepEqual(said('m.room.message', content), [what, body]);
    });

    it('shows text in the form of MSC1767 as text with its HTML', () => {
        const forms = [{ mimetype: 'text/html', body: '<b>x</b>' }, { body: 'x' }];
        const [one] = fold(event('m.message', { 'm.text': forms }));
        assert.deepEqual([one?.what, one?.body, one?.html], [undefined, 'x', '<b>x</b>']);
        const [other] = fold(event('org.matrix.msc1767.message', { 'org.matrix.msc1767.message': forms }));
        assert.deepEqual([other?.body, other?.html], ['x', '<b>x</b>']);
    });

    it('counts as unread, is quoted with what it is, edited by its own kind, and deleted like others', () => {
        const poll = event('m.poll.start', { 'm.text': [{ body: 'Lunch?' }] });
        const answer = event(
            'm.room.message',
            { msgtype: 'm.text', body: 'yes' },
            { relation: { 'm.in_reply_to': { event_id: poll.id } } },
        );
        assert.equal(fold(poll, answer)[1]?.reply?.excerpt, 'Poll: Lunch?');
        assert.equal(unreadOf(fold(poll), { key: '$older', ts: 0 }).count, 1);
        const edit = (type: string): RawEvent =>
            event(
                type,
                { 'm.new_content': { 'm.text': [{ body: 'Dinner?' }] } },
                { id: '$e', relation: { rel_type: 'm.replace', event_id: poll.id } },
            );
        assert.deepEqual(
            fold(poll, edit('m.poll.start')).map(({ body, edited }) => [body, edited]),
            [['Dinner?', true]],
        );
        assert.deepEqual(
            fold(poll, edit('m.room.message')).map(({ body, edited }) => [body, edited]),
            [['Lunch?', false]],
        );
        assert.equal(fold({ ...poll, redacted: true })[0]?.kind, 'deleted');
    });

    it('is not shown where nobody should read it: calls, keys, votes, and a second position', () => {
        for (const type of [
            'm.call.candidates',
            'm.call',
            'm.key.verification.start',
            'org.matrix.msc4143.rtc.member',
            'm.rtc.notification',
            'org.matrix.msc4310.rtc.decline',
            'm.poll.response',
            'org.matrix.msc3381.poll.response',
            'io.element.call.encryption_keys',
            'm.reaction',
            '',
        ])
            assert.deepEqual(fold(event(type, { body: 'x' })), [], type);
        const beacon = (id: string, target: string): RawEvent =>
            event('m.beacon', {}, { id, relation: { rel_type: 'm.reference', event_id: target } });
        assert.deepEqual(
            fold(beacon('$1', '$a'), beacon('$2', '$a'), beacon('$3', '$b')).map(({ key }) => key),
            ['$1', '$3'],
        );
    });

    it('shows the newest position of a live location in one row', () => {
        const at = (id: string, latitude: number, more: Partial<RawEvent> = {}): RawEvent =>
            event(
                'm.beacon',
                { 'm.location': { uri: `geo:${latitude},2` } },
                { id, relation: { rel_type: 'm.reference', event_id: '$a' }, ...more },
            );
        const rows = (...events: readonly RawEvent[]): (string | undefined)[] =>
            fold(...events).map(({ key, body }) => `${key} ${body}`);
        assert.deepEqual(rows(at('$1', 1), at('$2', 2), at('$3', 3)), ['$1 3, 2']);
        assert.deepEqual(rows(at('$1', 1), at('$2', 2), at('$3', 3, { redacted: true })).slice(0, 1), ['$1 2, 2']);
        assert.deepEqual(rows(at('$1', 1), at('$2', 2, { encrypted: false })), ['$1 1, 2'], 'not encrypted');
        assert.deepEqual(rows(at('$1', 1, { encrypted: false }), at('$2', 2)), ['$2 2, 2']);
        assert.deepEqual(rows(at('$1', 1), at('$2', 2, { sender: '@other:hs' })), ['$1 1, 2', '$2 2, 2']);
    });

    it('is a message whatever is in it', () => {
        fc.assert(
            fc.property(
                fc.constantFrom('m.poll.start', 'm.location', 'm.message', 'x.y'),
                fc.object(),
                (type, content) => {
                    const [one] = fold(event(type, content));
                    assert.ok(one && one.body !== '');
                },
            ),
        );
    });
});

describe('a reply', () => {
    const replied = (body: string, html?: string): readonly [string | undefined, string | null | undefined] => {
        const content = {
            msgtype: 'm.text',
            body,
            ...(html === undefined ? {} : { format: 'org.matrix.custom.html', formatted_body: html }),
        };
        const [one] = fold(event('m.room.message', content, { relation: reply }));
        return [one?.body, one?.html];
    };

    it('loses the quotation that a client put before it', () => {
        const quoted =
            '<mx-reply><blockquote><a href="x">In reply to</a> <a href="y">@you:hs</a><br>old</blockquote></mx-reply>';
        assert.deepEqual(replied('> <@you:hs> old\n> more\n\nnew', `${quoted}new`), ['new', 'new']);
        assert.deepEqual(replied('> * <@you:hs> waves\n\nnew'), ['new', null]);
        assert.deepEqual(replied('> <@you:hs> old\n\nnew'), ['new', null]);
        assert.deepEqual(replied('> <@you:hs> old\n\n> own\n\nnew', `${quoted}<blockquote>own</blockquote>new`), [
            '> own\n\nnew',
            '<blockquote>own</blockquote>new',
        ]);
    });

    it('keeps the quotation that its author wrote', () => {
        for (const [body, html] of [
            ['> mine\n\nyes', '<blockquote>mine</blockquote>yes'],
            ['> mine\n> two\nyes', undefined],
            ['> <b> is bold\nyes', undefined],
            ['>>> x = 1\n1', undefined],
            ['> <@you:hs> said so\n\nyes', '<blockquote>&lt;@you:hs&gt; said so</blockquote>yes'],
            ['> only', undefined],
        ] as const)
            assert.deepEqual(replied(body, html), [body, html ?? null], body);
    });
});
