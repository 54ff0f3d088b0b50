/** What the chat page is told after each change. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import * as v from 'valibot';
import { chatHostMessage, type ChatHostMessage, type ShownChat } from '../../../src/core/chat/chatPageMessages.ts';
import { createShownChanges } from '../../../src/core/chat/shownChanges.ts';
import { applyChange } from '../../../src/webview/chat/applyChange.ts';
import { message } from './chatWorld.ts';

const shown = (keys: readonly string[], more: Partial<ShownChat> = {}): ShownChat => ({
    type: 'chat.show',
    room: { roomId: '!r', name: 'Room', barred: null, mayReact: true, self: '@me:hs' },
    messages: keys.map((key) => message(key)),
    atStart: true,
    full: false,
    atEnd: true,
    loading: false,
    offline: false,
    firstUnread: null,
    typing: [],
    seen: [],
    ...more,
});
/** A page: it has what the messages make of it. */
function createPage(): {
    readonly sent: ChatHostMessage[];
    state: ShownChat | undefined;
    hear(message: ChatHostMessage): void;
} {
    const page = {
        sent: [] as ChatHostMessage[],
        state: undefined as ShownChat | undefined,
        seq: -1,
        hear(sent: ChatHostMessage) {
            assert.ok(v.is(chatHostMessage, sent));
            page.sent.push(sent);
            if (sent.type === 'chat.show') {
                const { seq, ...state } = sent;
                [page.state, page.seq] = [state, seq];
            } else if (sent.type === 'chat.change') {
                assert.equal(sent.base, page.seq);
                [page.state, page.seq] = [applyChange(page.state ?? assert.fail('no state'), sent), sent.seq];
            }
        },
    };
    return page;
}

describe('the chat page', () => {
    it('has the conversation after any changes, from the changes alone', () => {
        const state = fc
            .record({
                keys: fc.uniqueArray(fc.integer({ min: 0, max: 12 }), { maxLength: 12 }),
                edited: fc.array(fc.integer({ min: 0, max: 12 })),
                typing: fc.array(fc.constantFrom('Ann', 'Ben'), { maxLength: 2 }),
                firstUnread: fc.option(fc.constantFrom('$1', '$2')),
                hasRoom: fc.boolean(),
            })
            .map(({ keys, edited, typing, firstUnread, hasRoom }) => {
                const messages = keys.map((key) => message(`$${key}`, '@you:hs', { edited: edited.includes(key) }));
                return shown([], { messages, typing, firstUnread, ...(hasRoom ? {} : { room: null }) });
            });
        fc.assert(
            fc.property(fc.array(state, { minLength: 1 }), (states) => {
                const page = createPage();
                const changes = createShownChanges((sent) => page.hear(sent));
                for (const next of states) {
                    changes.show(next);
                    assert.deepEqual(page.state, next);
                }
                assert.equal(page.sent.filter(({ type }) => type === 'chat.show').length, 1);
            }),
        );
    });

    it('gets of a key that somebody types the name, and of a reaction one message', () => {
        const page = createPage();
        const changes = createShownChanges((sent) => page.hear(sent));
        const keys = Array.from({ length: 2_000 }, (_, i) => `$${i}`);
        changes.show(shown(keys));
        const size = (): number => JSON.stringify(page.sent.at(-1)).length;
        changes.show(shown(keys, { typing: ['Ann'] }));
        assert.ok(size() < 200, String(size()));
        const reacted = message('$7', '@you:hs', { reactions: [{ key: '👍', names: ['Ann'], own: null }] });
        changes.show(
            shown(keys, { typing: ['Ann'], messages: keys.map((key) => (key === '$7' ? reacted : message(key))) }),
        );
        assert.ok(size() < 1_000, String(size()));
        assert.deepEqual(page.state?.messages[7], reacted);
        const before = page.state?.messages[8];
        changes.show(shown([...keys.slice(1), '$new'], { typing: ['Ann'] }));
        assert.ok(size() < 2_000, String(size()));
        assert.equal(page.state?.messages[7], before, 'what stays is the same object, and is not drawn again');
        assert.equal(page.sent.length, 4);
    });

    it('gets nothing where nothing changed, and the whole when it asks again', () => {
        const page = createPage();
        const changes = createShownChanges((sent) => page.hear(sent));
        changes.show(shown(['$1']));
        changes.show(shown(['$1']));
        assert.equal(page.sent.length, 1);
        changes.again();
        changes.show(shown(['$1']));
        assert.deepEqual(
            page.sent.map(({ type }) => type),
            ['chat.show', 'chat.show'],
        );
    });
});
