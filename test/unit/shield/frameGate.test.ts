/** The gate between the capture and the encoder. Time is the test's. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { CARD_MS, createFrameGate, type GateFrame } from '../../../src/livekit/browser/gate/frameGate.ts';
import type { Cover } from '../../../src/core/share/mediaMessages.ts';

interface Frame extends GateFrame {
    readonly what: 'screen' | 'card';
    /** ms of the capture, for a picture of the screen. */
    readonly captured: number;
}

function open(delayMs: number, cover: Cover | null = null) {
    let now = 0;
    let made = 0;
    let closed = 0;
    const timers = new Set<{ at: number; run: () => void }>();
    const out: { frame: Frame; at: number }[] = [];
    const frame = (what: Frame['what'], timestamp: number, captured: number, width: number): Frame => {
        made++;
        let open = true;
        return {
            what,
            timestamp,
            captured,
            displayWidth: width,
            displayHeight: 720,
            close() {
                assert.ok(open, 'closed twice');
                open = false;
                closed++;
            },
        };
    };
    const again = (old: Frame, timestamp: number): Frame => {
        old.close();
        return frame(old.what, timestamp, old.captured, old.displayWidth);
    };
    const gate = createFrameGate<Frame>({
        delayMs,
        cover,
        write: (written) => out.push({ frame: written, at: now }),
        copy: async (old) => again(old, old.timestamp),
        retime: again,
        card: (_, width, _height, timestamp) => frame('card', timestamp, -1, width),
        now: () => now,
        after(ms, run) {
            const timer = { at: now + ms, run };
            timers.add(timer);
            return () => timers.delete(timer);
        },
    });
    return {
        gate,
        out,
        get unclosed() {
            return made - closed - out.length;
        },
        screen: (width = 1_280) => gate.take(frame('screen', now * 1_000, now, width)),
        async pass(ms: number) {
            const end = now + ms;
            for (;;) {
                const next = [...timers].filter(({ at }) => at <= end).toSorted((a, b) => a.at - b.at)[0];
                if (!next) break;
                timers.delete(next);
                now = next.at;
                next.run();
            }
            now = end;
        },
    };
}

describe('the gate of a share', () => {
    it('lets pictures through at once', async () => {
        const { screen, out } = open(0);
        await screen();
        await screen();
        assert.deepEqual(
            out.map(({ frame }) => frame.what),
            ['screen', 'screen'],
        );
    });

    it('sends a card at once when it is covered, and cards from then on, also while nothing is captured', async () => {
        const { gate, screen, out, pass } = open(0);
        await screen();
        gate.cover('shielded');
        assert.equal(out.at(-1)?.frame.what, 'card');
        await screen();
        await pass(CARD_MS * 4);
        assert.equal(out.filter(({ frame }) => frame.what === 'card').length, 5);
        assert.equal(out.filter(({ frame }) => frame.what === 'screen').length, 1);
        gate.cover(null);
        await pass(CARD_MS * 4);
        assert.equal(out.length, 6, 'and none afterwards');
        await screen();
        assert.equal(out.at(-1)?.frame.what, 'screen');
    });

    it('begins covered', async () => {
        const { screen, out } = open(0, 'paused');
        await screen();
        assert.ok(out.length > 0 && out.every(({ frame }) => frame.what === 'card'));
    });

    it('the card has the size of the captured picture', async () => {
        const { gate, screen, out } = open(0);
        await screen(1_920);
        gate.cover('paused');
        assert.equal(out.at(-1)?.frame.displayWidth, 1_920);
        await screen(800);
        assert.equal(out.at(-1)?.frame.displayWidth, 800);
    });

    for (const delayMs of [0, 100, 500])
        it(`sends nothing that was captured less than ${delayMs} ms before a cover, nor under it, in order of time`, async () => {
            type Act = 'screen' | 'cover' | 'uncover' | number;
            const act = fc.oneof<fc.Arbitrary<Act>[]>(
                fc.constant('screen'),
                fc.constant('screen'),
                fc.constant('cover'),
                fc.constant('uncover'),
                fc.integer({ min: 1, max: 200 }),
            );
            await fc.assert(
                fc.asyncProperty(fc.array(act, { maxLength: 60 }), async (acts) => {
                    const run = open(delayMs);
                    let clock = 0;
                    let covered = false;
                    /** Times in which a picture of the screen may have been captured and must not be seen. */
                    const hidden: [from: number, to: number][] = [];
                    for (const next of acts) {
                        if (next === 'screen') await run.screen();
                        else if (next === 'cover') {
                            run.gate.cover('shielded');
                            if (!covered) hidden.push([clock - delayMs, Infinity]);
                            covered = true;
                        } else if (next === 'uncover') {
                            run.gate.cover(null);
                            if (covered) hidden.push([hidden.pop()?.[0] ?? 0, clock]);
                            covered = false;
                        } else {
                            await run.pass(next);
                            clock += next;
                        }
                    }
                    await run.pass(10_000);
                    for (const { frame, at } of run.out) {
                        if (frame.what === 'card') continue;
                        assert.ok(at - frame.captured >= delayMs);
                        for (const [from, to] of hidden)
                            assert.ok(
                                frame.captured <= from || frame.captured >= to,
                                `${frame.captured} in ${from} to ${to}`,
                            );
                    }
                    const times = run.out.map(({ frame }) => frame.timestamp);
                    assert.ok(times.every((time, i) => i === 0 || time > (times[i - 1] ?? 0)));
                    run.gate.close();
                    assert.equal(run.unclosed, 0, 'every picture was sent or closed');
                }),
            );
        });
});
