import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { createAdmittance } from '../../../src/core/sideChannel/admittance.ts';

describe('what a sender of the side channel may say', () => {
    it('counts each number once, in whatever order packets come', () => {
        fc.assert(
            fc.property(
                fc.array(fc.record({ number: fc.nat(60), stream: fc.nat(2) }), { maxLength: 120 }),
                (packets) => {
                    const admittance = createAdmittance();
                    const seen = new Set<string>();
                    for (const { number, stream } of packets) {
                        const name = `${stream} ${number}`;
                        const refused = admittance.refusal({ stream, number, delivery: 'all' }, 0) !== undefined;
                        assert.equal(refused, seen.has(name), name);
                        seen.add(name);
                    }
                },
            ),
        );
    });

    it('never counts a number again, however far the stream has gone', () => {
        fc.assert(
            fc.property(fc.array(fc.nat(1_000), { minLength: 1, maxLength: 200 }), (numbers) => {
                const admittance = createAdmittance();
                const counted = new Set<number>();
                for (const number of [...numbers, ...numbers]) {
                    if (admittance.refusal({ stream: 1, number, delivery: 'all' }, 0)) continue;
                    assert.ok(!counted.has(number));
                    counted.add(number);
                }
            }),
        );
    });

    it('lets nothing older replace the latest', () => {
        const admittance = createAdmittance();
        const of = (number: number) => admittance.refusal({ stream: 1, number, delivery: 'latest' }, 0);
        assert.deepEqual(
            [of(0), of(5), of(4), of(5), of(6)],
            [undefined, undefined, 'repeated', 'repeated', undefined],
        );
        assert.equal(admittance.refusal({ stream: 1, number: 4, delivery: 'all' }, 0), undefined, 'counted apart');
    });

    it('stops a flood, and forgives it', () => {
        const admittance = createAdmittance();
        let number = 0;
        const send = (count: number, at: number): number =>
            Array.from({ length: count }, () =>
                admittance.refusal({ stream: 1, number: number++, delivery: 'all' }, at),
            ).filter((refusal) => refusal === undefined).length;
        assert.equal(send(5_000, 0), 300);
        assert.equal(send(5_000, 1_000), 150);
        assert.equal(send(60, 2_000), 60, 'a pointer is within it');
        assert.equal(send(10, 500), 10, 'a clock that goes back adds nothing, and takes nothing');
    });

    it('has a bounded memory: a sender that always begins again is not heard', () => {
        const admittance = createAdmittance();
        const counted = Array.from({ length: 1_000 }, (_, stream) =>
            admittance.refusal({ stream, number: 0, delivery: 'all' }, stream * 100),
        ).filter((refusal) => refusal === undefined).length;
        assert.equal(counted, 64);
    });
});
