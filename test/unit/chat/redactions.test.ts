import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { createRedactions } from '../../../src/matrix/chat/redactions.ts';

interface Event {
    readonly id: string;
    readonly sender: string;
    readonly redacts?: string;
    redacted?: boolean;
}
const [ALICE, BOB, ADMIN] = ['@alice:hs', '@bob:hs', '@admin:hs'];
const IDS = ['$a', '$b', '$c', '$d'];

function taking(mayRedact: (userId: string) => boolean = (userId) => userId === ADMIN): {
    take(...events: readonly Event[]): void;
} {
    const here = new Map<string, Event>();
    const note = createRedactions<Event>({
        idOf: (event) => event.id,
        senderOf: (event) => event.sender,
        redacts: (event) => event.redacts,
        find: (id) => here.get(id),
        mayRedact,
        redact: (target) => void (target.redacted = true),
    });
    return {
        take: (...events) => {
            note(events);
            for (const event of events) here.set(event.id, event);
        },
    };
}

describe('redactions', () => {
    it('applies exactly the permitted redactions, in any order and any pages', () => {
        const who = fc.constantFrom(ALICE, BOB, ADMIN);
        fc.assert(
            fc.property(
                fc.tuple(...IDS.map(() => who)),
                fc.array(fc.record({ sender: who, redacts: fc.constantFrom(...IDS, '$nowhere') }), { maxLength: 6 }),
                fc.infiniteStream(fc.nat()),
                fc.integer({ min: 1, max: 4 }),
                fc.boolean(),
                (senders, redactions, order, size, twice) => {
                    const events: Event[] = [
                        ...IDS.map((id, i) => ({ id, sender: senders[i] ?? ALICE })),
                        ...redactions.map((redaction, i) => ({ id: `$r${i}`, ...redaction })),
                    ];
                    const rank = new Map(events.map((event) => [event, order.next().value]));
                    const shuffled = events.toSorted((a, b) => (rank.get(a) ?? 0) - (rank.get(b) ?? 0));
                    const { take } = taking();
                    for (let i = 0; i < shuffled.length; i += size) {
                        take(...shuffled.slice(i, i + size));
                        if (twice) take(...shuffled.slice(i, i + size));
                    }
                    for (const event of events)
                        assert.equal(
                            event.redacted === true,
                            redactions.some(
                                ({ sender, redacts }) =>
                                    redacts === event.id && (sender === ADMIN || sender === event.sender),
                            ),
                        );
                },
            ),
        );
    });

    it('keeps a message deleted when its moderator loses the role', () => {
        let powerful = true;
        const { take } = taking(() => powerful);
        const message: Event = { id: '$a', sender: ALICE };
        take(message);
        take({ id: '$r', sender: BOB, redacts: '$a' });
        powerful = false;
        take({ id: '$r', sender: BOB, redacts: '$a' });
        assert.equal(message.redacted, true);
    });
});
