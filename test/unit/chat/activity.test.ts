import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { seenBy } from '../../../src/core/chat/roomActivity.ts';
import type { ReadMark } from '../../../src/core/rooms/presencePort.ts';
import type { ChatMessage } from '../../../src/core/chat/message.ts';
import { typingWords } from '../../../src/webview/chat/typing.ts';

const PEOPLE = ['@a:h', '@b:h', '@c:h'];
const message = (index: number, sender: string): ChatMessage =>
    ({ key: `$${index}`, sender, ts: index * 10, state: 'sent' }) as Partial<ChatMessage> as ChatMessage;

describe('who has seen what', () => {
    it('each person stands at most once, under the last message that they have read, and never under their own', () => {
        fc.assert(
            fc.property(
                fc.array(fc.constantFrom(...PEOPLE), { maxLength: 12 }),
                fc.uniqueArray(
                    fc.record({ userId: fc.constantFrom(...PEOPLE), ts: fc.nat(130), known: fc.boolean() }),
                    { selector: ({ userId }) => userId },
                ),
                (senders, reads) => {
                    const messages = senders.map((sender, i) => message(i, sender));
                    const marks: ReadMark[] = reads.map(({ userId, ts, known }) => {
                        const at = known ? messages[Math.floor(ts / 10)] : undefined;
                        return { userId, name: userId, eventId: at?.key ?? '$reaction', ts: at?.ts ?? ts };
                    });
                    const seen = seenBy(messages, marks);
                    const names = seen.flatMap((entry) => entry.names);
                    assert.equal(new Set(names).size, names.length);
                    for (const { key, names: readers } of seen) {
                        const index = messages.findIndex((m) => m.key === key);
                        for (const reader of readers) {
                            assert.notEqual(messages[index]?.sender, reader);
                            const { ts } = marks.find((m) => m.userId === reader) as ReadMark;
                            assert.ok((messages[index]?.ts ?? Infinity) <= ts);
                            assert.ok((messages[index + 1]?.ts ?? Infinity) > ts);
                        }
                    }
                },
            ),
        );
    });
});

describe('who types', () => {
    it('is said in as many words as it needs', () => {
        assert.deepEqual([[], ['A'], ['A', 'B'], ['A', 'B', 'C']].map(typingWords), [
            '',
            'A is typing…',
            'A and B are typing…',
            'Several people are typing…',
        ]);
    });
});
